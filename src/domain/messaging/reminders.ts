/**
 * Reminders: so long before a booking, its message is drafted. Whether one is due is read from the booking itself, so a
 * booking that moves is reminded of its new time, and one that was made later than that is not reminded at all.
 */

import { and, asc, eq, gt, lte, min, notExists, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { newId } from '../../database/columns.ts'
import { bookings } from '../bookings/tables.ts'
import type { Context } from '../context.ts'
import { type DueWork, wakeAt } from '../due-work.ts'
import { draftFor } from './automatic-draft.ts'
import { type AutomationView, findAutomation } from './automations.ts'
import { bookingReminders } from './tables.ts'

const KEY = 'booking_reminder'

export const dueReminders: DueWork = {
  name: 'reminder',

  async next(context, until) {
    const reminder = await findAutomation(context, KEY)
    if (!reminder.enabled) return null
    const start = await earliestStart(context, reminder, until)
    return start && dueFor(start, reminder)
  },

  async run(context) {
    const reminder = await findAutomation(context, KEY)
    const due = await startingBy(context, reminder, context.now)
    for (const booking of due) await remind(context, booking)
    const next = await earliestStart(context, reminder)
    if (next) await wakeAt(context, dueFor(next, reminder))
    return due.length
  },
}

/** Has the worker look when the next one is due: a booking has come, or moved, or reminders were switched on. */
export async function wakeReminders(context: Context): Promise<void> {
  const reminder = await findAutomation(context, KEY)
  const start = reminder.enabled ? await earliestStart(context, reminder) : null
  if (start) await wakeAt(context, dueFor(start, reminder))
}

type Reminded = Pick<typeof bookings.$inferSelect, 'id' | 'startsAt'>

/** Drafted at its own instant; asking for the sending is the job of whoever hears the event. */
async function remind(context: Context, { id, startsAt }: Reminded): Promise<void> {
  const { db, workspace, now, emit } = context
  await db.insert(bookingReminders).values({ workspaceId: workspace.id, bookingId: id, startsAt, at: now })
  const happened = { eventId: newId(), type: 'booking.reminder_due', subjectId: id } as const
  await draftFor(context, happened)
  emit({ id: happened.eventId, type: happened.type, subject: { kind: 'booking', id } })
}

function dueFor(start: Temporal.Instant, { minutesBefore }: AutomationView): Temporal.Instant {
  return start.subtract({ minutes: minutesBefore! })
}

/** @param until of the due times; default: any */
async function earliestStart(
  context: Context,
  reminder: AutomationView,
  until?: Temporal.Instant,
): Promise<Temporal.Instant | null> {
  const [row] = await context.db
    .select({ at: min(bookings.startsAt) })
    .from(bookings)
    .where(unreminded(context, reminder, until))
  return row?.at ?? null
}

function startingBy(context: Context, reminder: AutomationView, now: Temporal.Instant): Promise<Reminded[]> {
  return context.db
    .select({ id: bookings.id, startsAt: bookings.startsAt })
    .from(bookings)
    .where(unreminded(context, reminder, now))
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
}

/** Confirmed, yet to begin, not reminded of this time, and made, confirmed or moved before its reminder was due. */
function unreminded({ db, workspace, now }: Context, reminder: AutomationView, until?: Temporal.Instant) {
  const here = eq(bookings.workspaceId, workspace.id)
  return and(
    here,
    eq(bookings.state, 'confirmed'),
    gt(bookings.startsAt, beginning(workspace, now)),
    until && lte(bookings.startsAt, until.add({ minutes: reminder.minutesBefore! })),
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
        AND h.at >= ${bookings.startsAt} - make_interval(mins => ${reminder.minutesBefore}))`,
  )
}

/** What has begun by now needs no reminder, however late the worker is. A clock that walks is always in time. */
function beginning({ clock }: Context['workspace'], now: Temporal.Instant): Temporal.Instant {
  const real = Temporal.Instant.fromEpochMilliseconds(Date.now())
  return clock || Temporal.Instant.compare(now, real) > 0 ? now : real
}
