/** The places in classes that are to be reminded of. */

import { and, asc, eq, gt, lte, min, notExists, sql } from 'drizzle-orm'
import { classEnrolments } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import type { Span, ToRemindOf } from './reminders.ts'
import { classReminders } from './tables.ts'

export const placesToRemindOf: ToRemindOf = {
  key: 'class_reminder',
  subject: 'enrolment',

  async earliestStart(context, span) {
    const [row] = await context.db
      .select({ at: min(classEnrolments.startsAt) })
      .from(classEnrolments)
      .where(unreminded(context, span))
    return row?.at ?? null
  },

  due(context, span) {
    return context.db
      .select({ id: classEnrolments.id, startsAt: classEnrolments.startsAt })
      .from(classEnrolments)
      .where(unreminded(context, span))
      .orderBy(asc(classEnrolments.startsAt), asc(classEnrolments.id))
  },

  async note({ db, workspace, now }, { id, startsAt }) {
    await db.insert(classReminders).values({ workspaceId: workspace.id, enrolmentId: id, startsAt, at: now })
  },
}

/** Still enrolled, and so, at this time, before the reminder was due. */
function unreminded({ db, workspace }: Context, { minutesBefore, begun, until }: Span) {
  return and(
    eq(classEnrolments.workspaceId, workspace.id),
    eq(classEnrolments.state, 'enrolled'),
    gt(classEnrolments.startsAt, begun),
    until && lte(classEnrolments.startsAt, until),
    notExists(
      db
        .select({ one: sql`1` })
        .from(classReminders)
        .where(
          and(
            eq(classReminders.workspaceId, workspace.id),
            eq(classReminders.enrolmentId, classEnrolments.id),
            eq(classReminders.startsAt, classEnrolments.startsAt),
          ),
        ),
    ),
    sql`${classEnrolments.placedAt} < ${classEnrolments.startsAt} - make_interval(mins => ${minutesBefore})`,
  )
}
