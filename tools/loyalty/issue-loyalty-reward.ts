import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { issueReward } from '../../src/domain/loyalty/redemptions.ts'
import { givenPurchase, givenReward, RedemptionShape, redemptionOf } from './shapes.ts'

export default defineTool({
  name: 'issue_loyalty_reward',
  title: 'Issue a reward for points',
  description:
    'Locks the points of a reward, those that end soonest first, and puts it in the customer’s hand. It is used up by ' +
    'redeem_loyalty_reward; until then cancel_loyalty_reward gives the points back. Refused while points are owed.',
  keywords: [
    'hand out a reward',
    'use points',
    'spend points',
    'exchange points',
    'voucher for points',
    'wants her reward',
  ],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  key: true,
  route: 'POST /v1/loyalty/redemptions',
  input: z.strictObject({
    customer_id: Id('customer'),
    reward_id: Id('reward').describe('From list_loyalty_rewards.'),
  }),
  data: RedemptionShape,
  refusals: ['not_found', 'no_entitlement', 'quota_exceeded', 'invalid_transition'],
  example: {
    given: { ...givenPurchase, ...givenReward },
    input: { customer_id: '$customer.id', reward_id: '$reward.id' },
  },
  async run(context, { customer_id: customerId, reward_id: rewardId }) {
    const { redemption } = await issueReward(context, { customerId, rewardId })
    return redemptionOf(context, redemption)
  },
})
