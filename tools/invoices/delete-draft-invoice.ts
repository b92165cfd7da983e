import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { deleteDraft } from '../../src/domain/invoices/draft.ts'
import { invoiceVersion } from '../../src/domain/invoices/read.ts'
import { givenDraft, invoiceId } from './shapes.ts'

export default defineTool({
  name: 'delete_draft_invoice',
  title: 'Throw a draft invoice away',
  description:
    'Deletes a draft, which never had a number. An invoice that has one stays for good: void_invoice, or create_credit_note. ' +
    'Shows a preview first.',
  keywords: ['discard draft bill', 'remove unfinished invoice'],
  domain: 'invoices',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  route: 'DELETE /v1/invoices/{invoice_id}',
  input: z.strictObject(invoiceId),
  data: z.object({ id: Id('invoice'), deleted: z.boolean() }),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { invoice_id }) => ({
      [invoice_id]: await invoiceVersion(context, invoice_id),
    }),
  },
  example: { given: givenDraft, input: { invoice_id: '$draft.id' } },
  async run(context, { invoice_id }) {
    await deleteDraft(context, invoice_id)
    return { id: invoice_id, deleted: true }
  },
})
