import { z } from 'zod'
import { spendTry } from '../../src/access/one-time-codes.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, secret } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { verifyJoin } from '../../src/domain/team/join.ts'
import { keyText, Role, WorkspaceSummary } from '../platform/shapes.ts'
import { givenMember } from './shapes.ts'

const { member: _, ...given } = givenMember

export default defineTool({
  name: 'accept_team_invite_verify',
  title: 'Join the team',
  description:
    'Gives back the code that accept_team_invite_request sent. Makes the invited person a member and answers one API ' +
    'key with all that their role may do, shown once: send it as "Authorization: Bearer …". Five tries, then ask for a ' +
    'new code.',
  keywords: [
    'enter code',
    'here is the code from the invitation mail',
    'confirm invitation',
    'finish joining',
    'otp',
    'become a member',
  ],
  domain: 'team',
  effect: 'write',
  role: 'nobody',
  key: true,
  keyScope: ({ request_id }) => request_id,
  route: 'POST /v1/team-invites/{request_id}/verify',
  input: z.strictObject({
    request_id: Id('request').describe('From accept_team_invite_request.'),
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
    role: Role,
    key_id: Id('key'),
    api_key: keyText,
  }),
  example: { given, input: { request_id: '$request.request_id', code: '$mailbox.code' } },
  spend: ({ db }, { request_id }) => spendTry(db, request_id),
  async run(context, input) {
    const { workspace, member_id, role, key, api_key } = await verifyJoin(context, input)
    return { workspace: wire(workspace), member_id, role, key_id: key.id, api_key }
  },
})
