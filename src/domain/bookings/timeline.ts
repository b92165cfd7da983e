/** What happened to a customer's bookings, for their timeline. */

import { and, desc, eq, inArray, lte } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { services } from '../business/tables.ts'
import type { TimelineSource } from '../customers/timeline.ts'
import { bookingHistory, bookings } from './tables.ts'

export const bookingsTimeline: TimelineSource = async ({ db, workspace }, { ids, until, limit }) => {
  const rows = await db
    .select({ entry: bookingHistory, booking: bookings, service: services.name })
    .from(bookings)
    .innerJoin(
      bookingHistory,
      and(eq(bookingHistory.workspaceId, bookings.workspaceId), eq(bookingHistory.bookingId, bookings.id)),
    )
    .innerJoin(
      services,
      and(eq(services.workspaceId, bookings.workspaceId), eq(services.id, bookings.serviceId)),
    )
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        inArray(bookings.customerId, ids),
        until ? lte(bookingHistory.at, until) : undefined,
      ),
    )
    .orderBy(desc(bookingHistory.at), desc(bookingHistory.id))
    .limit(limit)
  return rows.map(({ entry, booking, service }) => ({
    at: entry.at,
    kind: 'booking',
    id: booking.id,
    event: entry.event,
    text: booking.note,
    details: {
      service,
      state: entry.toState,
      starts_at: booking.startsAt.toString(),
      staff_id: idText('staff', booking.staffId),
      price: { amount: booking.priceAmount, currency: workspace.currency },
    },
    order: entry.id,
  }))
}
