import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, LocalDate, Text } from '../../src/catalog/kinds.ts'
import { createTimeOff } from '../../src/domain/business/time-off.ts'
import { BookingInTheWay, TimeOff } from './shapes.ts'

const Edge = () => z.union([LocalDate(), Instant()], 'Expected a date, or an instant with an offset.')

export default defineTool({
  name: 'create_time_off',
  title: 'Enter an absence',
  description:
    'A person is away for whole dates or part of a day, wherever they work. Their slots go; no booking is cancelled: ' +
    'conflicting_bookings names those (at most 200) that need reschedule_booking or cancel_booking. For a day the whole ' +
    'location is closed, set_location_closures.',
  keywords: [
    'holiday',
    'vacation',
    'leave',
    'sick day',
    'block out',
    'away',
    'doctor appointment',
    'day off',
    'called in sick',
    'on holiday',
  ],
  domain: 'availability',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/time-off',
  input: z.strictObject({
    staff_id: Id('staff'),
    from: Edge().describe('A date (from its beginning) or an instant.'),
    to: Edge().describe('A date (to its end, inclusive) or an instant.'),
    location_id: Id('location')
      .optional()
      .describe('Whose dates; asked for where their locations’ zones differ.'),
    reason: Text(500).optional().describe('For colleagues; customers never see it.'),
  }),
  data: TimeOff.extend({ conflicting_bookings: z.array(BookingInTheWay) }),
  refusals: ['not_found'],
  example: {
    given: { person: { tool: 'create_staff', input: { name: 'Lucía' } } },
    input: { staff_id: '$person.id', from: '2030-08-05', to: '2030-08-16', reason: 'Summer holiday' },
  },
  run: createTimeOff,
})
