/** Bookings to come, for what changes under them. Nothing here touches one: people decide what becomes of it. */

import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { bookingsOverlapping, type OverlappingBooking } from '../bookings/overlapping.ts'
import type { Context } from '../context.ts'

/** Those that are not over yet, in order of their starts; at most as many as `bookingsOverlapping` names. */
export function comingBookings(
  ctx: Context,
  of: { staffId?: string; serviceId?: string },
): Promise<OverlappingBooking[]> {
  return bookingsOverlapping(ctx, { ...of, from: ctx.now })
}

/** @throws invalid_transition, naming the bookings that need a plan first */
export function refuseWhileBooked(bookings: OverlappingBooking[]): void {
  if (bookings.length === 0) return
  const [first] = bookings
  throw new Refusal(
    'invalid_transition',
    `There are bookings to come, the first at ${first!.starts_at}. They need a plan: move or cancel them first.`,
    {
      bookings: bookings.slice(0, MOST_NAMED).map(({ id, starts_at }) => ({
        id: idText('booking', id),
        starts_at: starts_at.toString(),
      })),
      more: bookings.length > MOST_NAMED,
    },
    ['reschedule_booking', 'cancel_booking'],
  )
}

/** Enough to begin with; the caller comes back when these have gone. */
const MOST_NAMED = 20
