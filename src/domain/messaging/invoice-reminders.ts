/**
 * Reminders of invoices: so many days before or after the due date, at nine in the morning where the business is, its
 * message is drafted, once; its sending then asks at the gate like any other. When one is due is read from the invoice, so
 * that a due date that moves takes its reminders along. What is paid, void or given up is not reminded of.
 */

import { and, asc, eq, isNull, lt, notExists, type SQL, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { automationPrincipal } from '../../access/automation.ts'
import { automations } from '../../access/tables.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type DueWork, wakeAt } from '../due-work.ts'
import { lockInvoice, sumsOf, update } from '../invoices/read.ts'
import { type Invoice, invoiceReminders, invoices } from '../invoices/tables.ts'
import type { AutomaticDraft } from './automatic-draft.ts'
import { type AutomationKey, automationOf, ruleOf } from './automations.ts'
import { cancelMessage } from './cancel.ts'
import { draftMessage } from './draft.ts'
import { automationRuns, messages } from './tables.ts'

/** o'clock, on the invoice's own clock. */
const HOUR = 9

/** The day on which the automation of the house, where it is on, reminds of what was not paid. */
const FIRST_DAY_OVERDUE = 1

export interface ReminderView {
  /** From the due date; before it negative. */
  day: number
  at: Temporal.Instant
  state: 'waiting' | 'drafted' | 'skipped'
  messageId: string | null
  /** Why none was written. */
  reason: string | null
}

/**
 * Those that are done stay as they are; those that wait are replaced. What would be due already is left out, and said.
 * @throws Refusal `not_found`, `invalid_transition` of what is not open
 */
export async function scheduleReminders(
  context: Context,
  invoiceId: string,
  days: number[],
): Promise<ReminderView[]> {
  const { db, workspace, now } = context
  const invoice = await lockInvoice(context, invoiceId)
  if (invoice.status !== 'open') {
    throw new Refusal(
      'invalid_transition',
      `Only what is open is reminded of; this invoice is ${invoice.status}.`,
      { status: invoice.status, event: 'remind' },
      [invoice.status === 'draft' ? 'finalize_invoice' : 'get_invoice'],
    )
  }
  const passed = days.filter(day => Temporal.Instant.compare(dueInstant(invoice, day), now) <= 0)
  if (passed.length > 0) context.warn(`Passed already, and left out: day ${passed.join(', ')}.`)
  await db
    .delete(invoiceReminders)
    .where(
      and(
        eq(invoiceReminders.workspaceId, workspace.id),
        eq(invoiceReminders.invoiceId, invoiceId),
        isNull(invoiceReminders.doneAt),
      ),
    )
  const wanted = [...new Set(days)].filter(day => !passed.includes(day))
  if (wanted.length > 0) {
    await db
      .insert(invoiceReminders)
      .values(wanted.map(dayOffset => ({ workspaceId: workspace.id, invoiceId, dayOffset })))
      .onConflictDoNothing() // One that is done is not done again.
  }
  await update(context, invoice, {})
  context.emit({ type: 'invoice.reminders_scheduled', subject: { kind: 'invoice', id: invoiceId } })
  await wakeInvoiceReminders(context)
  return remindersOf(context, invoice)
}

/** In order of days. */
export async function remindersOf({ db, workspace }: Context, invoice: Invoice): Promise<ReminderView[]> {
  if (invoice.dueDate === null) return []
  const rows = await db
    .select()
    .from(invoiceReminders)
    .where(and(eq(invoiceReminders.workspaceId, workspace.id), eq(invoiceReminders.invoiceId, invoice.id)))
    .orderBy(asc(invoiceReminders.dayOffset))
  return rows.map(({ dayOffset: day, doneAt, messageId, reason }) => ({
    day,
    at: doneAt ?? dueInstant(invoice, day),
    state: doneAt === null ? 'waiting' : messageId === null ? 'skipped' : 'drafted',
    messageId,
    reason,
  }))
}

export const dueInvoiceReminders: DueWork = {
  name: 'invoice_reminder',

  async next(context, until) {
    const [scheduled] = await scheduledBy(context, until, 1)
    const [overdue] = await unremindedBy(context, until, 1)
    if (!scheduled || !overdue) return (scheduled ?? overdue)?.at ?? null
    return Temporal.Instant.compare(scheduled.at, overdue.at) < 0 ? scheduled.at : overdue.at
  },

  async run(context) {
    const { workspace, now } = context
    const overdue = await unremindedBy(context, now)
    for (const { id: invoiceId } of overdue) {
      await context.db
        .insert(invoiceReminders)
        .values({ workspaceId: workspace.id, invoiceId, dayOffset: FIRST_DAY_OVERDUE })
      await remind(context, { invoiceId, day: FIRST_DAY_OVERDUE, key: 'invoice_overdue' })
    }
    const due = await scheduledBy(context, now)
    for (const { id: invoiceId, day } of due) {
      await remind(context, { invoiceId, day, key: 'invoice_reminder' })
    }
    await wakeInvoiceReminders(context)
    return overdue.length + due.length
  },
}

/** Has the worker look when the next one is due: there is another invoice, another schedule, or the automation was switched on. */
export async function wakeInvoiceReminders(context: Context): Promise<void> {
  const next = await dueInvoiceReminders.next(context, FAR)
  if (next) await wakeAt(context, next)
}

const FAR = Temporal.Instant.from('9999-01-01T00:00Z')

/** Cancels reminders that nobody has sent and that are no longer true: something was paid or taken back, or the next has come. @returns whose asking is to be withdrawn */
export async function withdrawReminders(
  context: Context,
  { invoiceId, eventId }: { invoiceId: string; eventId: string },
): Promise<AutomaticDraft[]> {
  await lockInvoice(context, invoiceId)
  const overtaken = await runsOf(
    context,
    and(eq(automationRuns.invoiceId, invoiceId), lt(automationRuns.eventId, eventId)),
  )
  for (const { messageId } of overtaken) await cancelMessage(context, messageId)
  return overtaken
}

/** What an event drafted and nobody has sent or taken back. */
export function reminderDraftsOf(context: Context, eventId: string): Promise<AutomaticDraft[]> {
  return runsOf(context, eq(automationRuns.eventId, eventId))
}

interface Reminding {
  invoiceId: string
  day: number
  key: AutomationKey
}

/** Asking for the sending is the job of whoever hears the event. */
async function remind(context: Context, { invoiceId, day, key }: Reminding): Promise<void> {
  const { db, workspace, now } = context
  const invoice = await lockInvoice(context, invoiceId)
  const automation = await automationOf(context, ruleOf(key))
  const eventId = newId()
  const outcome =
    (await whyNot(context, invoice, automation.enabled)) ??
    (await draft({ ...context, principal: automationPrincipal(automation) }, invoice, {
      channel: automation.channel ?? undefined,
      // After the due date the house's words are others.
      templateKey:
        day > 0 && automation.templateKey === 'invoice_reminder' ? 'invoice_overdue' : automation.templateKey,
    }))
  const messageId = 'messageId' in outcome ? outcome.messageId : null
  const reason = 'reason' in outcome ? outcome.reason : null
  await db
    .update(invoiceReminders)
    .set({ doneAt: now, messageId, reason })
    .where(
      and(
        eq(invoiceReminders.workspaceId, workspace.id),
        eq(invoiceReminders.invoiceId, invoiceId),
        eq(invoiceReminders.dayOffset, day),
      ),
    )
  await db.insert(automationRuns).values({
    workspaceId: workspace.id,
    automationId: automation.id,
    eventId,
    invoiceId,
    outcome: messageId ? 'drafted' : 'skipped',
    reason,
    messageId,
    at: now,
  })
  if (!messageId) return
  context.emit({
    id: eventId,
    type: 'invoice.reminder_due',
    subject: { kind: 'invoice', id: invoiceId },
    data: { day },
  })
}

/** null: there is something to remind of. */
async function whyNot(
  context: Context,
  invoice: Invoice,
  enabled: boolean,
): Promise<{ reason: string } | null> {
  if (invoice.status !== 'open') return { reason: `invoice_${invoice.status}` }
  const { due, pending } = await sumsOf(context, invoice)
  if (pending >= due) return { reason: 'payment_under_way' }
  return enabled ? null : { reason: 'switched_off' }
}

/** A customer who cannot or will not be written to is no failure: the reminder says why. */
async function draft(
  context: Context,
  { id: invoiceId, customerId }: Invoice,
  wording: Pick<Parameters<typeof draftMessage>[1], 'channel' | 'templateKey'>,
): Promise<{ messageId: string } | { reason: string }> {
  try {
    const { id: messageId } = await draftMessage(context, { customerId, invoiceId, ...wording })
    return { messageId }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { reason: error.code }
  }
}

function dueInstant({ dueDate, timeZone }: Invoice, day: number): Temporal.Instant {
  return dueDate!
    .add({ days: day })
    .toZonedDateTime({ timeZone, plainTime: { hour: HOUR } })
    .toInstant()
}

/** The same, where a row says the day. */
function dueSql(day: SQL | typeof invoiceReminders.dayOffset): SQL<Temporal.Instant> {
  const local = sql`(${invoices.dueDate} + ${day} + make_interval(hours => ${HOUR}))`
  return sql<Temporal.Instant>`${local} AT TIME ZONE ${invoices.timeZone}`.mapWith(invoices.createdAt)
}

/** In one go; the others are due still, and come next. */
const MOST = 500

interface Due {
  id: string
  day: number
  at: Temporal.Instant
}

/** Reminders that wait and are due by then, the earliest first. */
function scheduledBy({ db, workspace }: Context, until: Temporal.Instant, most = MOST): Promise<Due[]> {
  const at = dueSql(invoiceReminders.dayOffset)
  return db
    .select({ id: invoices.id, day: invoiceReminders.dayOffset, at })
    .from(invoiceReminders)
    .innerJoin(
      invoices,
      and(
        eq(invoices.workspaceId, invoiceReminders.workspaceId),
        eq(invoices.id, invoiceReminders.invoiceId),
      ),
    )
    .where(
      and(
        eq(invoiceReminders.workspaceId, workspace.id),
        isNull(invoiceReminders.doneAt),
        sql`${at} <= ${until.toString()}::timestamptz`,
      ),
    )
    .orderBy(at, asc(invoices.id))
    .limit(most)
}

/** Open invoices that the automation reminds of by then: those that came to be overdue since it was switched on. */
function unremindedBy({ db, workspace }: Context, until: Temporal.Instant, most = MOST): Promise<Due[]> {
  const at = dueSql(sql`${FIRST_DAY_OVERDUE}::int`)
  return db
    .select({ id: invoices.id, day: sql<number>`${FIRST_DAY_OVERDUE}::int`, at })
    .from(invoices)
    .innerJoin(
      automations,
      and(
        eq(automations.workspaceId, invoices.workspaceId),
        eq(automations.key, 'invoice_overdue'),
        eq(automations.enabled, true),
      ),
    )
    .where(
      and(
        eq(invoices.workspaceId, workspace.id),
        eq(invoices.status, 'open'),
        sql`${at} > ${automations.updatedAt}`,
        sql`${at} <= ${until.toString()}::timestamptz`,
        notExists(
          db
            .select({ one: sql`1` })
            .from(invoiceReminders)
            .where(
              and(
                eq(invoiceReminders.workspaceId, workspace.id),
                eq(invoiceReminders.invoiceId, invoices.id),
                eq(invoiceReminders.dayOffset, FIRST_DAY_OVERDUE),
              ),
            ),
        ),
      ),
    )
    .orderBy(at, asc(invoices.id))
    .limit(most)
}

async function runsOf({ db, workspace }: Context, which: SQL | undefined): Promise<AutomaticDraft[]> {
  return db
    .select({ automation: automations, eventId: automationRuns.eventId, messageId: messages.id })
    .from(automationRuns)
    .innerJoin(
      automations,
      and(eq(automations.workspaceId, workspace.id), eq(automations.id, automationRuns.automationId)),
    )
    .innerJoin(
      messages,
      and(eq(messages.workspaceId, workspace.id), eq(messages.id, automationRuns.messageId)),
    )
    .where(and(eq(automationRuns.workspaceId, workspace.id), eq(messages.state, 'draft'), which))
}
