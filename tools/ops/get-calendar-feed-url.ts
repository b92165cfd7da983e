import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, secret } from '../../src/catalog/kinds.ts'
import { feedUrl } from '../../src/domain/calendar/feed.ts'

export default defineTool({
  name: 'get_calendar_feed_url',
  title: 'A calendar to subscribe to',
  description:
    'The iCal URL at which a person’s phone or calendar program subscribes to their bookings: 90 days back, a year ' +
    'ahead, names of customers included. Whoever has it can read it, so hand it to that person alone; ' +
    'reset_calendar_feed_url ends it. It is the same each time.',
  keywords: [
    'ical',
    'ics',
    'google calendar',
    'apple calendar',
    'outlook',
    'subscribe to bookings',
    'sync calendar',
    'see my bookings on my phone',
  ],
  domain: 'ops',
  effect: 'read',
  role: 'admin',
  route: 'GET /v1/staff/{staff_id}/calendar-feed',
  input: z.strictObject({ staff_id: Id('staff').describe('From list_staff.') }),
  data: z.object({ staff_id: Id('staff'), url: secret(z.string()) }),
  refusals: ['not_found'],
  example: {
    given: { person: { tool: 'create_staff', input: { name: 'Lucía' } } },
    input: { staff_id: '$person.id' },
  },
  run: async (context, { staff_id }) => ({ staff_id, url: await feedUrl(context, staff_id) }),
})
