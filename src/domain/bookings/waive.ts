/** A fee that the business lets go. */

import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { refundDeposit, releaseFee } from '../payments/deposits.ts'
import { change, chargesOf } from './charges.ts'
import { touchBooking } from './details.ts'
import { lockBooking } from './read.ts'
import { asAt } from './states.ts'
import type { Booking } from './tables.ts'

/**
 * What the deposit had paid of it goes back. Asked again, it changes nothing.
 * @param reason their words: they stay with the charge, and out of the history
 * @throws Refusal `not_found`, `invalid_transition` where no fee is to be waived
 */
export async function waiveFee(context: Context, bookingId: string, reason: string): Promise<Booking> {
  const booking = asAt(await lockBooking(context, bookingId), context.now)
  const charges = await chargesOf(context, bookingId)
  const fee = charges.find(({ kind }) => kind !== 'deposit')
  if (fee?.state === 'waived') return booking
  // Paid with more than the deposit, it is a refund: of that payment, through its own gate.
  const settledElsewhere = fee?.state === 'paid' && fee.coveredAmount < fee.amount
  if (!fee || settledElsewhere) {
    throw new Refusal(
      'invalid_transition',
      fee ? 'This fee was paid: refund the payment.' : 'This booking has no fee.',
      { state: booking.state },
      ['get_booking'],
    )
  }
  await releaseFee(context, fee)
  await change(context, fee, { state: 'waived', coveredAmount: 0, reason })
  const deposit = charges.find(({ kind }) => kind === 'deposit')
  if (deposit && fee.coveredAmount > 0) {
    await change(context, deposit, { state: 'refund_due', coveredAmount: 0 })
    await refundDeposit(context, bookingId, fee.coveredAmount)
  }
  return touchBooking(context, booking, 'waive', {}, { kind: fee.kind })
}
