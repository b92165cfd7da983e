import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, LocalDate } from '../../src/catalog/kinds.ts'
import { deleteOverride, overrideVersion } from '../../src/domain/business/overrides.ts'
import { IntervalsShown } from './shapes.ts'

export default defineTool({
  name: 'delete_schedule_override',
  title: 'Back to the weekly schedule',
  description:
    'Takes away what set_schedule_override said of one date: the person’s week applies again. Answers the hours that ' +
    'the date has then. On a date without an override it changes nothing.',
  keywords: ['undo special hours', 'remove exception', 'cancel extra shift', 'normal hours again'],
  domain: 'availability',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  route: 'DELETE /v1/staff/{staff_id}/schedules/{location_id}/overrides/{date}',
  input: z.strictObject({
    staff_id: Id('staff'),
    location_id: Id('location'),
    date: LocalDate().describe("The location's date."),
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
      day: {
        tool: 'set_schedule_override',
        input: { staff_id: '$person.id', location_id: '$place.id', date: '2030-12-24', intervals: [] },
      },
    },
    input: { staff_id: '$person.id', location_id: '$place.id', date: '$day.date' },
  },
  run: deleteOverride,
})
