import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { pageFields } from '../../src/catalog/kinds.ts'
import { listRewards } from '../../src/domain/loyalty/rewards.ts'
import { givenReward, RewardShape, rewardOf } from './shapes.ts'

export default defineTool({
  name: 'list_loyalty_rewards',
  title: 'List loyalty rewards that points buy',
  description:
    'Every reward with its points, what it gives, who may have it and how many are left. For those that a customer has in ' +
    'hand, get_loyalty_account.',
  keywords: ['reward catalogue', 'what can I get for my points', 'vouchers', 'redeemable', 'prizes'],
  domain: 'loyalty',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/loyalty/rewards',
  input: z.strictObject({ status: z.enum(['active', 'archived']).default('active'), ...pageFields }),
  data: z.array(RewardShape),
  example: { given: givenReward, input: {} },
  async run(context, filter) {
    const page = await listRewards(context, filter)
    return new Page(
      page.rows.map(reward => rewardOf(context, reward)),
      page.nextCursor,
    )
  },
})
