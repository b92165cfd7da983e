import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { findCreditNote, voidCreditNote } from '../../src/domain/invoices/credit-notes.ts'
import { CreditNoteShown, creditNoteOf, givenOpen } from './shapes.ts'

export default defineTool({
  name: 'void_credit_note',
  title: 'Void a credit note',
  description:
    'Restores what a credit note took off its invoice. Not where it was refunded or given back, or its credit was spent. ' +
    'Shows a preview first.',
  keywords: ['undo credit memo', 'take the credit back', 'credited by mistake'],
  domain: 'invoices',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/credit-notes/{credit_note_id}/void',
  input: z.strictObject({ credit_note_id: Id('creditnote').describe('From get_invoice.') }),
  data: CreditNoteShown,
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { credit_note_id }) => ({
      [credit_note_id]: (await findCreditNote(context, credit_note_id)).version,
    }),
  },
  example: {
    given: {
      ...givenOpen,
      note: {
        tool: 'create_credit_note',
        input: { invoice_id: '$invoice.id', reason: 'Came late' },
        approved: true,
      },
    },
    input: { credit_note_id: '$note.id' },
  },
  run: async (context, { credit_note_id }) =>
    creditNoteOf(await voidCreditNote(context, credit_note_id), context.workspace.currency),
})
