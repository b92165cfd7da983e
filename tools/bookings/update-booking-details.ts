import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { outside, Text, Version } from '../../src/catalog/kinds.ts'
import { updateDetails } from '../../src/domain/bookings/details.ts'
import { BookingRow, bookingId, givenBooking, rowOf } from './shapes.ts'

export default defineTool({
  name: 'update_booking_details',
  title: 'Change what a booking says',
  description:
    'Replaces the note that the staff read with a booking. Answers to the intake form: submit_intake_form; time or ' +
    'person: reschedule_booking, reassign_booking.',
  keywords: ['add a note', 'comment', 'remark', 'note on the appointment', 'comes with her dog'],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  route: 'PATCH /v1/bookings/{booking_id}',
  input: z.strictObject({
    ...bookingId,
    version: Version(),
    note: Text(2000).nullable().describe('For the staff; null: none.'),
  }),
  data: BookingRow.extend({ note: outside(z.string().nullable()) }),
  refusals: ['not_found', 'stale_version'],
  example: {
    given: givenBooking,
    input: { booking_id: '$booking.id', version: '$booking.version', note: 'Comes by wheelchair.' },
  },
  async run(context, { booking_id, version, note }) {
    const booking = await updateDetails(context, booking_id, { version, note })
    return { ...(await rowOf(context, booking)), note: booking.note }
  },
})
