import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { estimate } from '../../src/domain/loyalty/by-hand.ts'
import { givenMember, Lines, linesFrom } from './shapes.ts'

export default defineTool({
  name: 'calculate_loyalty_points',
  title: 'What a purchase would earn',
  description:
    'The points of an order or a visit by the rules and promotions of now; nothing is earned. With the customer, their ' +
    'promotion limits count. To have it earned, accrue_loyalty_points.',
  keywords: ['how many points would', 'points for this order', 'estimate points', 'will earn'],
  domain: 'loyalty',
  effect: 'read',
  role: 'member',
  route: 'POST /v1/loyalty/calculations',
  input: z.strictObject({
    customer_id: Id('customer').optional(),
    location_id: Id('location').optional().describe("Whose days count; default: the workspace's."),
    visit: z.boolean().default(false).describe('A booking or a class.'),
    lines: Lines().describe('What is bought; one line will do for a mere amount.'),
  }),
  data: z.object({
    points: z.int(),
    by_rules: z.int().describe('Without the promotion.'),
    rule: z.int().nullable().describe('The best one, by its place in earn_rules from 0; null: none matches.'),
    promotion_id: Id('promotion').nullable(),
    program_version: z.int(),
    expires_at: Instant().nullable(),
  }),
  refusals: ['not_found', 'invalid_transition', 'currency_mismatch'],
  example: {
    given: givenMember,
    input: { customer_id: '$customer.id', lines: [{ net: { amount: 4550, currency: 'EUR' } }] },
  },
  async run(context, { customer_id, location_id, visit, lines }) {
    const found = await estimate(context, {
      customerId: customer_id,
      locationId: location_id,
      visit,
      lines: linesFrom(context, lines),
    })
    return {
      points: found.points,
      by_rules: found.base,
      rule: found.rule,
      promotion_id: found.promotion?.id ?? null,
      program_version: found.program.version,
      expires_at: found.expiresAt,
    }
  },
})
