import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { bookingVersion } from '../../src/domain/bookings/read.ts'
import { revertStatus } from '../../src/domain/bookings/transition.ts'
import { BookingRow, bookingId, givenPast, rowOf } from './shapes.ts'

export default defineTool({
  name: 'revert_booking_status',
  title: 'Undo a no-show or a completion',
  description:
    'Brings a booking that was marked as a no-show or completed by mistake back to where it was, confirmed or arrived. ' +
    'Both stay in its history, and what they brought about is compensated. Shows a preview first. A cancelled booking ' +
    'does not come back: book anew.',
  keywords: [
    'marked by mistake',
    'wrongly marked',
    'she did come',
    'reopen appointment',
    'not a no-show',
    'unmark',
    'reverse',
  ],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  gate: 'confirm',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/bookings/{booking_id}/revert-status',
  input: z.strictObject(bookingId),
  data: BookingRow,
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { booking_id }) => ({
      [booking_id]: await bookingVersion(context, booking_id),
    }),
  },
  example: {
    given: {
      ...givenPast,
      completed: { tool: 'complete_booking', input: { booking_id: '$booking.id' } },
    },
    input: { booking_id: '$booking.id' },
  },
  run: async (context, { booking_id }) => rowOf(context, await revertStatus(context, booking_id)),
})
