import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { pageFields } from '../../src/catalog/kinds.ts'
import { listDisputes } from '../../src/domain/payments/read.ts'
import { disputeStates } from '../../src/domain/payments/reports.ts'
import { DisputeRow, disputeOf } from './shapes.ts'

export default defineTool({
  name: 'list_disputes',
  title: 'Disputed payments',
  description:
    'Payments that customers dispute with their bank (chargebacks), newest first, with the time by which the business has ' +
    'to answer at the provider. What is disputed cannot be refunded as well.',
  keywords: ['chargeback', 'contested charge', 'bank reversal', 'evidence deadline'],
  domain: 'payments',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/disputes',
  input: z.strictObject({ state: z.enum(disputeStates).optional(), ...pageFields }),
  data: z.array(DisputeRow),
  example: { input: { state: 'needs_response' } },
  async run(context, filter) {
    const page = await listDisputes(context, filter)
    return new Page(page.rows.map(disputeOf), page.nextCursor)
  },
})
