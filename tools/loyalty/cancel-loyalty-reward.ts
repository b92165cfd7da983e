import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { cancelReward, findRedemption } from '../../src/domain/loyalty/redemptions.ts'
import { givenIssued, RedemptionShape, redemptionOf, redemptionVersion, returnFields } from './shapes.ts'

export default defineTool({
  name: 'cancel_loyalty_reward',
  title: 'Cancel an issued reward',
  description:
    'Takes back a reward that is issued and not redeemed. Its points go back to the lots that they came from, to end when ' +
    'they would have ended. For one that is redeemed, reverse_loyalty_redemption.',
  keywords: ['give points back', 'changed her mind about the reward', 'withdraw voucher', 'unlock points'],
  domain: 'loyalty',
  effect: 'destroy',
  role: 'admin',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/loyalty/redemptions/{redemption_id}/cancel',
  input: z.strictObject({ redemption_id: Id('redemption').describe('From get_loyalty_account.') }),
  data: RedemptionShape.extend(returnFields),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { redemption_id }) =>
      redemptionVersion(redemption_id, await findRedemption(context, redemption_id)),
  },
  example: { given: givenIssued, input: { redemption_id: '$issued.id' } },
  async run(context, { redemption_id }) {
    const { redemption, gone } = await cancelReward(context, redemption_id)
    return { ...(await redemptionOf(context, redemption)), gone }
  },
})
