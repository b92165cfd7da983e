import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { confirmBooking } from '../../src/domain/bookings/transition.ts'
import { BookingRow, bookingId, givenPending, rowOf } from './shapes.ts'

export default defineTool({
  name: 'confirm_booking',
  title: 'Confirm a booking',
  description:
    'Answers yes to a booking that is pending. Confirming twice is the same as once; one that has lapsed answers hold_expired. A hold is booked with book_slot_hold.',
  keywords: ['accept', 'approve appointment', 'say yes'],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  route: 'POST /v1/bookings/{booking_id}/confirm',
  input: z.strictObject(bookingId),
  data: BookingRow,
  refusals: ['not_found', 'invalid_transition', 'hold_expired'],
  example: { given: givenPending, input: { booking_id: '$booking.id' } },
  run: async (context, { booking_id }) => rowOf(context, await confirmBooking(context, booking_id)),
})
