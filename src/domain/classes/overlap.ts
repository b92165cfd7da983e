/** When a customer is in a class: a booking of theirs at that time is one too many. */

import { and, asc, eq, gt, inArray, lt } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import type { Interval } from '../time/local.ts'
import { DAY } from '../time/zone.ts'
import { classEnrolments } from './tables.ts'

export function enrolmentsOverlapping(
  { db, workspace }: Context,
  customerId: string,
  { start, end }: Interval,
) {
  return db
    .select({
      id: classEnrolments.id,
      startsAt: classEnrolments.startsAt,
      endsAt: classEnrolments.endsAt,
    })
    .from(classEnrolments)
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.customerId, customerId),
        inArray(classEnrolments.state, ['enrolled', 'attended']),
        gt(classEnrolments.startsAt, Temporal.Instant.fromEpochMilliseconds(start - DAY)), // No class is longer.
        lt(classEnrolments.startsAt, Temporal.Instant.fromEpochMilliseconds(end)),
        gt(classEnrolments.endsAt, Temporal.Instant.fromEpochMilliseconds(start)),
      ),
    )
    .orderBy(asc(classEnrolments.startsAt), asc(classEnrolments.id))
}
