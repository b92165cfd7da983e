/**
 * What automations draft when something happens to a booking: one message for each automation and event, however often
 * and in whatever order their jobs run. A draft that the next event has overtaken is withdrawn, so that nobody is asked
 * to approve a time that is no longer true.
 */

import { and, eq, lt, type SQL } from 'drizzle-orm'
import { automationPrincipal } from '../../access/automation.ts'
import { type Automation, automations } from '../../access/tables.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { lockBooking } from '../bookings/read.ts'
import { isToldAlone } from '../bookings/series.ts'
import { asAt, type BookingState } from '../bookings/states.ts'
import type { Booking } from '../bookings/tables.ts'
import type { Context } from '../context.ts'
import { type AutomationRule, automationOf, houseRules, overtaking } from './automations.ts'
import { cancelMessage } from './cancel.ts'
import { draftMessage } from './draft.ts'
import { automationRuns, messages } from './tables.ts'

export interface Happened {
  /** UUIDv7: later events have later ids. */
  eventId: string
  type: string
  bookingId: string
}

/** A message that waits for its sending to be asked for. */
export interface AutomaticDraft {
  automation: Automation
  eventId: string
  messageId: string
}

/** What a booking must be for each event to be worth telling. */
const toldWhile: Record<string, readonly BookingState[]> = {
  'booking.confirmed': ['confirmed'],
  'booking.moved': ['confirmed'],
  'booking.cancelled': ['cancelled'],
  'booking.reminder_due': ['confirmed'],
  'booking.completed': ['completed'],
}

/** Cancels what an earlier event drafted and nobody has sent. @returns whose asking is to be withdrawn */
export async function withdrawOvertaken(context: Context, happened: Happened): Promise<AutomaticDraft[]> {
  if (!overtaking.includes(happened.type)) return []
  await lockBooking(context, happened.bookingId)
  const overtaken = await runsOf(
    context,
    happened.bookingId,
    lt(automationRuns.eventId, happened.eventId),
    eq(messages.state, 'draft'),
  )
  for (const { messageId } of overtaken) await cancelMessage(context, messageId)
  return overtaken
}

/** @returns drafts of this event: those just made, and those that an earlier try of the same job made */
export async function draftFor(context: Context, happened: Happened): Promise<AutomaticDraft[]> {
  const booking = asAt(await lockBooking(context, happened.bookingId), context.now)
  const drafts: AutomaticDraft[] = []
  for (const rule of await rulesFor(context, happened)) {
    const automation = await automationOf(context, rule)
    if (!automation.enabled) continue
    const made = await draftOnce(context, happened, booking, automation)
    if (made) drafts.push({ automation, eventId: happened.eventId, messageId: made })
  }
  return drafts
}

/** Whoever was never sent a confirmation is sent one with the new time, not the news that something moved. */
async function rulesFor(context: Context, { type, bookingId, eventId }: Happened): Promise<AutomationRule[]> {
  if (type !== 'booking.moved') return houseRules.filter(({ on }) => on === type)
  const confirmations = await runsOf(
    context,
    bookingId,
    lt(automationRuns.eventId, eventId),
    eq(automations.key, 'booking_confirmation'),
  )
  const untold = confirmations.length > 0 && confirmations.every(({ state }) => state !== 'released')
  const key = untold ? 'booking_confirmation' : 'booking_moved'
  return houseRules.filter(rule => rule.key === key)
}

/** null where nothing was drafted, now or before. */
async function draftOnce(
  context: Context,
  { eventId, type }: Happened,
  booking: Booking,
  automation: Automation,
): Promise<string | null> {
  const { db, workspace, now } = context
  const [earlier] = await db
    .select({ messageId: automationRuns.messageId })
    .from(automationRuns)
    .where(
      and(
        eq(automationRuns.workspaceId, workspace.id),
        eq(automationRuns.automationId, automation.id),
        eq(automationRuns.eventId, eventId),
      ),
    )
  if (earlier) return earlier.messageId
  const reason = await whyUntold(context, type, booking)
  const outcome = reason
    ? { reason }
    : await draft({ ...context, principal: automationPrincipal(automation) }, booking, automation)
  const messageId = 'messageId' in outcome ? outcome.messageId : null
  await db.insert(automationRuns).values({
    workspaceId: workspace.id,
    automationId: automation.id,
    eventId,
    bookingId: booking.id,
    outcome: messageId ? 'drafted' : 'skipped',
    reason: 'reason' in outcome ? outcome.reason : null,
    messageId,
    at: now,
  })
  return messageId
}

/** Of a series of bookings one message is enough. */
async function whyUntold(context: Context, type: string, booking: Booking): Promise<string | null> {
  if (!toldWhile[type]?.includes(booking.state)) return 'booking_changed'
  return (await isToldAlone(context, booking, type)) ? null : 'told_with_series'
}

/** A customer who cannot or will not be written to is no failure: the run says why. */
async function draft(
  context: Context,
  booking: Booking,
  { templateKey, channel }: Automation,
): Promise<{ messageId: string } | { reason: string }> {
  try {
    const { id } = await draftMessage(context, {
      customerId: booking.customerId!,
      bookingId: booking.id,
      templateKey,
      channel: channel ?? undefined,
    })
    return { messageId: id }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { reason: error.code }
  }
}

async function runsOf({ db, workspace }: Context, bookingId: string, ...which: SQL[]) {
  return db
    .select({
      automation: automations,
      eventId: automationRuns.eventId,
      messageId: messages.id,
      state: messages.state,
    })
    .from(automationRuns)
    .innerJoin(
      automations,
      and(eq(automations.workspaceId, workspace.id), eq(automations.id, automationRuns.automationId)),
    )
    .innerJoin(
      messages,
      and(eq(messages.workspaceId, workspace.id), eq(messages.id, automationRuns.messageId)),
    )
    .where(
      and(eq(automationRuns.workspaceId, workspace.id), eq(automationRuns.bookingId, bookingId), ...which),
    )
}
