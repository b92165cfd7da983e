/** Bookings that an absence, a closure or a departure would touch. Nothing here cancels them. */

import { and, asc, eq, gt, inArray, lt } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import { notLapsed } from './read.ts'
import { bookings } from './tables.ts'

/** Answers name no more than these. */
export const MOST_OVERLAPPING = 200

export interface OverlappingBooking {
  id: string
  starts_at: Temporal.Instant
  ends_at: Temporal.Instant
  staff_id: string
  customer_id: string | null
}

export const overlappingColumns = {
  id: bookings.id,
  starts_at: bookings.startsAt,
  ends_at: bookings.endsAt,
  staff_id: bookings.staffId,
  customer_id: bookings.customerId,
}

export async function bookingsOverlapping(
  { db, workspace, now }: Context,
  where: {
    locationId?: string
    staffId?: string
    serviceId?: string
    from: Temporal.Instant
    until?: Temporal.Instant
  },
) {
  return db
    .select(overlappingColumns)
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        where.locationId === undefined ? undefined : eq(bookings.locationId, where.locationId),
        where.staffId === undefined ? undefined : eq(bookings.staffId, where.staffId),
        where.serviceId === undefined ? undefined : eq(bookings.serviceId, where.serviceId),
        inArray(bookings.state, ['pending', 'confirmed', 'arrived']),
        notLapsed(now),
        gt(bookings.endsAt, where.from),
        gt(bookings.startsAt, where.from.subtract({ hours: 24 })), // No service is longer: history need not be read.
        where.until && lt(bookings.startsAt, where.until),
      ),
    )
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
    .limit(MOST_OVERLAPPING)
}
