import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money } from '../../src/catalog/kinds.ts'
import { getCustomer } from '../../src/domain/customers/get.ts'
import { creditOf } from '../../src/domain/payments/credit.ts'
import { givenCustomer } from './shapes.ts'

export default defineTool({
  name: 'get_store_credit_balance',
  title: "A customer's credit",
  description:
    'What a customer has with the business, to pay with: from credit notes, overpayments, gestures. It is summed from the ' +
    'ledger. To pay with it: apply_customer_credit. Sessions of a package: list_customer_entitlements.',
  keywords: ['account credit', 'in credit', 'do we owe them', 'customer balance', 'wallet'],
  domain: 'entitlements',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/customers/{customer_id}/credit',
  input: z.strictObject({ customer_id: Id('customer') }),
  data: z.object({ customer_id: Id('customer'), balance: Money() }),
  refusals: ['not_found'],
  example: { given: givenCustomer, input: { customer_id: '$customer.id' } },
  async run(context, { customer_id }) {
    const { id } = await getCustomer(context, customer_id)
    const { currency } = context.workspace
    return { customer_id: id, balance: { amount: await creditOf(context, id), currency } }
  },
})
