import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money, onCommit, Text } from '../../src/catalog/kinds.ts'
import { invoiceVersion } from '../../src/domain/invoices/read.ts'
import { creditAndRefund } from '../../src/domain/payments/credited.ts'
import { CreditNoteShown, creditNoteOf, givenOpen, invoiceId } from './shapes.ts'

const Part = () => z.int().min(0).max(1_000_000_000_000)

export default defineTool({
  name: 'create_credit_note',
  title: 'Credit an invoice',
  description:
    'Takes some or all of an invoice back, under a number of its own. What is due goes down first; the part that was paid ' +
    'you allocate exactly: refund (begins at once, card first), credit (the customer keeps it here), out_of_band (given back ' +
    'elsewhere). A person approves it. For an open invoice with no payment, void_invoice.',
  keywords: ['credit memo', 'correct an issued invoice', 'reverse a charge', 'partial credit'],
  domain: 'invoices',
  effect: 'destroy',
  role: 'member',
  gate: 'approve',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/invoices/{invoice_id}/credit-notes',
  input: z.strictObject({
    ...invoiceId,
    amount: Money().optional().describe('Of the whole, with tax. Neither this nor lines: all that is left.'),
    lines: z
      .array(z.strictObject({ line_id: Id('line'), amount: Money().optional() }))
      .min(1)
      .max(100)
      .optional()
      .describe('Of get_invoice, with tax; without an amount, the whole line.'),
    reason: Text(500).describe('On the note.'),
    refund: Part().optional().describe('Of the paid part, minor units: the way it was paid.'),
    credit: Part().optional().describe("Of the paid part, as the customer's credit."),
    out_of_band: Part().optional().describe('Of the paid part, given back elsewhere.'),
  }),
  data: CreditNoteShown.extend({
    number: onCommit(z.string().nullable()),
    refund_ids: z.array(Id('refund')),
  }),
  refusals: [
    'not_found',
    'invalid_transition',
    'exceeds_creditable',
    'exceeds_refundable',
    'currency_mismatch',
  ],
  review: {
    versions: async (context, { invoice_id }) => ({
      [invoice_id]: await invoiceVersion(context, invoice_id),
    }),
  },
  example: {
    given: givenOpen,
    input: { invoice_id: '$invoice.id', amount: { amount: 1000, currency: 'EUR' }, reason: 'Came late' },
  },
  async run(context, { refund = 0, credit = 0, out_of_band = 0, ...asked }) {
    const { currency } = context.workspace
    const money = (amount: number) => ({ amount, currency })
    const parts = { refund: money(refund), credit: money(credit), out_of_band: money(out_of_band) }
    const { note, refunds } = await creditAndRefund(context, { ...asked, ...parts })
    return { ...creditNoteOf(note, currency), refund_ids: refunds.map(({ id }) => id) }
  },
})
