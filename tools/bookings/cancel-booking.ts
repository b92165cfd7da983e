import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { cancelBooking } from '../../src/domain/bookings/cancel.ts'
import { bookingVersion } from '../../src/domain/bookings/read.ts'
import { BookingRow, bookingId, givenBooking, rowOf } from './shapes.ts'

export default defineTool({
  name: 'cancel_booking',
  title: 'Cancel a booking',
  description:
    'Cancels a booking for the customer or for the business and frees its time. Late for a customer after the cut-off ' +
    'of the service (at exactly the cut-off it is in time); never for the business. Shows a preview first.',
  keywords: ['call off', 'delete appointment', 'cannot come', 'drop', 'is not coming'],
  domain: 'bookings',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/bookings/{booking_id}/cancel',
  input: z.strictObject({ ...bookingId, by: z.enum(['customer', 'business']).describe('Who cancels.') }),
  data: BookingRow.extend({ cancelled_late: z.boolean().nullable() }),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { booking_id }) => ({
      [booking_id]: await bookingVersion(context, booking_id),
    }),
  },
  example: { given: givenBooking, input: { booking_id: '$booking.id', by: 'customer' } },
  async run(context, { booking_id, by }) {
    const booking = await cancelBooking(context, booking_id, by)
    return { ...(await rowOf(context, booking)), cancelled_late: booking.cancelledLate }
  },
})
