/** Holds and unanswered requests that time has ended: noted when somebody wants their place, or the clock passes them. */

import { and, asc, eq, lte, min, type SQL, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { DueWork } from '../due-work.ts'
import { settle } from './charges.ts'
import { type Booking, bookings } from './tables.ts'
import { enter } from './transition.ts'

/** What has lapsed among `which` and is not noted yet, locked. In order of ids: two who look do not wait for each other. */
export function lockLapsed({ db, workspace, now }: Context, which?: SQL): Promise<Booking[]> {
  return db
    .select()
    .from(bookings)
    .where(and(eq(bookings.workspaceId, workspace.id), waiting, lte(bookings.lapsesAt, now), which))
    .orderBy(asc(bookings.id))
    .for('update')
}

/** The condition of the partial index `bookings_lapsing`. */
const waiting = sql`${bookings.state} IN ('hold', 'pending')`

/**
 * Notes it as of the instant at which it lapsed, and gives its time back. What comes of that is time's doing, and not of
 * the call that happens to come upon it: it is gated as nobody's.
 */
export async function expire(context: Context, booking: Booking): Promise<void> {
  const lapsesAt = booking.lapsesAt!
  const expired = await enter({ ...context, now: lapsesAt }, booking, 'expire', { lapsesAt })
  // As of now: what its package has lost meanwhile, it gets anew.
  await settle({ ...context, declare() {} }, expired, 'expire')
}

export const bookingExpiry: DueWork = {
  name: 'booking',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(bookings.lapsesAt) })
      .from(bookings)
      .where(and(eq(bookings.workspaceId, workspace.id), waiting, lte(bookings.lapsesAt, until)))
    return row?.at ?? null
  },

  async run(context) {
    const lapsed = await lockLapsed(context)
    for (const booking of lapsed) await expire(context, booking)
    return lapsed.length
  },
}
