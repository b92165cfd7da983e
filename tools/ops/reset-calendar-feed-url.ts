import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { feedVersion, resetFeed } from '../../src/domain/calendar/feed.ts'

export default defineTool({
  name: 'reset_calendar_feed_url',
  title: 'End a calendar URL',
  description:
    'Ends the iCal URL of a person: what subscribes to it learns nothing from now on. get_calendar_feed_url has the ' +
    'new one. For a phone that was lost, or a URL in wrong hands. Shows a preview first.',
  keywords: [
    'revoke calendar link',
    'new ical link',
    'calendar leaked',
    'stop calendar subscription',
    'lost phone',
    'unsubscribe calendar',
  ],
  domain: 'ops',
  effect: 'destroy',
  role: 'admin',
  gate: 'confirm',
  route: 'POST /v1/staff/{staff_id}/calendar-feed/reset',
  input: z.strictObject({ staff_id: Id('staff').describe('From list_staff.') }),
  data: z.object({ staff_id: Id('staff'), generation: z.int().describe('How many URLs they have had.') }),
  refusals: ['not_found'],
  review: {
    versions: async (context, { staff_id }) => ({ [staff_id]: await feedVersion(context, staff_id) }),
  },
  example: {
    given: { person: { tool: 'create_staff', input: { name: 'Lucía' } } },
    input: { staff_id: '$person.id' },
  },
  run: async (context, { staff_id }) => ({ staff_id, ...(await resetFeed(context, staff_id)) }),
})
