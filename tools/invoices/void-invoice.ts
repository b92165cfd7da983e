import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { voidInvoice } from '../../src/domain/invoices/endings.ts'
import { invoiceVersion } from '../../src/domain/invoices/read.ts'
import { givenOpen, InvoiceBrief, invoiceId, shownAfter } from './shapes.ts'

export default defineTool({
  name: 'void_invoice',
  title: 'Void an invoice',
  description:
    'Takes an open invoice with no payment back, as if it had never been owed; it keeps its number. Part-paid or paid: ' +
    'create_credit_note. A draft: delete_draft_invoice. Shows a preview first.',
  keywords: ['cancel invoice', 'annul bill', 'issued by mistake'],
  domain: 'invoices',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/invoices/{invoice_id}/void',
  input: z.strictObject(invoiceId),
  data: InvoiceBrief,
  refusals: ['not_found', 'has_payments', 'invalid_transition'],
  review: {
    versions: async (context, { invoice_id }) => ({
      [invoice_id]: await invoiceVersion(context, invoice_id),
    }),
  },
  example: { given: givenOpen, input: { invoice_id: '$invoice.id' } },
  run: async (context, { invoice_id }) => shownAfter(context, await voidInvoice(context, invoice_id)),
})
