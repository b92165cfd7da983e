/** What can be asked of customers beside their details, as conditions on the table `customers`. */

import { and, eq, exists, gt, inArray, lt, not, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { bookings } from '../bookings/tables.ts'
import { classEnrolments } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { type FieldValue, fieldsByKey, matchKey } from './field-values.ts'
import { customers, customFieldValues } from './tables.ts'

/** Has this value in that field, a text whatever its case. @throws Refusal `invalid_input` of a key that is not defined */
export async function hasFieldValue(ctx: Context, key: string, value: FieldValue): Promise<SQL> {
  const field = (await fieldsByKey(ctx, [key])).get(key)!
  return inArray(
    customers.id,
    ctx.db
      .select({ id: customFieldValues.customerId })
      .from(customFieldValues)
      .where(
        and(
          eq(customFieldValues.workspaceId, ctx.workspace.id),
          eq(customFieldValues.fieldId, field.id),
          eq(customFieldValues.matchKey, matchKey(value)),
        ),
      ),
  )
}

/** Known since before, and with no visit since, nor one to come: what was cancelled or missed is none. */
export function inactiveSince(ctx: Context, since: Temporal.Instant): SQL {
  return and(lt(customers.createdAt, since), not(visited(ctx, since)))!
}

/** Has a booking or a class that begins after this. */
export function visited({ db, workspace }: Pick<Context, 'db' | 'workspace'>, since: Temporal.Instant): SQL {
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
  return sql`(${exists(booked)} OR ${exists(enrolled)})`
}
