import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money } from '../../src/catalog/kinds.ts'
import { notFound } from '../../src/catalog/refusal.ts'
import { getCustomer } from '../../src/domain/customers/get.ts'
import { adjustCredit, creditOf } from '../../src/domain/payments/credit.ts'
import { givenCustomer, Reason } from './shapes.ts'

export default defineTool({
  name: 'adjust_store_credit',
  title: "Change a customer's credit by hand",
  description:
    'Gives a customer credit with the business, or takes some away, never below none, with a reason. A person approves it. ' +
    'Credit for an invoice is a credit note; money that was paid goes back with refund_payment.',
  keywords: ['goodwill credit', 'compensation', 'add to their account', 'take back credit', 'apology credit'],
  domain: 'entitlements',
  effect: 'write',
  role: 'admin',
  gate: 'approve',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/customers/{customer_id}/credit-adjustments',
  input: z.strictObject({
    customer_id: Id('customer'),
    amount: z
      .int()
      .min(-1_000_000_000)
      .max(1_000_000_000)
      .refine(amount => amount !== 0, 'Zero changes nothing.')
      .describe("Minor units of the workspace's currency; below zero takes away."),
    reason: Reason(),
  }),
  data: z.object({ customer_id: Id('customer'), balance: Money() }),
  refusals: ['not_found', 'no_entitlement'],
  review: {
    versions: async (context, { customer_id }) => ({ [customer_id]: await creditOf(context, customer_id) }),
  },
  example: {
    given: givenCustomer,
    input: { customer_id: '$customer.id', amount: 500, reason: 'The heating was off' },
  },
  async run(context, { customer_id, amount }) {
    const { id, status } = await getCustomer(context, customer_id)
    if (status !== 'active') throw notFound('customer', ['search_customers'])
    const balance = await adjustCredit(context, { customerId: id, amount })
    return { customer_id: id, balance: { amount: balance, currency: context.workspace.currency } }
  },
})
