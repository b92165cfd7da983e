import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, LocalDate } from '../../src/catalog/kinds.ts'
import { overrideVersion, setOverride } from '../../src/domain/business/overrides.ts'
import { Intervals, IntervalsShown } from './shapes.ts'

export default defineTool({
  name: 'set_schedule_override',
  title: 'Change one date of a schedule',
  description:
    'Says when a person works on one date, in place of their week: other hours, extra hours, or none. It replaces what ' +
    'the date had. delete_schedule_override goes back to the week. Bookings made already stay.',
  keywords: [
    'extra shift',
    'swap shift',
    'works late on friday',
    'special hours',
    'leaves early',
    'exception',
    'starts later on friday',
    'this friday only',
  ],
  domain: 'availability',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/staff/{staff_id}/schedules/{location_id}/overrides/{date}',
  input: z.strictObject({
    staff_id: Id('staff'),
    location_id: Id('location'),
    date: LocalDate().describe("The location's date."),
    intervals: Intervals,
  }),
  data: z.object({
    staff_id: Id('staff'),
    location_id: Id('location'),
    date: LocalDate(),
    intervals: IntervalsShown,
  }),
  refusals: ['not_found'],
  review: {
    versions: async (context, day) => ({ [day.staff_id]: await overrideVersion(context, day) }),
  },
  example: {
    given: {
      place: { tool: 'create_location', input: { name: 'Sur' } },
      person: { tool: 'create_staff', input: { name: 'Lucía', location_ids: ['$place.id'] } },
    },
    input: {
      staff_id: '$person.id',
      location_id: '$place.id',
      date: '2030-12-24',
      intervals: [{ from: '09:00', to: '13:00' }],
    },
  },
  run: setOverride,
})
