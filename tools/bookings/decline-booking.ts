import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { bookingVersion } from '../../src/domain/bookings/read.ts'
import { declineBooking } from '../../src/domain/bookings/transition.ts'
import { BookingRow, bookingId, givenPending, rowOf } from './shapes.ts'

export default defineTool({
  name: 'decline_booking',
  title: 'Decline a booking',
  description:
    'Answers no to a booking that is pending and frees its time. Shows a preview first. A confirmed booking is cancelled instead: cancel_booking.',
  keywords: ['reject', 'refuse appointment', 'say no'],
  domain: 'bookings',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  declares: ['amount'],
  route: 'POST /v1/bookings/{booking_id}/decline',
  input: z.strictObject(bookingId),
  data: BookingRow,
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { booking_id }) => ({
      [booking_id]: await bookingVersion(context, booking_id),
    }),
  },
  example: { given: givenPending, input: { booking_id: '$booking.id' } },
  run: async (context, { booking_id }) => rowOf(context, await declineBooking(context, booking_id)),
})
