import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { cancellationTerms } from '../../src/domain/bookings/cancel.ts'
import { getBooking } from '../../src/domain/bookings/read.ts'
import { priceOf } from '../../src/domain/business/prices.ts'
import {
  Amount,
  BookingRow,
  bookingId,
  givenBooking,
  rowOf,
  settlementFields,
  settlementShown,
} from './shapes.ts'

export default defineTool({
  name: 'preview_booking_cancellation',
  title: 'What cancelling means',
  description:
    'Whether cancelling now would be in time or late, until when it is free, and what it costs: the session of a package ' +
    'or a fee, never both; a deposit pays the fee first, and its rest goes back. Tell the customer before cancel_booking. ' +
    'The business is never late.',
  keywords: [
    'preview a booking cancellation',
    'cancellation fee',
    'late',
    'policy',
    'can they still cancel',
    'penalty',
    'pay if they cancel',
    'free to cancel',
  ],
  domain: 'bookings',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/bookings/{booking_id}/cancellation',
  input: z.strictObject({
    ...bookingId,
    by: z.enum(['customer', 'business']).default('customer').describe('Who cancels.'),
  }),
  data: z.object({
    booking: BookingRow,
    late: z.boolean(),
    free_until: Instant(),
    late_cancel_fee: Amount.nullable().describe('Asked of who is late.'),
    ...settlementFields,
  }),
  refusals: ['not_found', 'invalid_transition'],
  example: { given: givenBooking, input: { booking_id: '$booking.id' } },
  async run(context, { booking_id, by }) {
    const booking = await getBooking(context, booking_id)
    const { late, freeUntil, settlement } = await cancellationTerms(context, booking, by)
    const { lateCancelFeeAmount: fee, paidWith } = booking
    return {
      booking: await rowOf(context, booking),
      late,
      free_until: freeUntil,
      late_cancel_fee: fee === null || paidWith === 'entitlement' ? null : priceOf(context, fee),
      ...settlementShown(context, settlement),
    }
  },
})
