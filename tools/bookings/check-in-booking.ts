import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { checkIn } from '../../src/domain/bookings/transition.ts'
import { BookingRow, bookingId, givenBooking, rowOf } from './shapes.ts'

export default defineTool({
  name: 'check_in_booking',
  title: 'Check a customer in',
  description:
    'Notes that the customer of a confirmed booking has arrived. When the service is done, complete_booking.',
  keywords: ['arrived', 'here', 'show up', 'reception', 'walked in', 'is here'],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  route: 'POST /v1/bookings/{booking_id}/check-in',
  input: z.strictObject(bookingId),
  data: BookingRow,
  refusals: ['not_found', 'invalid_transition'],
  example: { given: givenBooking, input: { booking_id: '$booking.id' } },
  run: async (context, { booking_id }) => rowOf(context, await checkIn(context, booking_id)),
})
