import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant, Text } from '../../src/catalog/kinds.ts'
import { promotionVersion, setPromotion } from '../../src/domain/loyalty/promotions.ts'
import { Code, Points, PromotionShape, promotionOf } from './shapes.ts'

export default defineTool({
  name: 'upsert_loyalty_promotion',
  title: 'Set a loyalty promotion',
  description:
    'For a while, what earns points earns more: percent of them (200 is double) or an addition. Replaces the one of this ' +
    'code in full; "archived" ends it. Of two that are on, the most recently made applies. A limit counts local days of the ' +
    'location, today among them; without limit_days, ever.',
  keywords: ['double points', 'bonus points week', 'extra points', 'points campaign', 'triple stamps'],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  route: 'PUT /v1/loyalty/promotions/{code}',
  input: z.strictObject({
    code: Code(),
    name: Text(80).describe('As customers see it.'),
    percent: z.int().min(101).max(10_000).nullable().default(null).describe('Or addition.'),
    addition: Points().nullable().default(null).describe('On top of each purchase.'),
    starts_at: Instant().describe('Inclusive.'),
    ends_at: Instant().nullable().default(null).describe('Exclusive; null: until further notice.'),
    limit_times: z.int().min(1).max(1000).nullable().default(null).describe('Of one customer.'),
    limit_days: z.int().min(1).max(366).nullable().default(null).describe('1: each day anew.'),
    status: z.enum(['active', 'archived']).default('active'),
  }),
  data: PromotionShape.extend({ created: z.boolean() }),
  review: { versions: async (context, { code }) => ({ [code]: await promotionVersion(context, code) }) },
  example: {
    input: {
      code: 'DOUBLE-JUNE',
      name: 'Double points in June',
      percent: 200,
      starts_at: '2027-06-01T00:00:00+02:00',
      ends_at: '2027-07-01T00:00:00+02:00',
      limit_times: 1,
      limit_days: 1,
    },
  },
  async run(context, input) {
    const { created, ...promotion } = await setPromotion(context, {
      code: input.code,
      name: input.name,
      percent: input.percent,
      addition: input.addition,
      startsAt: input.starts_at,
      endsAt: input.ends_at,
      limitTimes: input.limit_times,
      limitDays: input.limit_days,
      status: input.status,
    })
    return { ...promotionOf(promotion), created }
  },
})
