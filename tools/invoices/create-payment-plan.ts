import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { LocalDate, Money } from '../../src/catalog/kinds.ts'
import { planPayments } from '../../src/domain/invoices/plan.ts'
import { invoiceVersion } from '../../src/domain/invoices/read.ts'
import { givenOpen, invoiceId } from './shapes.ts'

export default defineTool({
  name: 'create_payment_plan',
  title: 'Plan payment in instalments',
  description:
    'Has an open invoice paid by a deposit and instalments that sum to what is due, to the cent; those without an amount ' +
    'share the rest. It replaces an earlier plan, and charges nothing. Shows a preview first.',
  keywords: ['pay in parts', 'split payments', 'monthly rates', 'pay later'],
  domain: 'invoices',
  effect: 'write',
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'PUT /v1/invoices/{invoice_id}/plan',
  input: z.strictObject({
    ...invoiceId,
    instalments: z
      .array(z.strictObject({ amount: Money().optional(), due_date: LocalDate() }))
      .min(1)
      .max(60)
      .describe('In order; the first may be the deposit.'),
  }),
  data: z.object({ instalments: z.array(z.object({ amount: Money(), due_date: LocalDate() })) }),
  refusals: ['not_found', 'invalid_transition', 'currency_mismatch'],
  review: {
    versions: async (context, { invoice_id }) => ({
      [invoice_id]: await invoiceVersion(context, invoice_id),
    }),
  },
  example: {
    given: givenOpen,
    input: {
      invoice_id: '$invoice.id',
      instalments: [
        { amount: { amount: 2000, currency: 'EUR' }, due_date: '2190-01-01' },
        { due_date: '2190-02-01' },
        { due_date: '2190-03-01' },
      ],
    },
  },
  async run(context, { invoice_id, instalments }) {
    const planned = await planPayments(context, invoice_id, instalments)
    const { currency } = context.workspace
    return {
      instalments: planned.map(({ amount, dueDate }) => ({
        amount: { amount, currency },
        due_date: dueDate,
      })),
    }
  },
})
