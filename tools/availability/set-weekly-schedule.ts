import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { setWeeklySchedule, weekVersion } from '../../src/domain/business/schedules.ts'
import { Week, WeekShown } from './shapes.ts'

export default defineTool({
  name: 'set_weekly_schedule',
  title: 'Set a person’s working week',
  description:
    'Replaces the whole week of one person at one location, in its local time. null gives them the location’s hours ' +
    'again. For a single date, set_schedule_override; for an absence, create_time_off. Bookings made already stay.',
  keywords: [
    'rota',
    'shift pattern',
    'works mondays',
    'working days',
    'part time',
    'change hours of employee',
  ],
  domain: 'availability',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/staff/{staff_id}/schedules/{location_id}',
  input: z.strictObject({
    staff_id: Id('staff'),
    location_id: Id('location'),
    weekly: Week.nullable().describe('A day left out is closed. null: the location’s hours.'),
  }),
  data: z.object({
    staff_id: Id('staff'),
    location_id: Id('location'),
    own: z.boolean().describe('Whether the week is theirs, and not the location’s.'),
    weekly: WeekShown,
  }),
  refusals: ['not_found'],
  review: {
    versions: async (context, week) => ({ [week.staff_id]: await weekVersion(context, week) }),
  },
  example: {
    given: {
      place: { tool: 'create_location', input: { name: 'Sur' } },
      person: { tool: 'create_staff', input: { name: 'Lucía', location_ids: ['$place.id'] } },
    },
    input: {
      staff_id: '$person.id',
      location_id: '$place.id',
      weekly: {
        tue: [
          { from: '10:00', to: '14:00' },
          { from: '16:00', to: '20:00' },
        ],
      },
    },
  },
  run: setWeeklySchedule,
})
