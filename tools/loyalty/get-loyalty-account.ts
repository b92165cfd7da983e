import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { readAccount } from '../../src/domain/loyalty/read.ts'
import { AccountShape, accountOf, givenPurchase } from './shapes.ts'

export default defineTool({
  name: 'get_loyalty_account',
  title: "A customer's points and tier",
  description:
    'Points available, pending and locked, what ends when, issued rewards, and the tier with what is missing to the next. ' +
    'For how it came about, list_loyalty_events.',
  keywords: [
    'is she gold yet',
    'points balance',
    'how many points',
    'stamps',
    'loyalty status',
    'rewards in hand',
    'next tier',
  ],
  domain: 'loyalty',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/customers/{customer_id}/loyalty',
  input: z.strictObject({ customer_id: Id('customer') }),
  data: AccountShape,
  refusals: ['not_found'],
  example: { given: givenPurchase, input: { customer_id: '$customer.id' } },
  run: async (context, { customer_id }) => accountOf(context, await readAccount(context, customer_id)),
})
