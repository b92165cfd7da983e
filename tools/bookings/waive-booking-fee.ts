import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'
import { bookingVersion } from '../../src/domain/bookings/read.ts'
import { waiveFee } from '../../src/domain/bookings/waive.ts'
import {
  BookingRow,
  bookingId,
  ChargeShown,
  chargesShown,
  exampleBooking,
  givenShop,
  givenSlot,
  rowOf,
} from './shapes.ts'

export default defineTool({
  name: 'waive_booking_fee',
  title: 'Let a fee go',
  description:
    'Waives the fee of a booking that was cancelled late or missed, with a reason; a person approves it. What the deposit ' +
    'had paid of it goes back. For a no-show that was marked by mistake, revert_booking_status.',
  keywords: ['forgive', 'goodwill', 'no charge', 'late fee', 'no-show fee', 'drop the penalty', 'excuse'],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  gate: 'approve',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/bookings/{booking_id}/waive-fee',
  input: z.strictObject({ ...bookingId, reason: Text(500).describe('Why; for the team.') }),
  data: z.object({ booking: BookingRow, charges: z.array(ChargeShown) }),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { booking_id }) => ({
      [booking_id]: await bookingVersion(context, booking_id),
    }),
  },
  example: {
    given: {
      ...givenShop,
      policy: {
        tool: 'set_service_booking_policy',
        input: { service_id: '$service.id', no_show_fee: { amount: 2000, currency: 'EUR' } },
      },
      slot: givenSlot.slot,
      booking: { tool: 'create_booking', input: exampleBooking },
      clock: { tool: 'set_sandbox_clock', input: { to: '$slot.slots.0.end' } },
      missed: { tool: 'mark_booking_no_show', input: { booking_id: '$booking.id' } },
    },
    input: { booking_id: '$booking.id', reason: 'Her train was cancelled' },
  },
  async run(context, { booking_id, reason }) {
    const booking = await waiveFee(context, booking_id, reason)
    return { booking: await rowOf(context, booking), charges: await chargesShown(context, booking_id) }
  },
})
