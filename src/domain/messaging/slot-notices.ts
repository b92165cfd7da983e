/** A start that became free, as one who waits for such a one is told of it. It is kept for nobody. */

import { and, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { explainStart } from '../availability/offer.ts'
import type { WaitlistEntry } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { automationRuns, slotNotices } from './tables.ts'

export interface Slot {
  startsAt: Temporal.Instant
  staffId: string
}

/** By the rules by which they would book it. */
export async function isFreeFor(context: Context, entry: WaitlistEntry, slot: Slot): Promise<boolean> {
  const { serviceId, locationId, customerId } = entry
  const question = { serviceId: serviceId!, locationId: locationId!, customerId, staffId: slot.staffId }
  try {
    const { findings } = await explainStart(context, { ...question, start: slot.startsAt })
    return findings.every(({ passed }) => passed)
  } catch (error) {
    if (error instanceof Refusal) return false // What they wait for is offered no more.
    throw error
  }
}

/** What the event tells of. */
export async function slotOfEvent({ db, workspace }: Context, eventId: string): Promise<Slot | null> {
  const [slot] = await db
    .select({ startsAt: slotNotices.startsAt, staffId: slotNotices.staffId })
    .from(slotNotices)
    .where(and(eq(slotNotices.workspaceId, workspace.id), eq(slotNotices.eventId, eventId)))
  return slot ?? null
}

/** What the message tells of. */
export async function slotOfMessage({ db, workspace }: Context, messageId: string): Promise<Slot | null> {
  const [slot] = await db
    .select({ startsAt: slotNotices.startsAt, staffId: slotNotices.staffId })
    .from(automationRuns)
    .innerJoin(
      slotNotices,
      and(
        eq(slotNotices.workspaceId, automationRuns.workspaceId),
        eq(slotNotices.eventId, automationRuns.eventId),
      ),
    )
    .where(and(eq(automationRuns.workspaceId, workspace.id), eq(automationRuns.messageId, messageId)))
  return slot ?? null
}
