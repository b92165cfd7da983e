import { z } from 'zod'
import { spendTry } from '../../src/access/one-time-codes.ts'
import { verifySignUp } from '../../src/access/sign-up.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, secret } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { openFirstLocation } from '../../src/domain/business/locations.ts'
import { keyText, WorkspaceSummary } from './shapes.ts'

export default defineTool({
  name: 'register_organisation_verify',
  title: 'Finish the sign-up',
  description:
    'Gives back the code that register_organisation_request sent by email. Creates the workspace, its owner, a first ' +
    'location (of the same name and time zone, open mon–fri 09:00–17:00) and one API key, shown once: send it as ' +
    '"Authorization: Bearer …" from then on. Five tries, then ask for a new code.',
  keywords: ['enter code', 'otp', 'verify email', 'confirm sign up', 'complete registration', 'first key'],
  domain: 'platform',
  effect: 'write',
  role: 'nobody',
  key: true,
  keyScope: ({ request_id }) => request_id,
  route: 'POST /v1/sign-ups/{request_id}/verify',
  input: z.strictObject({
    request_id: Id('request').describe('From register_organisation_request.'),
    code: secret(
      z
        .string()
        .trim()
        .regex(/^\d{6}$/, 'Expected six digits.')
        .describe('The six digits in the email.'),
    ),
  }),
  data: z.object({
    workspace: WorkspaceSummary,
    member_id: Id('member'),
    key_id: Id('key'),
    api_key: keyText,
  }),
  example: {
    given: {
      request: {
        tool: 'register_organisation_request',
        input: {
          email: 'bea@yoga-sur.example',
          organisation_name: 'Yoga Sur',
          time_zone: 'Europe/Madrid',
          currency: 'EUR',
          country: 'ES',
        },
      },
    },
    input: { request_id: '$request.request_id', code: '$mailbox.code' },
  },
  spend: ({ db }, { request_id }) => spendTry(db, request_id),
  async run(context, input) {
    const { workspace, member_id, key, api_key } = await verifySignUp(context, input)
    await openFirstLocation(context, workspace)
    return { workspace: wire(workspace), member_id, key_id: key.id, api_key }
  },
})
