import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { createStaff } from '../../src/domain/business/staff.ts'
import { Colour, LocationIds, Staff } from './shapes.ts'

export default defineTool({
  name: 'create_staff',
  title: 'Add a bookable person',
  description:
    'Somebody whom customers can book. They have the location’s hours until set_weekly_schedule, and nothing to be ' +
    'booked for until set_staff_services. It gives nobody a login.',
  keywords: ['new employee', 'hire', 'add stylist', 'new team member', 'add therapist', 'onboard colleague'],
  domain: 'team',
  effect: 'write',
  role: 'admin',
  key: true,
  route: 'POST /v1/staff',
  input: z.strictObject({
    name: Text(120).describe('As customers see it.'),
    member_id: Id('member').optional().describe('The member who signs in as this person.'),
    colour: Colour().optional().describe('In calendars, as in #1e90ff.'),
    location_ids: LocationIds().optional().describe('Where they work. Default: every location.'),
  }),
  data: Staff,
  refusals: ['not_found'],
  example: { input: { name: 'Lucía', colour: '#1e90ff' } },
  run: createStaff,
})
