import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { ANY } from '../../src/domain/availability/explain.ts'
import { placeRefusals } from '../../src/domain/availability/findings.ts'
import { rescheduleBooking } from '../../src/domain/bookings/move.ts'
import { bookingVersion } from '../../src/domain/bookings/read.ts'
import { BookingRow, bookingId, givenBooking, overrideField, rowOf, startField } from './shapes.ts'

export default defineTool({
  name: 'reschedule_booking',
  title: 'Move a booking',
  description:
    'Moves a booking to another start, and to another person if asked. Onto a taken place it stays where it was ' +
    '(slot_conflict). Length and price stay as booked; moving inside the late-cancellation window does not reset it.',
  keywords: ['change time', 'postpone', 'move appointment', 'different day', 'push back'],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/bookings/{booking_id}/reschedule',
  input: z.strictObject({
    ...bookingId,
    ...startField,
    staff_id: z
      .union([Id('staff'), z.literal(ANY)])
      .optional()
      .describe('Default: the same person. "any": whoever is free.'),
    ...overrideField,
  }),
  data: BookingRow,
  refusals: [...placeRefusals, 'invalid_transition'],
  review: {
    versions: async (context, { booking_id }) => ({
      [booking_id]: await bookingVersion(context, booking_id),
    }),
  },
  example: { given: givenBooking, input: { booking_id: '$booking.id', start: '$slot.slots.1.start' } },
  async run(context, { booking_id, start, staff_id: staffId, overrides }) {
    const booking = await rescheduleBooking(context, booking_id, { start, staffId, overrides })
    return rowOf(context, booking)
  },
})
