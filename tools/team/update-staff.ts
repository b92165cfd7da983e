import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text, Version } from '../../src/catalog/kinds.ts'
import { updateStaff } from '../../src/domain/business/staff.ts'
import { Colour, LocationIds, Staff } from './shapes.ts'

export default defineTool({
  name: 'update_staff',
  title: 'Change a bookable person',
  description:
    'Changes what you name and leaves the rest: name, linked member, colour, the locations they work at. Can bring a ' +
    'deactivated person back. Bookings made already stay.',
  keywords: [
    'rename employee',
    'transfer to branch',
    'calendar colour',
    'rehire',
    'reactivate',
    'link login',
    'works at another branch',
    'correct a name',
  ],
  domain: 'team',
  effect: 'write',
  role: 'admin',
  route: 'PATCH /v1/staff/{staff_id}',
  input: z.strictObject({
    staff_id: Id('staff'),
    version: Version(),
    name: Text(120).optional().describe('As customers see it.'),
    member_id: Id('member').nullable().optional().describe('The member who signs in as them; null: nobody.'),
    colour: Colour().nullable().optional().describe('In calendars; null: none.'),
    location_ids: LocationIds().optional().describe('All they work at.'),
    status: z.literal('active').optional().describe('Brings a deactivated person back.'),
  }),
  data: Staff,
  refusals: ['not_found', 'stale_version'],
  example: {
    given: { person: { tool: 'create_staff', input: { name: 'Lucía' } } },
    input: { staff_id: '$person.id', version: 1, name: 'Lucía Vega' },
  },
  run: updateStaff,
})
