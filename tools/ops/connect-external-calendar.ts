import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { connectCalendar } from '../../src/domain/calendar/external.ts'
import { calendarShown, ExternalCalendar } from './shapes.ts'

export default defineTool({
  name: 'connect_external_calendar',
  title: 'Heed a calendar elsewhere',
  description:
    'What a person has in a calendar of their own (Google, Outlook, iCloud) takes their time here: by its secret iCal ' +
    'address, read every quarter of an hour. Only when they are busy is kept; free (transparent) and cancelled events ' +
    'and our own are passed over, and no booking is touched. list_external_calendars says how it went. The other way, ' +
    'get_calendar_feed_url.',
  keywords: [
    'google calendar',
    'outlook',
    'icloud',
    'sync personal calendar',
    'import busy times',
    'private appointments',
    'avoid double booking',
    'ics',
  ],
  domain: 'ops',
  effect: 'write',
  openWorld: true,
  role: 'admin',
  key: true,
  route: 'POST /v1/external-calendars',
  input: z.strictObject({
    staff_id: Id('staff').describe('From list_staff.'),
    url: Text(2000).describe(
      'https or webcal; whoever has it can read the calendar, so it is kept encrypted.',
    ),
  }),
  data: ExternalCalendar,
  refusals: ['not_found', 'quota_exceeded'],
  example: {
    given: { person: { tool: 'create_staff', input: { name: 'Lucía' } } },
    input: { staff_id: '$person.id', url: 'https://calendar.example/lucia/private.ics' },
  },
  run: async (context, { staff_id: staffId, url }) =>
    calendarShown(await connectCalendar(context, { staffId, url })),
})
