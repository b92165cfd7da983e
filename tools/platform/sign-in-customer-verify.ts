import { z } from 'zod'
import { spendTry } from '../../src/access/one-time-codes.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, outside, secret, Text } from '../../src/catalog/kinds.ts'
import { atFrontDesk, verifyCustomerSignIn } from '../../src/domain/customers/sign-in.ts'
import { givenCustomerCode } from './shapes.ts'

export default defineTool({
  name: 'sign_in_customer_verify',
  title: 'Sign a customer in',
  description:
    'Gives back the code that sign_in_customer_request sent. Answers a token, shown once: send it as "Authorization: ' +
    'Bearer …" and you are that customer, who sees services and free times, books, and sees, moves and cancels their ' +
    'own bookings. Who is new is made a customer; if it asks for the name, send the same code again with it.',
  keywords: [
    'customer enters the code',
    'client logs in',
    'customer token',
    'customer session',
    'storefront login',
  ],
  domain: 'platform',
  effect: 'write',
  role: 'member',
  by: 'publishable_key',
  key: true,
  keyScope: ({ request_id }) => request_id,
  route: 'POST /v1/customer-sign-ins/{request_id}/verify',
  input: z.strictObject({
    request_id: Id('request').describe('From sign_in_customer_request.'),
    code: secret(
      z
        .string()
        .trim()
        .regex(/^\d{6}$/, 'Expected six digits.')
        .describe('The six digits that were sent.'),
    ),
    name: Text(200).optional().describe('Of who is new, or shares their email or phone with others.'),
  }),
  data: z.object({
    customer_id: Id('customer'),
    name: outside(z.string()),
    customer_token: secret(z.string().optional().describe('Shown this once: keep it in the page.')),
    expires_at: Instant().describe('Sooner after 12 idle hours.'),
  }),
  example: {
    given: givenCustomerCode,
    as: '$key.publishable_key',
    input: { request_id: '$request.request_id', code: '$request.code', name: 'Ana Ruiz' },
  },
  spend: (context, { request_id }) => atFrontDesk(context, () => spendTry(context.db, request_id)),
  async run(context, input) {
    const { customer, token, expires_at } = await verifyCustomerSignIn(context, input)
    return { customer_id: customer.id, name: customer.name, customer_token: token, expires_at }
  },
})
