/** The bookings that are to be reminded of. */

import { and, asc, eq, gt, lte, min, notExists, sql } from 'drizzle-orm'
import { bookings } from '../bookings/tables.ts'
import type { Context } from '../context.ts'
import type { Span, ToRemindOf } from './reminders.ts'
import { bookingReminders } from './tables.ts'

export const bookingsToRemindOf: ToRemindOf = {
  key: 'booking_reminder',
  subject: 'booking',

  async earliestStart(context, span) {
    const [row] = await context.db
      .select({ at: min(bookings.startsAt) })
      .from(bookings)
      .where(unreminded(context, span))
    return row?.at ?? null
  },

  due(context, span) {
    return context.db
      .select({ id: bookings.id, startsAt: bookings.startsAt })
      .from(bookings)
      .where(unreminded(context, span))
      .orderBy(asc(bookings.startsAt), asc(bookings.id))
  },

  async note({ db, workspace, now }, { id, startsAt }) {
    await db.insert(bookingReminders).values({ workspaceId: workspace.id, bookingId: id, startsAt, at: now })
  },
}

/** Confirmed, and made, confirmed or moved before its reminder was due. */
function unreminded({ db, workspace }: Context, { minutesBefore, begun, until }: Span) {
  return and(
    eq(bookings.workspaceId, workspace.id),
    eq(bookings.state, 'confirmed'),
    gt(bookings.startsAt, begun),
    until && lte(bookings.startsAt, until),
    notExists(
      db
        .select({ one: sql`1` })
        .from(bookingReminders)
        .where(
          and(
            eq(bookingReminders.workspaceId, workspace.id),
            eq(bookingReminders.bookingId, bookings.id),
            eq(bookingReminders.startsAt, bookings.startsAt),
          ),
        ),
    ),
    sql`NOT EXISTS (SELECT FROM booking_history h
      WHERE h.workspace_id = ${workspace.id} AND h.booking_id = ${bookings.id}
        AND h.event IN ('book', 'confirm', 'move')
        AND h.at >= ${bookings.startsAt} - make_interval(mins => ${minutesBefore}))`,
  )
}
