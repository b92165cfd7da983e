import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, LocalDate, Text } from '../../src/catalog/kinds.ts'
import { closuresVersion, setClosures } from '../../src/domain/business/closures.ts'
import { BookingInTheWay } from '../availability/shapes.ts'

export default defineTool({
  name: 'set_location_closures',
  title: 'Set the closed dates of a location',
  description:
    'Closes a location on whole dates: replaces every closure from one date to another, so an empty list opens them ' +
    'again. Slots go; no booking is cancelled: affected_bookings names those that stand on a closed date, at most 200 a ' +
    'date. A night shift belongs to the date it begins on. For one person, create_time_off.',
  keywords: [
    'bank holiday',
    'public holiday',
    'closed for christmas',
    'shut',
    'vacation of the business',
    'renovation',
  ],
  domain: 'team',
  effect: 'write',
  role: 'admin',
  route: 'PUT /v1/locations/{location_id}/closures',
  input: z.strictObject({
    location_id: Id('location'),
    from: LocalDate().describe('First date that is replaced.'),
    to: LocalDate().describe('Last date that is replaced.'),
    closures: z
      .array(z.strictObject({ date: LocalDate(), reason: Text(200).optional() }))
      .max(366)
      .refine(
        days => new Set(days.map(({ date }) => date.toString())).size === days.length,
        'Names a date twice.',
      )
      .describe('The closed dates among them.'),
  }),
  data: z.object({
    closures: z.array(z.object({ date: LocalDate(), reason: z.string().nullable() })),
    affected_bookings: z.array(BookingInTheWay),
  }),
  refusals: ['not_found'],
  review: {
    versions: async (context, input) => ({ [input.location_id]: await closuresVersion(context, input) }),
  },
  example: {
    given: { place: { tool: 'create_location', input: { name: 'Sur' } } },
    input: {
      location_id: '$place.id',
      from: '2030-12-20',
      to: '2030-12-31',
      closures: [{ date: '2030-12-25', reason: 'Christmas' }],
    },
  },
  run: setClosures,
})
