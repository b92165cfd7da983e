/** The deposit that a booking waits for. Who takes the money says here that it has come. */

import { and, eq } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { keepPlace } from './allocations.ts'
import { change, chargesOf } from './charges.ts'
import { answerBy } from './create.ts'
import { noteHistory } from './history.ts'
import { lockBooking } from './read.ts'
import { asAt } from './states.ts'
import { type Booking, bookings } from './tables.ts'
import { termsOf } from './terms.ts'
import { transition } from './transition.ts'

/**
 * Once, however often it is said: the booking is confirmed, or waits for the answer of the business from now on.
 * @throws Refusal `not_found`; `hold_expired` at the very end of its time or later; `invalid_transition` where none is due
 */
export async function payDeposit(context: Context, bookingId: string): Promise<Booking> {
  const booking = asAt(await lockBooking(context, bookingId), context.now)
  const deposit = (await chargesOf(context, bookingId)).find(({ kind }) => kind === 'deposit')
  if (deposit && deposit.state !== 'due') return booking
  if (booking.state === 'expired') {
    throw new Refusal('hold_expired', 'The time for its deposit is over, and its place is free again.', {}, [
      'get_available_slots',
    ])
  }
  if (!deposit || booking.state !== 'pending') {
    throw new Refusal('invalid_transition', 'No deposit of this booking is due.', { state: booking.state }, [
      'get_booking',
    ])
  }
  await change(context, deposit, { state: 'paid' })
  await noteHistory(context, booking, 'pay', booking.state)
  if (!booking.needsAnswer) return transition(context, booking, 'confirm')
  return waitForAnswer(context, booking)
}

async function waitForAnswer(context: Context, booking: Booking): Promise<Booking> {
  const { db, now } = context
  const { workspaceId, id, version, serviceId, startsAt } = booking
  const lapsesAt = answerBy(context, await termsOf(context, serviceId), startsAt)
  const [waiting] = await db
    .update(bookings)
    .set({ lapsesAt, version: version + 1, updatedAt: now })
    .where(and(eq(bookings.workspaceId, workspaceId), eq(bookings.id, id)))
    .returning()
  await keepPlace(context, waiting!)
  return waiting!
}
