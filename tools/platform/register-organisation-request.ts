import { z } from 'zod'
import { requestSignUp } from '../../src/access/sign-up.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Email, Id, Instant, Text } from '../../src/catalog/kinds.ts'
import { organisationFields } from './shapes.ts'

export default defineTool({
  name: 'register_organisation_request',
  title: 'Sign a business up',
  description:
    'Begin here when there is no API key yet. Sends a six-digit code to the owner by email; ask them for it and call ' +
    'register_organisation_verify within 10 minutes. Needs no credentials. Not for joining a business that exists.',
  keywords: ['sign up', 'new account', 'join', 'start', 'onboard', 'create workspace', 'get a key'],
  domain: 'platform',
  effect: 'write',
  openWorld: true,
  role: 'nobody',
  key: true,
  keyScope: ({ email }) => email,
  route: 'POST /v1/sign-ups',
  input: z.strictObject({
    email: Email().describe("The owner's address; the code goes there."),
    person_name: Text(120).optional().describe("The owner's name."),
    ...organisationFields,
  }),
  data: z.object({
    request_id: Id('request'),
    expires_at: Instant(),
  }),
  refusals: ['rate_limited', 'provider_error'],
  example: {
    input: {
      email: 'ana@studio-norte.example',
      organisation_name: 'Studio Norte',
      time_zone: 'Europe/Madrid',
      currency: 'EUR',
      country: 'ES',
    },
  },
  run: (context, input) => requestSignUp(context, input),
})
