/**
 * Reminders: so long before a booking or a class, its message is drafted. Whether one is due is read from the booking or
 * the place itself, so what moves is reminded of at its new time, and what was made later than that not at all.
 */

import { Temporal } from 'temporal-polyfill'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type DueWork, wakeAt } from '../due-work.ts'
import { draftFor } from './automatic-draft.ts'
import { type AutomationKey, type AutomationView, findAutomation, ruleOf } from './automations.ts'
import { bookingsToRemindOf } from './booking-reminders.ts'
import { placesToRemindOf } from './class-reminders.ts'

export interface Reminded {
  /** Of the booking, or of the place in a class. */
  id: string
  startsAt: Temporal.Instant
}

/** What one is reminded of: yet to begin, not reminded of this time, and there before its reminder was due. */
export interface ToRemindOf {
  key: AutomationKey
  subject: 'booking' | 'enrolment'
  /** @param until of the due times; default: any */
  earliestStart(context: Context, span: Span): Promise<Temporal.Instant | null>
  due(context: Context, span: Span): Promise<Reminded[]>
  note(context: Context, reminded: Reminded): Promise<void>
}

export interface Span {
  minutesBefore: number
  /** What has begun by then needs no reminder. */
  begun: Temporal.Instant
  /** The latest start. */
  until?: Temporal.Instant
}

const everyKind = [bookingsToRemindOf, placesToRemindOf]

export const dueReminders = everyKind.map(dueWorkOf)

function dueWorkOf(kind: ToRemindOf): DueWork {
  return {
    name: kind === bookingsToRemindOf ? 'reminder' : 'class_reminder',

    async next(context, until) {
      const reminder = await findAutomation(context, kind.key)
      if (!reminder.enabled) return null
      const start = await kind.earliestStart(context, spanOf(context, reminder, until))
      return start && dueFor(start, reminder)
    },

    async run(context) {
      const reminder = await findAutomation(context, kind.key)
      const due = await kind.due(context, spanOf(context, reminder, context.now))
      for (const reminded of due) await remind(context, kind, reminded)
      const next = await kind.earliestStart(context, spanOf(context, reminder))
      if (next) await wakeAt(context, dueFor(next, reminder))
      return due.length
    },
  }
}

/** Has the worker look when the next one is due: something has come, or moved, or reminders were switched on. */
export async function wakeReminders(context: Context): Promise<void> {
  for (const kind of everyKind) {
    const reminder = await findAutomation(context, kind.key)
    if (!reminder.enabled) continue
    const start = await kind.earliestStart(context, spanOf(context, reminder))
    if (start) await wakeAt(context, dueFor(start, reminder))
  }
}

/** Drafted at its own instant; asking for the sending is the job of whoever hears the event. */
async function remind(context: Context, kind: ToRemindOf, reminded: Reminded): Promise<void> {
  const { on: type } = ruleOf(kind.key)
  const { id } = reminded
  await kind.note(context, reminded)
  const happened = { eventId: newId(), type, subjectId: id }
  await draftFor(context, happened)
  context.emit({ id: happened.eventId, type, subject: { kind: kind.subject, id } })
}

function dueFor(start: Temporal.Instant, { minutesBefore }: AutomationView): Temporal.Instant {
  return start.subtract({ minutes: minutesBefore! })
}

/** @param until of the due times; default: any */
function spanOf(context: Context, { minutesBefore }: AutomationView, until?: Temporal.Instant): Span {
  return {
    minutesBefore: minutesBefore!,
    begun: beginning(context.workspace, context.now),
    until: until?.add({ minutes: minutesBefore! }),
  }
}

/** What has begun by now needs no reminder, however late the worker is. A clock that walks is always in time. */
function beginning({ clock }: Context['workspace'], now: Temporal.Instant): Temporal.Instant {
  const real = Temporal.Instant.fromEpochMilliseconds(Date.now())
  return clock || Temporal.Instant.compare(now, real) > 0 ? now : real
}
