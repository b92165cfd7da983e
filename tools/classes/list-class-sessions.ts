import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, Instant, pageFields } from '../../src/catalog/kinds.ts'
import { listSessions } from '../../src/domain/classes/read.ts'
import { sessionStates } from '../../src/domain/classes/states.ts'
import { ClassSession, givenSeries, sessionShown } from './shapes.ts'

export default defineTool({
  name: 'list_class_sessions',
  title: 'Classes',
  description:
    'The timetable by start: each class with who gives it and the places left, half a year ahead. To ' +
    'take a place, enrol_in_class; who is in one, list_class_roster. Appointments: list_bookings.',
  keywords: [
    'timetable',
    'class schedule',
    'yoga',
    'spots left',
    'free places',
    'what is on',
    'group classes',
  ],
  domain: 'classes',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/class-sessions',
  input: z.strictObject({
    from: Instant().optional().describe('Default: now.'),
    until: Instant().optional().describe('Exclusive.'),
    state: z.enum(sessionStates).default('scheduled'),
    series_id: Id('series').optional(),
    service_id: Id('service').optional(),
    location_id: Id('location').optional(),
    staff_id: Id('staff').optional(),
    ...pageFields,
  }),
  data: z.array(ClassSession),
  example: { given: givenSeries, input: { limit: 10 } },
  async run(context, { series_id, service_id, location_id, staff_id, ...filter }) {
    const ids = { seriesId: series_id, serviceId: service_id, locationId: location_id, staffId: staff_id }
    const page = await listSessions(context, { ...filter, ...ids })
    return new Page(page.rows.map(sessionShown), page.nextCursor)
  },
})
