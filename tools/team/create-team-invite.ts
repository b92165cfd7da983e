import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Email, Id, Instant, secret, Text } from '../../src/catalog/kinds.ts'
import { createInvite } from '../../src/domain/team/invites.ts'
import { Role } from '../platform/shapes.ts'

export default defineTool({
  name: 'create_team_invite',
  title: 'Invite somebody to the team',
  description:
    'Mails somebody an invitation to sign in with a role of at most yours; a person approves it first. It serves once, ' +
    'for a week, and only with a code sent to that same email. A new one to the same email replaces the old. For a ' +
    'program, create_api_key; for somebody who is only booked, create_staff.',
  keywords: [
    'add user',
    'invite as an owner',
    'invite my business partner',
    'new login',
    'give access',
    'let somebody in',
    'add admin',
    'onboard colleague',
    'share account',
  ],
  domain: 'team',
  effect: 'write',
  openWorld: true,
  role: 'admin',
  gate: 'approve',
  key: true,
  route: 'POST /v1/team-invites',
  input: z.strictObject({
    email: Email().describe('The mail goes there, and the code later.'),
    role: Role.describe('member: the day’s work. admin: also money, settings, team. owner: all.'),
    name: Text(120).optional().describe('As colleagues see it.'),
    staff_id: Id('staff').optional().describe('The bookable person they are.'),
  }),
  data: z.object({
    id: Id('invite'),
    email: z.string(),
    role: Role,
    name: z.string().nullable(),
    staff_id: Id('staff').nullable(),
    expires_at: Instant(),
    token: secret(z.string().optional().describe('What the mail holds. Shown this once.')),
  }),
  refusals: ['not_found', 'forbidden_scope', 'invalid_transition'],
  example: { input: { email: 'marta@studio-norte.example', role: 'member', name: 'Marta' } },
  run: createInvite,
})
