import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money } from '../../src/catalog/kinds.ts'
import { planRefund } from '../../src/domain/payments/refund.ts'
import { tenders } from '../../src/domain/payments/tables.ts'
import { givenPaid, minorUnits } from './shapes.ts'
import { refundFields, wishOf } from './wish.ts'

export default defineTool({
  name: 'preview_refund',
  title: 'What could be refunded',
  description:
    'What a refund would give back and how: the most there is, and the split by tender in its order (card, then gift card, ' +
    'points last). By the very code of refund_payment; it changes nothing. What is disputed, spent or promised to a credit ' +
    'note is not in it.',
  keywords: ['how much can I refund', 'refundable amount', 'simulate refund'],
  domain: 'payments',
  effect: 'read',
  role: 'member',
  route: 'POST /v1/refunds/preview',
  input: z.strictObject(refundFields),
  data: z.object({
    amount: Money(),
    most: Money().describe('All that could go back.'),
    shares: z.array(z.object({ payment_id: Id('payment'), tender: z.enum(tenders), amount: z.int() })),
    by_provider: z.int().describe('Of it, given back by the provider, which may take days.'),
  }),
  refusals: ['not_found', 'exceeds_refundable', 'currency_mismatch'],
  example: { given: givenPaid, input: { payment_id: '$paid.id' } },
  async run(context, { amount: asked, ...of }) {
    const plan = await planRefund(context, {
      ...(await wishOf(context, of)),
      amount: minorUnits(context, asked),
    })
    const { amount, refundable, shares, currency } = plan
    const sum = (parts: number[]) => parts.reduce((total, part) => total + part, 0)
    return {
      amount: { amount, currency },
      most: { amount: sum(refundable.map(({ left }) => left)), currency },
      shares: shares.map(({ paymentId, tender, amount: part }) => ({
        payment_id: paymentId,
        tender,
        amount: part,
      })),
      by_provider: sum(shares.filter(({ tender }) => tender === 'card').map(({ amount: part }) => part)),
    }
  },
})
