import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Money } from '../../src/catalog/kinds.ts'
import { refundPayment } from '../../src/domain/payments/refund.ts'
import { givenPaid, minorUnits, Reason, RefundRow, refundOf } from './shapes.ts'
import { refundFields, versionsOf, wishOf } from './wish.ts'

export default defineTool({
  name: 'refund_payment',
  title: 'Give money back',
  description:
    'Refunds a payment, or all that was paid for an invoice, deposit, fee or gift card, wholly or in part, to where it came ' +
    'from: card first, then gift card, points last. A person approves it. The amount is reserved at once; a card refund ' +
    'answers processing, and where the provider fails it, also days later, it can be refunded again. See first: preview_refund.',
  keywords: [
    'money back',
    'reimburse',
    'return the deposit',
    'undo a charge',
    'give a refund',
    'refund the card',
  ],
  domain: 'payments',
  effect: 'destroy',
  openWorld: true,
  role: 'member',
  gate: 'approve',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/refunds',
  input: z.strictObject({ ...refundFields, reason: Reason().optional() }),
  data: z.object({ amount: Money(), refunds: z.array(RefundRow) }),
  goesOn: ({ refunds }) => refunds.some(({ state }) => state === 'pending'),
  refusals: ['not_found', 'exceeds_refundable', 'exceeds_creditable', 'currency_mismatch'],
  review: { versions: versionsOf },
  example: {
    given: givenPaid,
    input: { payment_id: '$paid.id', amount: { amount: 5000, currency: 'EUR' }, reason: 'Bought twice' },
  },
  async run(context, { amount, reason, ...of }) {
    const wish = { ...(await wishOf(context, of)), amount: minorUnits(context, amount), reason }
    const { plan, refunds } = await refundPayment(context, wish)
    return { amount: { amount: plan.amount, currency: plan.currency }, refunds: refunds.map(refundOf) }
  },
})
