import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, LocalDate, pageFields } from '../../src/catalog/kinds.ts'
import { listSchedules } from '../../src/domain/business/schedules.ts'
import { IntervalsShown, WeekShown } from './shapes.ts'

export default defineTool({
  name: 'list_schedules',
  title: 'Working hours of the staff',
  description:
    'Each person’s week at each of their locations, in local time, and the dates that override it. Where own is false ' +
    'they have the location’s hours. Closures are in list_locations, absences in list_time_off; for what can be ' +
    'booked, get_available_slots.',
  keywords: ['rota', 'roster', 'shifts', 'timetable', 'who works when', 'working days', 'shift plan'],
  domain: 'availability',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/schedules',
  input: z.strictObject({
    staff_id: Id('staff').optional(),
    location_id: Id('location').optional(),
    from: LocalDate().optional().describe('First date of the overrides to show. Default: today.'),
    days: z.int().min(1).max(366).default(60).describe('How many dates of them.'),
    ...pageFields,
  }),
  data: z.array(
    z.object({
      staff_id: Id('staff'),
      name: z.string(),
      schedules: z.array(
        z.object({
          location_id: Id('location'),
          own: z.boolean(),
          weekly: WeekShown,
          overrides: z.array(z.object({ date: LocalDate(), intervals: IntervalsShown })),
        }),
      ),
    }),
  ),
  refusals: ['not_found'],
  example: {
    given: { person: { tool: 'create_staff', input: { name: 'Lucía' } } },
    input: { staff_id: '$person.id' },
  },
  run: listSchedules,
})
