/** What a booking says beside when and with whom. It changes neither its state nor its time. */

import { and, eq } from 'drizzle-orm'
import { stale } from '../business/stale.ts'
import type { Context } from '../context.ts'
import { noteHistory } from './history.ts'
import { lockBooking } from './read.ts'
import { asAt } from './states.ts'
import { type Booking, bookings } from './tables.ts'

export interface Details {
  /** For the staff; null: none. */
  note: string | null
}

/** @throws Refusal `not_found`, `stale_version` */
export async function updateDetails(
  context: Context,
  id: string,
  { version, ...details }: Details & { version: number },
): Promise<Booking> {
  const booking = await lockBooking(context, id)
  if (booking.version !== version) throw stale('booking', booking.version, 'get_booking')
  return touchBooking(context, asAt(booking, context.now), 'edit', details, { changed: Object.keys(details) })
}

/** @param booking locked */
export async function touchBooking(
  context: Context,
  booking: Booking,
  event: 'edit' | 'answer' | 'waive',
  change: Partial<Details>,
  told: Record<string, unknown>,
): Promise<Booking> {
  const { db, now } = context
  const { workspaceId, id, version, state } = booking
  const [changed] = await db
    .update(bookings)
    .set({ ...change, version: version + 1, updatedAt: now })
    .where(and(eq(bookings.workspaceId, workspaceId), eq(bookings.id, id)))
    .returning()
  await noteHistory(context, { ...changed!, state }, event, state, told)
  return { ...changed!, state }
}
