import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { reverseByHand } from '../../src/domain/loyalty/by-hand.ts'
import { findAccrualById } from '../../src/domain/loyalty/read.ts'
import { AccrualShape, accrualOf, givenPurchase, Lines, linesFrom, Reason } from './shapes.ts'

export default defineTool({
  name: 'reverse_loyalty_accrual',
  title: 'Take back what a purchase earned',
  description:
    'After a refund: of all of it, or with remaining_lines of some of it. The points of what remains are computed anew by ' +
    'the rules of its day. What was spent meanwhile is owed, and repaid by what is earned next. Refunds of invoices do this ' +
    'by themselves. For a redeemed reward, reverse_loyalty_redemption.',
  keywords: [
    'refund points',
    'claw back points',
    'gave the item back',
    'undo earned points',
    'cancel points',
  ],
  domain: 'loyalty',
  effect: 'destroy',
  role: 'admin',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/loyalty/accruals/{accrual_id}/reversals',
  input: z.strictObject({
    accrual_id: Id('accrual').describe('From list_loyalty_events.'),
    remaining_lines: Lines().default([]).describe('What was not refunded; none: all of it was.'),
    reason: Reason(),
  }),
  data: AccrualShape,
  refusals: ['not_found', 'currency_mismatch'],
  review: {
    versions: async (context, { accrual_id }) => ({
      [accrual_id]: (await findAccrualById(context, accrual_id)).version,
    }),
  },
  example: {
    given: givenPurchase,
    input: {
      accrual_id: '$accrual.id',
      remaining_lines: [{ net: { amount: 12_000, currency: 'EUR' } }],
      reason: 'Gave the shampoo back',
    },
  },
  async run(context, { accrual_id: id, remaining_lines, reason }) {
    const lines = linesFrom(context, remaining_lines)
    return accrualOf(context, await reverseByHand(context, { id, lines, reason }))
  },
})
