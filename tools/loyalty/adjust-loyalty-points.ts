import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { adjustPoints } from '../../src/domain/loyalty/correct.ts'
import { accountVersion, accountView } from '../../src/domain/loyalty/read.ts'
import { AccountShape, accountOf, givenMember, Reason } from './shapes.ts'

export default defineTool({
  name: 'adjust_loyalty_points',
  title: 'Add or take points by hand',
  description:
    'Adds points, or takes them from what ends soonest, with a reason. A person approves it. It counts for no tier. For a ' +
    'purchase, accrue_loyalty_points; for a refund, reverse_loyalty_accrual.',
  keywords: [
    'gift points',
    'points for a long wait',
    'goodwill points',
    'correct points',
    'bonus points',
    'deduct points',
    'wrong balance',
  ],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  gate: 'approve',
  key: true,
  route: 'POST /v1/customers/{customer_id}/loyalty/adjustments',
  input: z.strictObject({
    customer_id: Id('customer'),
    points: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .refine(points => points !== 0, 'Zero changes nothing.')
      .describe('Added; below zero: taken.'),
    reason: Reason(),
  }),
  data: AccountShape,
  refusals: ['not_found'],
  review: {
    versions: async (context, { customer_id }) => ({
      [customer_id]: await accountVersion(context, customer_id),
    }),
  },
  example: {
    given: givenMember,
    input: { customer_id: '$customer.id', points: 50, reason: 'Waited half an hour' },
  },
  async run(context, { customer_id: customerId, ...asked }) {
    const family = await adjustPoints(context, { customerId, ...asked })
    return accountOf(context, await accountView(context, family))
  },
})
