import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { findRedemption, reverseRedemption } from '../../src/domain/loyalty/redemptions.ts'
import {
  givenRedeemed,
  Reason,
  RedemptionShape,
  redemptionOf,
  redemptionVersion,
  returnFields,
} from './shapes.ts'

export default defineTool({
  name: 'reverse_loyalty_redemption',
  title: 'Undo a redeemed reward',
  description:
    'For when what it was used on is refunded: its points go back to the lots that they came from, with their own expiry; ' +
    'what has ended meanwhile is gone. A person approves it. For one that is not redeemed, cancel_loyalty_reward.',
  keywords: ['refund reward', 'redeemed by mistake', 'restore points of a reward', 'undo redemption'],
  domain: 'loyalty',
  effect: 'destroy',
  role: 'admin',
  gate: 'approve',
  key: true,
  route: 'POST /v1/loyalty/redemptions/{redemption_id}/reverse',
  input: z.strictObject({ redemption_id: Id('redemption'), reason: Reason() }),
  data: RedemptionShape.extend(returnFields),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { redemption_id }) =>
      redemptionVersion(redemption_id, await findRedemption(context, redemption_id)),
  },
  example: {
    given: givenRedeemed,
    input: { redemption_id: '$redeemed.id', reason: 'The order was refunded' },
  },
  async run(context, { redemption_id: id, reason }) {
    const { redemption, gone } = await reverseRedemption(context, { id, reason })
    return { ...(await redemptionOf(context, redemption)), gone }
  },
})
