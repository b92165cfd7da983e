/** The bookings of a customer who is merged: all become the survivor's, and those to come say so in their history. */

import { and, count, eq, sql } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import type { Mover } from '../customers/moving.ts'
import { noteHistory } from './history.ts'
import { bookingSeries, bookings } from './tables.ts'

export const moveBookings: Mover = async (ctx, from, to, commit) => {
  const { db, workspace, now } = ctx
  const theirs = and(eq(bookings.workspaceId, workspace.id), eq(bookings.customerId, from))
  const [row] = await db
    .select({
      all: count(),
      coming: sql<number>`(count(*) FILTER (WHERE ${bookings.state} IN ('pending', 'confirmed', 'arrived') AND ${bookings.endsAt} > ${now.toString()}))::int`,
    })
    .from(bookings)
    .where(theirs)
  if (commit) {
    const moved = await db
      .update(bookings)
      .set({ customerId: to, version: sql`${bookings.version} + 1`, updatedAt: now })
      .where(theirs)
      .returning()
    const details = { merged_from: idText('customer', from) }
    for (const booking of moved) {
      if (booking.endsAt.epochMilliseconds > now.epochMilliseconds)
        await noteHistory(ctx, booking, 'edit', booking.state, details)
    }
    await db
      .update(bookingSeries)
      .set({ customerId: to, version: sql`${bookingSeries.version} + 1`, updatedAt: now })
      .where(and(eq(bookingSeries.workspaceId, workspace.id), eq(bookingSeries.customerId, from)))
  }
  return { counts: { bookings: row!.all, coming_bookings: row!.coming } }
}
