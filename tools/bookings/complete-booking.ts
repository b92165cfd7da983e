import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { completeBooking } from '../../src/domain/bookings/transition.ts'
import { BookingRow, bookingId, givenPast, rowOf } from './shapes.ts'

export default defineTool({
  name: 'complete_booking',
  title: 'Complete a booking',
  description:
    'Notes that the service was given; not before its start. Completing twice is the same as once. Who never came: mark_booking_no_show.',
  keywords: ['done', 'finish', 'served', 'close appointment'],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/bookings/{booking_id}/complete',
  input: z.strictObject(bookingId),
  data: BookingRow,
  refusals: ['not_found', 'invalid_transition'],
  example: { given: givenPast, input: { booking_id: '$booking.id' } },
  run: async (context, { booking_id }) => rowOf(context, await completeBooking(context, booking_id)),
})
