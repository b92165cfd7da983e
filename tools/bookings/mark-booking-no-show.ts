import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { bookingVersion } from '../../src/domain/bookings/read.ts'
import { markNoShow } from '../../src/domain/bookings/transition.ts'
import { BookingRow, bookingId, givenPast, rowOf } from './shapes.ts'

export default defineTool({
  name: 'mark_booking_no_show',
  title: 'Mark a no-show',
  description:
    'Notes that the customer of a confirmed booking never came; not before its start. Its time is not offered again. Shows a preview first.',
  keywords: ['did not show up', 'missed', 'absent', 'did not turn up', 'never came', 'never arrived'],
  domain: 'bookings',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/bookings/{booking_id}/no-show',
  input: z.strictObject(bookingId),
  data: BookingRow,
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { booking_id }) => ({
      [booking_id]: await bookingVersion(context, booking_id),
    }),
  },
  example: { given: givenPast, input: { booking_id: '$booking.id' } },
  run: async (context, { booking_id }) => rowOf(context, await markNoShow(context, booking_id)),
})
