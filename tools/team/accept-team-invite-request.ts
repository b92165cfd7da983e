import { createHash } from 'node:crypto'
import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, secret } from '../../src/catalog/kinds.ts'
import { requestJoin } from '../../src/domain/team/join.ts'
import { givenInvite } from './shapes.ts'

export default defineTool({
  name: 'accept_team_invite_request',
  title: 'Accept an invitation',
  description:
    'For who was invited to a team: takes the token in the mail, and sends a six-digit code to the invited email. Ask ' +
    'for it and call accept_team_invite_verify within 10 minutes. Needs no credentials. Not for a new business: that ' +
    'is register_organisation_request.',
  keywords: ['join team', 'got an invitation', 'invited by', 'join workspace', 'invite token'],
  domain: 'team',
  effect: 'write',
  openWorld: true,
  role: 'nobody',
  key: true,
  keyScope: ({ token }) => createHash('sha256').update(token).digest('base64url'),
  route: 'POST /v1/team-invites/accept',
  input: z.strictObject({
    token: secret(
      z
        .string()
        .trim()
        .regex(/^[\w-]{72}$/, 'Expected the 72 characters in the mail.')
        .describe('From the invitation.'),
    ),
  }),
  data: z.object({ request_id: Id('request'), expires_at: Instant() }),
  refusals: ['rate_limited', 'provider_error'],
  example: { given: givenInvite, input: { token: '$mailbox.token' } },
  run: (context, { token }) => requestJoin(context, token),
})
