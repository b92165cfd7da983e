import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Email, Id, Instant, secret, Text } from '../../src/catalog/kinds.ts'
import { requestCustomerSignIn } from '../../src/domain/customers/sign-in.ts'
import { givenPublished } from './shapes.ts'

export default defineTool({
  name: 'sign_in_customer_request',
  title: 'Send a customer their code',
  description:
    'For the business’s own site, called with its publishable key: sends a six-digit code to the visitor’s email or phone, ' +
    'whether they are a customer yet or not. Then sign_in_customer_verify, within 10 minutes. Not for the team: they ' +
    'sign in at the console.',
  keywords: [
    'customer login',
    'log in on our website',
    'client account',
    'magic code',
    'storefront',
    'otp for a client',
    'sms code',
  ],
  domain: 'platform',
  effect: 'write',
  openWorld: true,
  role: 'member',
  by: 'publishable_key',
  key: true,
  keyScope: ({ email, phone }) => `${email ?? phone}`,
  route: 'POST /v1/customer-sign-ins',
  input: z.strictObject({
    email: Email().optional().describe("The visitor's address; the code goes there."),
    phone: Text(40).optional().describe("Instead: their number; by default of the workspace's country."),
  }),
  data: z.object({
    request_id: Id('request'),
    expires_at: Instant(),
    code: secret(z.string().optional().describe('In a sandbox alone: nothing goes out.')),
  }),
  refusals: ['rate_limited', 'provider_error'],
  example: { given: givenPublished, as: '$key.publishable_key', input: { email: 'ana@ruiz.example' } },
  run: requestCustomerSignIn,
})
