import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { calendarVersion, disconnectCalendar } from '../../src/domain/calendar/external.ts'
import { calendarShown, ExternalCalendar } from './shapes.ts'

export default defineTool({
  name: 'disconnect_external_calendar',
  title: 'Heed a calendar no longer',
  description:
    'Forgets the address of a person’s own calendar; what it took of their time can be booked again. Shows a preview ' +
    'first. Bookings stay as they are. To connect another, connect_external_calendar.',
  keywords: ['remove calendar sync', 'unlink google calendar', 'stop importing', 'disconnect outlook'],
  domain: 'ops',
  effect: 'destroy',
  role: 'admin',
  gate: 'confirm',
  route: 'DELETE /v1/external-calendars/{calendar_id}',
  input: z.strictObject({ calendar_id: Id('calendar').describe('From list_external_calendars.') }),
  data: ExternalCalendar,
  refusals: ['not_found'],
  review: {
    versions: async (context, { calendar_id }) => ({
      [calendar_id]: await calendarVersion(context, calendar_id),
    }),
  },
  example: {
    given: {
      person: { tool: 'create_staff', input: { name: 'Lucía' } },
      calendar: {
        tool: 'connect_external_calendar',
        input: { staff_id: '$person.id', url: 'https://calendar.example/lucia/private.ics' },
      },
    },
    input: { calendar_id: '$calendar.id' },
  },
  run: async (context, { calendar_id }) => calendarShown(await disconnectCalendar(context, calendar_id)),
})
