/**
 * What automations draft when something happens to a booking, or to a place in a class: one message for each automation
 * and event, however often and in whatever order their jobs run. An event is one customer's: what happens to a whole
 * class is an event of each place in it. A draft that the next event has overtaken is withdrawn, so that nobody is
 * asked to approve a time that is no longer true.
 */

import { and, eq, inArray, lt, type SQL } from 'drizzle-orm'
import { automationPrincipal } from '../../access/automation.ts'
import { type Automation, automations } from '../../access/tables.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import {
  type AutomationKey,
  type AutomationRule,
  automationOf,
  findAutomation,
  houseRules,
  overtaking,
  ruleOf,
} from './automations.ts'
import { cancelMessage } from './cancel.ts'
import { draftMessage } from './draft.ts'
import { dataOf, type Happened } from './happened.ts'
import { type About, automationRuns, messages } from './tables.ts'
import { isChanged, lockTold, type Told, whyUntold } from './told.ts'

/** A message that waits for its sending to be asked for. */
export interface AutomaticDraft {
  automation: Automation
  eventId: string
  messageId: string
}

/** Cancels what an earlier event drafted and nobody has sent. @returns whose asking is to be withdrawn */
export async function withdrawOvertaken(context: Context, happened: Happened): Promise<AutomaticDraft[]> {
  if (!overtaking.includes(happened.type)) return []
  const { about } = await lockTold(context, happened)
  const overtaken = await runsOf(
    context,
    about,
    lt(automationRuns.eventId, happened.eventId),
    eq(messages.state, 'draft'),
  )
  for (const { messageId } of overtaken) await cancelMessage(context, messageId)
  return overtaken
}

/** @returns drafts of this event: those just made, and those that an earlier try of the same job made */
export async function draftFor(context: Context, happened: Happened): Promise<AutomaticDraft[]> {
  const told = await lockTold(context, happened)
  const drafts: AutomaticDraft[] = []
  for (const rule of await rulesFor(context, happened, told.about)) {
    const automation = await automationOf(context, rule)
    if (!automation.enabled) continue
    const made = await draftOnce(context, happened, told, automation)
    if (made) drafts.push({ automation, eventId: happened.eventId, messageId: made })
  }
  return drafts
}

/** Most events have their rule; some take what came before, or how they came about, to choose. */
async function rulesFor(context: Context, happened: Happened, about: About): Promise<AutomationRule[]> {
  switch (happened.type) {
    case 'booking.moved':
      return [
        (await firstWord(context, happened, about, ['booking_confirmation'])) ?? ruleOf('booking_moved'),
      ]
    case 'class_enrolment.enrolled':
      return [ruleOf((await isToldAsGiven(context, happened)) ? 'waitlist_place_given' : 'class_enrolled')]
    case 'class_enrolment.moved':
      return [
        (await firstWord(context, happened, about, ['class_enrolled', 'waitlist_place_given'])) ??
          ruleOf('class_moved'),
      ]
    case 'waitlist.offer_moved':
      return [ruleOf('waitlist_place_offered')]
    case 'class_enrolment.cancelled': // Who leaves by themselves, or is taken out, knows.
      return (await dataOf(context, happened)).with_class ? [ruleOf('class_cancelled')] : []
    default:
      return houseRules.filter(({ on }) => on === happened.type)
  }
}

/** Who moved up from a waitlist is told that they have a place once. */
async function isToldAsGiven(context: Context, happened: Happened): Promise<boolean> {
  const { given } = await dataOf(context, happened)
  return given === true && (await findAutomation(context, 'waitlist_place_given')).enabled
}

/**
 * Whoever was never sent the first word of it is sent that with the new time, not the news that something moved.
 * @returns what was drafted and not sent, or came too late to be drafted; null where one was sent, or there was none
 */
async function firstWord(
  context: Context,
  { eventId }: Happened,
  about: About,
  keys: AutomationKey[],
): Promise<AutomationRule | null> {
  const { db, workspace } = context
  const words = await db
    .select({ key: automations.key, reason: automationRuns.reason, state: messages.state })
    .from(automationRuns)
    .innerJoin(automations, ofAutomation)
    .leftJoin(messages, ofMessage)
    .where(
      and(
        eq(automationRuns.workspaceId, workspace.id),
        isAbout(about),
        lt(automationRuns.eventId, eventId),
        inArray(automations.key, keys),
      ),
    )
  if (words.some(({ state }) => state === 'released')) return null
  const unsent = words.find(({ state, reason }) => state !== null || isChanged(reason))
  return unsent ? ruleOf(unsent.key) : null
}

/** null where nothing was drafted, now or before. */
async function draftOnce(
  context: Context,
  happened: Happened,
  told: Told,
  automation: Automation,
): Promise<string | null> {
  const { db, workspace, now } = context
  const { eventId } = happened
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
  const reason = await whyUntold(context, happened, told)
  const outcome = reason
    ? { reason }
    : await draft({ ...context, principal: automationPrincipal(automation) }, told, automation)
  const messageId = 'messageId' in outcome ? outcome.messageId : null
  await db.insert(automationRuns).values({
    workspaceId: workspace.id,
    automationId: automation.id,
    eventId,
    ...told.about,
    outcome: messageId ? 'drafted' : 'skipped',
    reason: 'reason' in outcome ? outcome.reason : null,
    messageId,
    at: now,
  })
  return messageId
}

/** A customer who cannot or will not be written to is no failure: the run says why. */
async function draft(
  context: Context,
  { about, customerId, slot }: Told,
  { templateKey, channel }: Automation,
): Promise<{ messageId: string } | { reason: string }> {
  try {
    const { id } = await draftMessage(context, {
      ...about,
      slot: slot ?? undefined,
      customerId: customerId!,
      templateKey,
      channel: channel ?? undefined,
    })
    return { messageId: id }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { reason: error.code }
  }
}

function runsOf({ db, workspace }: Context, about: About, ...which: SQL[]) {
  return db
    .select({
      automation: automations,
      eventId: automationRuns.eventId,
      messageId: messages.id,
      state: messages.state,
    })
    .from(automationRuns)
    .innerJoin(automations, ofAutomation)
    .innerJoin(messages, ofMessage)
    .where(and(eq(automationRuns.workspaceId, workspace.id), isAbout(about), ...which))
}

const ofAutomation = and(
  eq(automations.workspaceId, automationRuns.workspaceId),
  eq(automations.id, automationRuns.automationId),
)
const ofMessage = and(
  eq(messages.workspaceId, automationRuns.workspaceId),
  eq(messages.id, automationRuns.messageId),
)

function isAbout({ bookingId, enrolmentId, waitlistEntryId }: About): SQL {
  if (bookingId) return eq(automationRuns.bookingId, bookingId)
  if (enrolmentId) return eq(automationRuns.enrolmentId, enrolmentId)
  return eq(automationRuns.waitlistEntryId, waitlistEntryId!)
}
