import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, Instant, outside, pageFields, Text } from '../../src/catalog/kinds.ts'
import { listExpiring } from '../../src/domain/loyalty/read.ts'
import { givenPurchase } from './shapes.ts'

export default defineTool({
  name: 'list_expiring_points',
  title: 'Points that end soon',
  description:
    'Members whose points end by a date if they do not spend them, with how many and when the first do; of all, of a tag, of ' +
    'a segment, or of one customer. For what one has in all, get_loyalty_account.',
  keywords: ['points about to expire', 'expiring soon', 'remind to use points', 'losing points'],
  domain: 'loyalty',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/loyalty/expiring',
  input: z.strictObject({
    until: Instant().describe('Those that end by then.'),
    customer_id: Id('customer').optional(),
    tag: Text(40).optional().describe('Of customers who have it.'),
    segment: Text(40).optional().describe('Its key: of those who are in it now.'),
    ...pageFields,
  }),
  data: z.array(
    z.object({
      customer_id: Id('customer'),
      customer_name: outside(z.string()),
      points: z.int(),
      first_end: Instant(),
    }),
  ),
  refusals: ['not_found'],
  example: {
    given: givenPurchase,
    input: { until: '2099-12-31T00:00:00Z', customer_id: '$customer.id' },
  },
  async run(context, { customer_id: customerId, ...filter }) {
    const page = await listExpiring(context, { customerId, ...filter })
    return new Page(
      page.rows.map(row => ({
        customer_id: row.customerId,
        customer_name: row.customerName,
        points: row.points,
        first_end: row.firstEnds,
      })),
      page.nextCursor,
    )
  },
})
