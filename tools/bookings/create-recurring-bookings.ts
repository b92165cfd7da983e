import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, Text } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import { placeRefusals } from '../../src/domain/availability/findings.ts'
import {
  createBookingSeries,
  MOST_BOOKINGS,
  minuteOf,
  onConflict,
  type Tried,
} from '../../src/domain/bookings/series.ts'
import { parseRecurrence } from '../../src/domain/time/recurrence.ts'
import { describeRecurrence } from '../../src/domain/time/recurrence-words.ts'
import { exampleBooking, givenSlot, noteField, overrideField, payField, slotFields } from './shapes.ts'
import { wishOf } from './wish.ts'

export default defineTool({
  name: 'create_recurring_bookings',
  title: 'Book again and again',
  description:
    'Books a service on every date of a rule, at the same local time all year. ' +
    'Each is booked, or says which rule refuses it: book another time with create_booking. dry_run shows ' +
    'the plan. The customer hears of the series once. For classes, create_class_series.',
  keywords: [
    'recurring appointment',
    'weekly appointment',
    'standing appointment',
    'repeat booking',
    'every week',
    'every month',
    'block booking',
    'regular',
  ],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/booking-series',
  input: z.strictObject({
    customer_id: Id('customer'),
    ...slotFields,
    start: Instant().describe('The first; the rule must come to its date.'),
    rrule: Text(500).describe(
      `RFC 5545 with COUNT or UNTIL: FREQ=WEEKLY;COUNT=10. At most ${MOST_BOOKINGS} dates.`,
    ),
    on_conflict: z
      .enum(onConflict)
      .default('all_or_nothing')
      .describe('Where a date cannot be booked: book none, or the others.'),
    ...payField,
    ...noteField,
    ...overrideField,
  }),
  data: z.object({
    series_id: Id('repeat'),
    rule: z.string(),
    booked: z.int(),
    time_zone: z.string(),
    occurrences: z.array(
      z.object({
        local: z.string(),
        starts_at: Instant().nullable(),
        booking_id: Id('booking').nullable(),
        state: z.string().describe('Or refused.'),
        staff_id: Id('staff').nullable(),
        code: z.string().nullable().describe('Of the rule that refuses it.'),
        because: z.string().nullable(),
      }),
    ),
  }),
  refusals: [...placeRefusals, 'nonexistent_local_time', 'ambiguous_local_time'],
  example: { given: givenSlot, input: { ...exampleBooking, rrule: 'FREQ=WEEKLY;COUNT=3' } },
  async run(context, input) {
    const { customer_id: customerId, note, rrule, on_conflict: onConflict } = input
    const asked = { ...wishOf(input), customerId, note, rrule, onConflict }
    const { series, tried } = await createBookingSeries(context, asked)
    const occurrences = tried.map(shown)
    return {
      series_id: series.id,
      rule: describeRecurrence(parseRecurrence(rrule)),
      booked: occurrences.filter(({ booking_id }) => booking_id !== null).length,
      time_zone: series.timeZone,
      occurrences,
    }
  },
})

function shown({ occurrence: { local, instant }, result }: Tried) {
  const when = { local: minuteOf(local), starts_at: instant }
  if (result instanceof Refusal) {
    const { code, message: because } = result
    return { ...when, booking_id: null, state: 'refused', staff_id: null, code, because }
  }
  const { id: booking_id, state, staffId: staff_id } = result
  return { ...when, booking_id, state, staff_id, code: null, because: null }
}
