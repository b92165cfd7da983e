/** Cancelling, and what it costs: free until the cut-off before the start, and at exactly the cut-off. */

import { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import { chargesOf, type Settlement, settlementOf } from './charges.ts'
import { lockBooking } from './read.ts'
import { asAt, nextState } from './states.ts'
import type { Booking } from './tables.ts'
import { transition } from './transition.ts'

export type CancelledBy = 'customer' | 'business'

export interface CancellationTerms {
  /** Too late to be free. The business is never late. */
  late: boolean
  /** The last instant at which the customer cancels for nothing. */
  freeUntil: Temporal.Instant
  /** What it costs, and what comes back. */
  settlement: Settlement
}

/**
 * What cancelling now would mean, or meant, where it is cancelled; the same code as cancelling.
 * @throws Refusal `invalid_transition` of what cannot be cancelled
 */
export async function cancellationTerms(
  context: Context,
  booking: Booking,
  by: CancelledBy,
): Promise<CancellationTerms> {
  const late = isLateNow(booking, by, context.now)
  const settlement = settlementOf(
    booking,
    await chargesOf(context, booking.id),
    late ? 'late_cancel' : 'free',
  )
  return { late, freeUntil: cutoffOf(booking), settlement }
}

/** What the business has not said yes to, or has no deposit of yet, costs nothing: it would lapse by itself. */
function isLateNow(booking: Booking, by: CancelledBy, now: Temporal.Instant): boolean {
  if (booking.state === 'cancelled') return booking.cancelledLate!
  const present = asAt(booking, now)
  nextState(present, 'cancel', now)
  return by === 'customer' && present.state === 'confirmed' && isLate(booking, now)
}

/** Measured from the earliest start at which the late window was entered: moving away inside it does not help. */
export function isLate(booking: Booking, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(now, cutoffOf(booking)) > 0
}

/** Elapsed time: a day before is 24 hours, also across a change of the clocks. */
function cutoffOf({ policyStart, cancelCutoffMinutes }: Booking): Temporal.Instant {
  return policyStart.subtract({ minutes: cancelCutoffMinutes })
}

/** @param told with whom it was cancelled; for its history. @throws Refusal `not_found`, `invalid_transition` */
export async function cancelBooking(
  context: Context,
  id: string,
  by: CancelledBy,
  told: Record<string, unknown> = {},
): Promise<Booking> {
  const booking = await lockBooking(context, id)
  const { late } = await cancellationTerms(context, booking, by)
  return transition(
    context,
    booking,
    'cancel',
    { cancelledBy: by, cancelledLate: late },
    { by, late, ...told },
  )
}
