import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money, Text } from '../../src/catalog/kinds.ts'
import { amountOf } from '../../src/domain/business/prices.ts'
import { findService } from '../../src/domain/business/services.ts'
import { rewardVersion, setReward } from '../../src/domain/loyalty/rewards.ts'
import { rewardKinds } from '../../src/domain/loyalty/tables.ts'
import { Code, Points, RewardShape, rewardOf } from './shapes.ts'

export default defineTool({
  name: 'upsert_loyalty_reward',
  title: 'Set a reward',
  description:
    'Something that points buy: an amount or a percentage off, or something for free. Replaces the one of this code in full; ' +
    '"archived" takes it off the list. What is issued keeps what it cost. A quota counts what is issued or redeemed; what is ' +
    'cancelled is free again.',
  keywords: [
    'limit a reward per customer',

    'new reward',
    'points for a discount',
    'free haircut for points',
    'reward quota',
    'redeem option',
  ],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  route: 'PUT /v1/loyalty/rewards/{code}',
  input: z.strictObject({
    code: Code(),
    name: Text(80).describe('As customers see it.'),
    description: Text(500).nullable().default(null).describe('For customers.'),
    points: Points().describe('What it costs.'),
    kind: z.enum(rewardKinds),
    discount: Money().nullable().default(null).describe('By kind.'),
    percent: z.int().min(1).max(100).nullable().default(null).describe('By kind.'),
    service_id: Id('service').nullable().default(null).describe('By kind.'),
    min_tier: Text(40).nullable().default(null).describe('Or a higher one.'),
    quota: z.int().min(0).max(1_000_000).nullable().default(null).describe('In all; null: no end.'),
    quota_per_customer: z.int().min(1).max(1000).nullable().default(null).describe('null: no end.'),
    status: z.enum(['active', 'archived']).default('active'),
  }),
  data: RewardShape.pick({
    id: true,
    code: true,
    points: true,
    left: true,
    status: true,
    version: true,
  }).extend({
    created: z.boolean(),
  }),
  refusals: ['not_found', 'currency_mismatch'],
  review: { versions: async (context, { code }) => ({ [code]: await rewardVersion(context, code) }) },
  example: {
    input: {
      code: 'FIVE-OFF',
      name: 'Five euros off',
      points: 100,
      kind: 'discount_amount',
      discount: { amount: 500, currency: 'EUR' },
      quota: 200,
      quota_per_customer: 2,
    },
  },
  async run(context, input) {
    if (input.service_id !== null) await findService(context, input.service_id)
    const { created, ...reward } = await setReward(context, {
      code: input.code,
      name: input.name,
      description: input.description,
      points: input.points,
      kind: input.kind,
      discountAmount: input.discount?.amount ? amountOf(context, input.discount) : null,
      discountPercent: input.percent,
      itemId: input.service_id,
      minTier: input.min_tier,
      quota: input.quota,
      quotaPerCustomer: input.quota_per_customer,
      status: input.status,
    })
    const { id, code, points, left, status, version } = rewardOf(context, reward)
    return { id, code, points, left, status, version, created }
  },
})
