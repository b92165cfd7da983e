import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { listCalendars } from '../../src/domain/calendar/external.ts'
import { calendarShown, ExternalCalendar } from './shapes.ts'

export default defineTool({
  name: 'list_external_calendars',
  title: 'Calendars elsewhere',
  description:
    'The calendars of people’s own that take their time here: when each was last read, how many busy times it has, and ' +
    'why it could not be read. What they take shows in get_calendar_agenda.',
  keywords: [
    'calendar sync status',
    'google calendar',
    'outlook',
    'last synced',
    'sync broken',
    'linked calendars',
  ],
  domain: 'ops',
  effect: 'read',
  role: 'admin',
  route: 'GET /v1/external-calendars',
  input: z.strictObject({ staff_id: Id('staff').optional().describe('Default: everybody.') }),
  data: z.array(ExternalCalendar),
  refusals: ['not_found'],
  example: { input: {} },
  run: async (context, { staff_id }) => (await listCalendars(context, staff_id)).map(calendarShown),
})
