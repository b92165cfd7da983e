import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { redeemReward } from '../../src/domain/loyalty/redemptions.ts'
import { givenIssued, RedemptionShape, redemptionOf } from './shapes.ts'

export default defineTool({
  name: 'redeem_loyalty_reward',
  title: 'Redeem an issued reward',
  description:
    'The customer has had it: its points are used up, for good. Once, however often it is asked. Only a reversal that a ' +
    'person approves undoes it.',
  keywords: ['use the voucher', 'apply reward', 'claimed her free coffee', 'mark reward as used'],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  key: true,
  route: 'POST /v1/loyalty/redemptions/{redemption_id}/redeem',
  input: z.strictObject({
    redemption_id: Id('redemption').describe('From get_loyalty_account.'),
    reference: Text(100).optional().describe('What it was used on, as a receipt’s number.'),
  }),
  data: RedemptionShape,
  refusals: ['not_found', 'invalid_transition'],
  example: { given: givenIssued, input: { redemption_id: '$issued.id', reference: 'A-1043' } },
  async run(context, { redemption_id: id, reference }) {
    return redemptionOf(context, (await redeemReward(context, { id, reference })).redemption)
  },
})
