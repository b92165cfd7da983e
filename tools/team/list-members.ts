import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { pageFields } from '../../src/catalog/kinds.ts'
import { listMembers } from '../../src/domain/team/members.ts'
import { Member } from './shapes.ts'

export default defineTool({
  name: 'list_members',
  title: 'Members of the team',
  description:
    'The members of this workspace, who may sign in: role, email, and the bookable person each is linked to. Not who can ' +
    'be booked (list_staff), nor the programs with access (list_api_keys).',
  keywords: ['users', 'logins', 'admins', 'owners', 'who has access', 'accounts', 'permissions'],
  domain: 'team',
  effect: 'read',
  role: 'admin',
  paged: true,
  route: 'GET /v1/members',
  input: z.strictObject({
    status: z.enum(['active', 'deactivated']).default('active'),
    ...pageFields,
  }),
  data: z.array(Member),
  example: { input: {} },
  run: listMembers,
})
