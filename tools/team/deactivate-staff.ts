import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { deactivateStaff, staffVersion } from '../../src/domain/business/staff.ts'
import { Staff } from './shapes.ts'

export default defineTool({
  name: 'deactivate_staff',
  title: 'Deactivate a bookable person',
  description:
    'Nobody can book them any more; what they did stays. Refused, with their names, while there are bookings to come: ' +
    'first move or cancel those. update_staff brings them back. To end a login, deactivate_member.',
  keywords: [
    'employee left',
    'take a trainer off the team',
    'fired',
    'remove stylist',
    'resigned',
    'delete staff',
    'no longer works here',
    'quit',
    'left the team',
  ],
  domain: 'team',
  effect: 'destroy',
  role: 'admin',
  gate: 'confirm',
  route: 'POST /v1/staff/{staff_id}/deactivate',
  input: z.strictObject({ staff_id: Id('staff').describe('From list_staff.') }),
  data: Staff,
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { staff_id }) => ({ [staff_id]: await staffVersion(context, staff_id) }),
  },
  example: {
    given: { person: { tool: 'create_staff', input: { name: 'Lucía' } } },
    input: { staff_id: '$person.id' },
  },
  run: deactivateStaff,
})
