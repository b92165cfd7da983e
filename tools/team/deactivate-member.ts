import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { deactivateMember, memberVersion } from '../../src/domain/team/members.ts'
import { givenMember, Member } from './shapes.ts'

export default defineTool({
  name: 'deactivate_member',
  title: 'Take somebody’s access away',
  description:
    'At once and on every server: they can sign in no more, their sessions here end, and their keys and the clients ' +
    'that they connected are revoked for good. What they did stays, and what they asked a person to approve becomes ' +
    'stale. The last owner stays. Their bookings are another matter: deactivate_staff. create_team_invite lets them ' +
    'in again.',
  keywords: [
    'fire',
    'remove user',
    'left the company',
    'offboard',
    'lock out',
    'throw out',

    'block user',
  ],
  domain: 'team',
  effect: 'destroy',
  role: 'admin',
  gate: 'confirm',
  route: 'POST /v1/members/{member_id}/deactivate',
  input: z.strictObject({ member_id: Id('member').describe('From list_members.') }),
  data: Member.extend({ revoked_keys: z.int(), revoked_connections: z.int(), ended_sessions: z.int() }),
  refusals: ['not_found', 'forbidden_scope', 'invalid_transition'],
  review: {
    versions: async (context, { member_id }) => ({ [member_id]: await memberVersion(context, member_id) }),
  },
  example: {
    given: givenMember,
    input: { member_id: '$member.member_id' },
  },
  run: deactivateMember,
})
