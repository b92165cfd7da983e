import { z } from 'zod'
import { notices } from '../../src/access/tables.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text, Version } from '../../src/catalog/kinds.ts'
import { updateMember } from '../../src/domain/team/members.ts'
import { givenMember, Member } from './shapes.ts'

export default defineTool({
  name: 'update_member',
  title: 'Change a member',
  description:
    'Changes what you name of somebody who signs in: name, the bookable person they are, what they want to hear of. Of ' +
    'the lowest role, who is linked sees only the bookings assigned to that person, and their customers. For the role, ' +
    'set_member_role; to let nobody sign in, deactivate_member.',
  keywords: [
    'rename user',
    'link login to stylist',
    'what can she see',
    'notifications',
    'stop approval mails',
    'own calendar only',
  ],
  domain: 'team',
  effect: 'write',
  role: 'admin',
  route: 'PATCH /v1/members/{member_id}',
  input: z.strictObject({
    member_id: Id('member').describe('From list_members.'),
    version: Version(),
    name: Text(120).optional().describe('As colleagues see it.'),
    staff_id: Id('staff').nullable().optional().describe('The bookable person they are; null: nobody.'),
    notify_about: z
      .array(z.enum(notices))
      .max(1)
      .optional()
      .describe('All they want to be mailed of: what waits for their decision, or nothing.'),
  }),
  data: Member,
  refusals: ['not_found', 'stale_version', 'forbidden_scope'],
  example: {
    given: givenMember,
    input: { member_id: '$member.member_id', version: 1, name: 'Marta Vega', notify_about: [] },
  },
  run: updateMember,
})
