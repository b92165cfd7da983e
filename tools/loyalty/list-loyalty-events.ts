import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, Instant, pageFields } from '../../src/catalog/kinds.ts'
import { listEntries } from '../../src/domain/loyalty/read.ts'
import { entryKinds } from '../../src/domain/loyalty/tables.ts'
import { givenPurchase, sourceText } from './shapes.ts'

export default defineTool({
  name: 'list_loyalty_events',
  title: 'The ledger of a member',
  description:
    'Every movement of a member’s points, the newest first, and what brought it about. It is never changed: a mistake is put ' +
    'right by another entry. The sum of all is what is there. For the balance, get_loyalty_account.',
  keywords: [
    'loyalty history of',

    'points history',
    'why did she lose points',
    'earned and spent',
    'loyalty transactions',
    'ledger',
  ],
  domain: 'loyalty',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/customers/{customer_id}/loyalty/events',
  input: z.strictObject({ customer_id: Id('customer'), ...pageFields }),
  data: z.array(
    z.object({
      number: z.int(),
      kind: z.enum(entryKinds),
      points: z.int().describe('More or fewer.'),
      at: Instant(),
      expires_at: Instant().nullable().describe('When these points end.'),
      source_id: z.string().nullable().describe('What was bought.'),
      accrual_id: Id('accrual').nullable(),
      redemption_id: Id('redemption').nullable(),
      reason: z.string().nullable(),
    }),
  ),
  refusals: ['not_found'],
  example: { given: givenPurchase, input: { customer_id: '$customer.id' } },
  async run(context, { customer_id: customerId, ...filter }) {
    const page = await listEntries(context, { customerId, ...filter })
    return new Page(
      page.rows.map(entry => ({
        number: entry.number,
        kind: entry.kind,
        points: entry.points,
        at: entry.at,
        expires_at: entry.expiresAt,
        source_id: entry.sourceKind && sourceText(entry.sourceKind, entry.sourceId!),
        accrual_id: entry.accrualId,
        redemption_id: entry.redemptionId,
        reason: entry.reason,
      })),
      page.nextCursor,
    )
  },
})
