import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, Text } from '../../src/catalog/kinds.ts'
import { overrideTier } from '../../src/domain/loyalty/correct.ts'
import { accountVersion, accountView } from '../../src/domain/loyalty/read.ts'
import { AccountShape, accountOf, givenMember, Reason } from './shapes.ts'

export default defineTool({
  name: 'set_loyalty_tier',
  title: 'Set a tier by hand',
  description:
    'Puts a member into a tier until an instant, whatever they have earned; then what they have earned counts again. With ' +
    'tier null it counts at once. Points are left as they are.',
  keywords: ['make her gold', 'vip status', 'upgrade tier', 'tier override', 'downgrade member'],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  gate: 'confirm',
  key: true,
  route: 'PUT /v1/customers/{customer_id}/loyalty/tier',
  input: z.strictObject({
    customer_id: Id('customer'),
    tier: Text(40).nullable().describe('A tier of the program; null: as earned.'),
    until: Instant().optional().describe('With a tier: exclusive.'),
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
    input: {
      customer_id: '$customer.id',
      tier: 'Gold',
      until: '2099-01-01T00:00:00Z',
      reason: 'Founding member',
    },
  },
  async run(context, { customer_id: customerId, ...asked }) {
    const family = await overrideTier(context, { customerId, ...asked })
    return accountOf(context, await accountView(context, family))
  },
})
