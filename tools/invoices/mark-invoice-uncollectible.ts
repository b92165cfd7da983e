import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { markUncollectible } from '../../src/domain/invoices/endings.ts'
import { invoiceVersion } from '../../src/domain/invoices/read.ts'
import { givenOpen, InvoiceBrief, invoiceId, shownAfter } from './shapes.ts'

export default defineTool({
  name: 'mark_invoice_uncollectible',
  title: 'Write an invoice off',
  description:
    'Books what is due of an open invoice as a loss. It can still be paid, which takes the loss back, or voided. Shows a ' +
    'preview first.',
  keywords: ['bad debt', 'write off', 'will never pay', 'give up on the money'],
  domain: 'invoices',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/invoices/{invoice_id}/uncollectible',
  input: z.strictObject(invoiceId),
  data: InvoiceBrief,
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { invoice_id }) => ({
      [invoice_id]: await invoiceVersion(context, invoice_id),
    }),
  },
  example: { given: givenOpen, input: { invoice_id: '$invoice.id' } },
  run: async (context, { invoice_id }) => shownAfter(context, await markUncollectible(context, invoice_id)),
})
