import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { memberVersion, setMemberRole } from '../../src/domain/team/members.ts'
import { Role } from '../platform/shapes.ts'
import { givenMember, Member } from './shapes.ts'

export default defineTool({
  name: 'set_member_role',
  title: "Change a member's role",
  description:
    'Makes somebody member (the day’s work), admin (also money, settings, team and keys) or owner. Holds from their ' +
    'next call on, for their keys too. Nobody changes a role above their own, and the last owner stays one. To take ' +
    'their access away, deactivate_member.',
  keywords: [
    'promote',
    'demote',
    'make admin',
    'make owner',
    'permissions',
    'transfer ownership',
    'hand over ownership',
    'access level',
  ],
  domain: 'team',
  effect: 'destroy',
  role: 'admin',
  gate: 'approve',
  route: 'PUT /v1/members/{member_id}/role',
  input: z.strictObject({ member_id: Id('member').describe('From list_members.'), role: Role }),
  data: Member,
  refusals: ['not_found', 'forbidden_scope', 'invalid_transition'],
  review: {
    versions: async (context, { member_id }) => ({ [member_id]: await memberVersion(context, member_id) }),
  },
  example: {
    given: givenMember,
    input: { member_id: '$member.member_id', role: 'admin' },
  },
  run: setMemberRole,
})
