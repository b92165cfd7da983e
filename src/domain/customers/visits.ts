/** What a customer has still before them: bookings and classes that stand. */

import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { notLapsed } from '../bookings/read.ts'
import { bookings } from '../bookings/tables.ts'
import { classEnrolments } from '../classes/tables.ts'
import type { Context } from '../context.ts'

export interface ComingVisit {
  kind: 'booking' | 'enrolment'
  id: string
  startsAt: Temporal.Instant
  endsAt: Temporal.Instant
}

/** Nobody has more before them than a year of twice a day; the limit stops a mistake. */
const MOST = 1000

/** Those that have not ended, the next first. */
export async function comingVisits(
  { db, workspace, now }: Context,
  customerId: string,
): Promise<ComingVisit[]> {
  const [booked, enrolled] = await Promise.all([
    db
      .select({ id: bookings.id, startsAt: bookings.startsAt, endsAt: bookings.endsAt })
      .from(bookings)
      .where(
        and(
          eq(bookings.workspaceId, workspace.id),
          eq(bookings.customerId, customerId),
          inArray(bookings.state, ['pending', 'confirmed', 'arrived']),
          notLapsed(now),
          gt(bookings.endsAt, now),
        ),
      )
      .orderBy(asc(bookings.startsAt))
      .limit(MOST),
    db
      .select({ id: classEnrolments.id, startsAt: classEnrolments.startsAt, endsAt: classEnrolments.endsAt })
      .from(classEnrolments)
      .where(
        and(
          eq(classEnrolments.workspaceId, workspace.id),
          eq(classEnrolments.customerId, customerId),
          eq(classEnrolments.state, 'enrolled'),
          gt(classEnrolments.endsAt, now),
        ),
      )
      .orderBy(asc(classEnrolments.startsAt))
      .limit(MOST),
  ])
  const visits: ComingVisit[] = [
    ...booked.map(visit => ({ kind: 'booking' as const, ...visit })),
    ...enrolled.map(visit => ({ kind: 'enrolment' as const, ...visit })),
  ]
  return visits.sort((one, other) => one.startsAt.epochMilliseconds - other.startsAt.epochMilliseconds)
}
