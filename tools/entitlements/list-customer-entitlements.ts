import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, pageFields } from '../../src/catalog/kinds.ts'
import { listLots } from '../../src/domain/entitlements/read.ts'
import { EntitlementWithLedger, givenSale, withLedger } from './shapes.ts'

export default defineTool({
  name: 'list_customer_entitlements',
  title: "A customer's packages and passes",
  description:
    'What a customer holds: sessions left, those taken for visits to come, expiry, and the ledger of every movement. A ' +
    'visit takes the one that expires soonest. With lot_id and before, the older entries of one.',
  keywords: [
    'sessions left',
    'credits remaining',
    'how many classes left',
    'pass balance',
    'when does it expire',
    'still valid',
    'remaining visits',
    'entitlement history',
    'used so far',
  ],
  domain: 'entitlements',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/customers/{customer_id}/entitlements',
  input: z.strictObject({
    customer_id: Id('customer'),
    lot_id: Id('lot').optional().describe('Only this one.'),
    before: z.int().min(1).max(2_147_483_647).optional().describe('Ledger entries before this number.'),
    include_expired: z.boolean().default(false).describe('Those that are over too.'),
    ...pageFields,
  }),
  data: z.array(EntitlementWithLedger),
  refusals: ['not_found'],
  example: { given: givenSale, input: { customer_id: '$customer.id' } },
  async run(context, { customer_id: customerId, lot_id: lotId, include_expired: includeExpired, ...filter }) {
    const page = await listLots(context, { ...filter, customerId, lotId, includeExpired })
    return new Page(
      page.rows.map(lot => withLedger(context, lot)),
      page.nextCursor,
    )
  },
})
