import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { onCommit } from '../../src/catalog/kinds.ts'
import { finalizeInvoice } from '../../src/domain/invoices/finalize.ts'
import { givenDraft, InvoiceBrief, invoiceId, shownAfter } from './shapes.ts'

export default defineTool({
  name: 'finalize_invoice',
  title: 'Finalise an invoice',
  description:
    'Gives a draft its number, freezes lines, customer and tax, and posts it: from now on the customer owes it. It cannot be ' +
    'undone, only voided or credited. It sends nothing: send_invoice does.',
  keywords: ['issue the invoice', 'number it', 'make it official', 'close the draft'],
  domain: 'invoices',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/invoices/{invoice_id}/finalize',
  input: z.strictObject(invoiceId),
  data: InvoiceBrief.extend({ number: onCommit(z.string().nullable()) }),
  refusals: ['not_found', 'invalid_transition'],
  example: { given: givenDraft, input: { invoice_id: '$draft.id' } },
  run: async (context, { invoice_id }) => shownAfter(context, await finalizeInvoice(context, invoice_id)),
})
