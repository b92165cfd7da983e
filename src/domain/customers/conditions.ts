/** What can be asked of customers beside their details, as conditions on the table `customers`. */

import { and, eq, exists, gt, inArray, lt, notExists, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { bookings } from '../bookings/tables.ts'
import { classEnrolments } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { customers } from './tables.ts'

type Asker = Pick<Context, 'db' | 'workspace'>

/**
 * Known since before, and with no visit since, nor one to come: what was cancelled or missed is none. Not as what `visited`
 * is not: of two NOT EXISTS PostgreSQL makes anti-joins that end with the page, of NOT (… OR …) a list of all visits.
 */
export function inactiveSince(ctx: Asker, since: Temporal.Instant): SQL {
  const [booked, enrolled] = visitsSince(ctx, since)
  return and(lt(customers.createdAt, since), notExists(booked), notExists(enrolled))!
}

/** Has a booking or a class that begins after this. */
export function visited(ctx: Asker, since: Temporal.Instant): SQL {
  const [booked, enrolled] = visitsSince(ctx, since)
  return sql`(${exists(booked)} OR ${exists(enrolled)})`
}

function visitsSince({ db, workspace }: Asker, since: Temporal.Instant) {
  const booked = db
    .select({ one: sql`1` })
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        eq(bookings.customerId, customers.id),
        inArray(bookings.state, ['confirmed', 'arrived', 'completed']),
        gt(bookings.startsAt, since),
      ),
    )
  const enrolled = db
    .select({ one: sql`1` })
    .from(classEnrolments)
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.customerId, customers.id),
        inArray(classEnrolments.state, ['enrolled', 'attended']),
        gt(classEnrolments.startsAt, since),
      ),
    )
  return [booked, enrolled] as const
}
