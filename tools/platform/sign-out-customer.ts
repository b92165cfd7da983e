import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { signOutCustomer } from '../../src/domain/customers/sign-in.ts'
import { givenCustomerCode } from './shapes.ts'

export default defineTool({
  name: 'sign_out_customer',
  title: 'Sign a customer out',
  description:
    'Called with a customer’s token: ends it, and no other of theirs. From their next call on it opens nothing; to come ' +
    'back, sign_in_customer_request.',
  keywords: ['customer logout', 'log out of our website', 'end customer session', 'forget this browser'],
  domain: 'platform',
  effect: 'write',
  role: 'member',
  by: 'customer',
  route: 'POST /v1/customer-sign-outs',
  input: z.strictObject({}),
  data: z.object({ signed_out: z.literal(true) }),
  example: {
    given: {
      ...givenCustomerCode,
      session: {
        tool: 'sign_in_customer_verify',
        input: { request_id: '$request.request_id', code: '$request.code', name: 'Ana Ruiz' },
        as: '$key.publishable_key',
      },
    },
    as: '$session.customer_token',
    input: {},
  },
  async run(context) {
    await signOutCustomer(context)
    return { signed_out: true as const }
  },
})
