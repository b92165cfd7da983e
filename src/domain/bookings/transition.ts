/** One change of state: by the table, once, however often it is asked for. */

import { and, eq } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import { invoiceVisit, takeVisitBack } from '../invoices/of-booking.ts'
import { bookingDidNotHappen, bookingHappened } from '../loyalty/visits.ts'
import { givePlaceBack, keepPlace } from './allocations.ts'
import { chargesOf, settle } from './charges.ts'
import { lastTransition, noteHistory } from './history.ts'
import { lockBooking } from './read.ts'
import { asAt, type BookingEvent, type BookingState, goalOf, holdsTime, nextState } from './states.ts'
import { type Booking, bookings } from './tables.ts'

/** What changes beside the state. What waits for an answer has a deadline; all else has none. */
export type Change = Partial<
  Pick<
    Booking,
    'customerId' | 'note' | 'lapsesAt' | 'cancelledBy' | 'cancelledLate' | 'paidWith' | 'needsAnswer'
  >
>

/**
 * Asked again in the state that it leads to, it changes nothing.
 * @param booking locked
 * @throws Refusal `invalid_transition`, or `hold_expired` for what can no longer be confirmed
 */
export async function transition(
  context: Context,
  booking: Booking,
  event: Exclude<BookingEvent, 'revert'>,
  change: Change = {},
  details: Record<string, unknown> = {},
): Promise<Booking> {
  const present = asAt(booking, context.now)
  if (present.state === goalOf(event)) return present
  if (present.state === 'expired' && event === 'confirm') {
    throw new Refusal('hold_expired', 'This has lapsed, and its time is free again.', {}, [
      'get_available_slots',
    ])
  }
  return enter(context, present, event, change, details)
}

/** Makes the change, and notes it. @param before for `revert` @throws Refusal `invalid_transition` */
export async function enter(
  context: Context,
  booking: Booking,
  event: BookingEvent,
  change: Change = {},
  details: Record<string, unknown> = {},
  before?: BookingState | null,
): Promise<Booking> {
  const { db, now } = context
  const { workspaceId, id, version } = booking
  const state = nextState(booking, event, now, before)
  const [changed] = await db
    .update(bookings)
    .set({ lapsesAt: null, ...change, state, version: version + 1, updatedAt: now })
    .where(and(eq(bookings.workspaceId, workspaceId), eq(bookings.id, id)))
    .returning()
  if (!holdsTime(state)) await givePlaceBack(context, changed!)
  else if (booking.lapsesAt) await keepPlace(context, changed!)
  await noteHistory(context, changed!, event, booking.state, details)
  if (event !== 'expire') await settle(context, changed!, event)
  if (event === 'complete') await invoiceVisit(context, changed!)
  if (event === 'complete') await bookingHappened(context, changed!)
  if (event === 'revert' && booking.state === 'completed') {
    // Undone first, its points come back with the visit; refunded first, they would not.
    await bookingDidNotHappen(context, changed!)
    await takeVisitBack(context, changed!)
  }
  return changed!
}

/** The business says yes. @throws Refusal `invalid_transition` while its deposit is not paid */
export async function confirmBooking(context: Context, id: string): Promise<Booking> {
  const booking = await lockBooking(context, id)
  const unpaid = (await chargesOf(context, id)).find(
    ({ kind, state }) => kind === 'deposit' && state === 'due',
  )
  const { state } = asAt(booking, context.now)
  if (!unpaid || state !== 'pending') return transition(context, booking, 'confirm')
  throw new Refusal(
    'invalid_transition',
    'Its deposit is not paid yet.',
    { state, event: 'confirm', deposit: priceOf(context, unpaid.amount) },
    ['get_booking'],
  )
}

export async function declineBooking(context: Context, id: string): Promise<Booking> {
  return transition(context, await lockBooking(context, id), 'decline')
}

export async function checkIn(context: Context, id: string): Promise<Booking> {
  return transition(context, await lockBooking(context, id), 'arrive')
}

export async function completeBooking(context: Context, id: string): Promise<Booking> {
  return transition(context, await lockBooking(context, id), 'complete')
}

export async function markNoShow(context: Context, id: string): Promise<Booking> {
  return transition(context, await lockBooking(context, id), 'miss')
}

/**
 * Undoes a no-show or a completion: back to where the booking was before. Both stay in its history; what they brought
 * about (points, fees, an invoice) is set right by who hears `booking.reverted`.
 */
export async function revertStatus(context: Context, id: string): Promise<Booking> {
  const booking = await lockBooking(context, id)
  const last = await lastTransition(context, id)
  if (last?.event === 'revert') return booking
  const details = { undone: last?.event }
  return enter(context, asAt(booking, context.now), 'revert', {}, details, last?.fromState)
}

/** A hold is given up before its time. @throws Refusal `invalid_transition` of what is a booking by now */
export async function releaseHold(context: Context, id: string): Promise<Booking> {
  const booking = await lockBooking(context, id)
  if (booking.customerId === null) return transition(context, booking, 'expire')
  throw new Refusal(
    'invalid_transition',
    'This is a booking by now; cancel it instead.',
    { state: asAt(booking, context.now).state },
    ['cancel_booking'],
  )
}
