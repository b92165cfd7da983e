import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { listMethods } from '../../src/domain/payments/read.ts'
import { givenMethod, Method, methodOf } from './shapes.ts'

export default defineTool({
  name: 'list_payment_methods',
  title: 'Payment methods on file',
  description:
    'The cards that a customer let the business keep, newest first, and whether each may be charged without them being ' +
    'there. Only the last four digits are known here. A customer saves one on the page of create_payment_link.',
  keywords: [
    'payment methods',
    'saved method',
    'card on file',
    'saved cards',
    'stored card',
    'mandate',
    'wallet of a customer',
  ],
  domain: 'payments',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/customers/{customer_id}/payment-methods',
  input: z.strictObject({ customer_id: Id('customer') }),
  data: z.array(Method),
  refusals: ['not_found'],
  example: { given: givenMethod, input: { customer_id: '$customer.id' } },
  run: async (context, { customer_id }) => (await listMethods(context, customer_id)).map(methodOf),
})
