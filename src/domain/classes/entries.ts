/** One entry of a waitlist as a row: found, written down, and each change of its state by the table. */

import { and, eq, inArray, max } from 'drizzle-orm'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { live, nextState, type WaitlistEvent, waitlistTransitions } from './states.ts'
import { type SkipReason, type WaitlistEntry, waitlistEntries } from './tables.ts'

/** @throws Refusal `not_found` */
export async function findEntry(context: Context, id: string): Promise<WaitlistEntry> {
  const [entry] = await context.db.select().from(waitlistEntries).where(isEntry(context, id))
  if (!entry) throw notFound('waitlist entry', ['list_waitlist'])
  return entry
}

/** The row, locked; where it waits for a session, that is locked before it. */
export async function lockEntry(context: Context, id: string): Promise<WaitlistEntry> {
  const [entry] = await context.db.select().from(waitlistEntries).where(isEntry(context, id)).for('update')
  return entry!
}

/** For a confirmation that rests on the entry as it is now. @throws Refusal `not_found` */
export async function entryVersion(context: Context, id: string): Promise<number> {
  return (await findEntry(context, id)).version
}

/** The customer's entry in this session's list that is not over yet. */
export async function entryOf(
  { db, workspace }: Context,
  sessionId: string,
  customerId: string,
): Promise<WaitlistEntry | null> {
  const [entry] = await db
    .select()
    .from(waitlistEntries)
    .where(
      and(
        eq(waitlistEntries.workspaceId, workspace.id),
        eq(waitlistEntries.sessionId, sessionId),
        eq(waitlistEntries.customerId, customerId),
        inArray(waitlistEntries.state, [...live]),
      ),
    )
  return entry ?? null
}

type Wish = Pick<WaitlistEntry, 'customerId' | 'partySize'> &
  Partial<Pick<WaitlistEntry, 'sessionId' | 'serviceId' | 'locationId' | 'staffId' | 'earliest' | 'latest'>>

/** Behind all who were accepted before, also those who are gone: a position is given once. Its list is locked. */
export async function addEntry(context: Context, wish: Wish): Promise<WaitlistEntry> {
  const { db, workspace, now, emit } = context
  const [last] = await db
    .select({ position: max(waitlistEntries.position) })
    .from(waitlistEntries)
    .where(and(eq(waitlistEntries.workspaceId, workspace.id), sameList(wish)))
  const position = (last?.position ?? 0) + 1
  const id = newId()
  const [entry] = await db
    .insert(waitlistEntries)
    .values({
      ...wish,
      workspaceId: workspace.id,
      id,
      position,
      state: 'waiting',
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  emit({ type: 'waitlist.joined', subject: { kind: 'waitlist', id }, data: { position }, at: now })
  return entry!
}

function sameList({ sessionId, serviceId, locationId }: Wish) {
  if (sessionId) return eq(waitlistEntries.sessionId, sessionId)
  return and(eq(waitlistEntries.serviceId, serviceId!), eq(waitlistEntries.locationId, locationId!))
}

/** To whoever holds an offer of it: what it offers is another now. */
export async function noteMovedOffers(
  { db, workspace, now, emit }: Context,
  sessionId: string,
  data: Record<string, unknown>,
): Promise<void> {
  const offered = await db
    .select({ id: waitlistEntries.id })
    .from(waitlistEntries)
    .where(
      and(
        eq(waitlistEntries.workspaceId, workspace.id),
        eq(waitlistEntries.sessionId, sessionId),
        eq(waitlistEntries.state, 'offered'),
      ),
    )
  for (const { id } of offered)
    emit({ type: 'waitlist.offer_moved', subject: { kind: 'waitlist', id }, data, at: now })
}

/** The event that automations and webhooks see. */
const published = {
  give: 'waitlist.promoted',
  accept: 'waitlist.promoted',
  offer: 'waitlist.offered',
  decline: 'waitlist.declined',
  lapse: 'waitlist.lapsed',
  leave: 'waitlist.left',
  close: 'waitlist.closed',
} as const satisfies Record<WaitlistEvent, `waitlist.${string}`>

type Change = Partial<Pick<WaitlistEntry, 'offerExpiresAt' | 'enrolmentId' | 'bookingId'>>

/** @throws Refusal `invalid_transition` */
export async function enterState(
  context: Context,
  entry: WaitlistEntry,
  event: WaitlistEvent,
  change: Change = {},
): Promise<WaitlistEntry> {
  const { db, now, emit } = context
  const { id, version } = entry
  const state = nextState(waitlistTransitions, 'waitlist entry', entry.state, event)
  const [changed] = await db
    .update(waitlistEntries)
    .set({ ...change, state, skippedBecause: null, version: version + 1, updatedAt: now })
    .where(isEntry(context, id))
    .returning()
  const data = change.offerExpiresAt ? { offer_expires_at: change.offerExpiresAt.toString() } : {}
  emit({ type: published[event], subject: { kind: 'waitlist', id }, data, at: now })
  return changed!
}

/** The place went on to somebody behind; the position stays. */
export async function noteSkip(context: Context, { id }: WaitlistEntry, because: SkipReason): Promise<void> {
  const { db, now, emit } = context
  await db
    .update(waitlistEntries)
    .set({ skippedBecause: because, updatedAt: now })
    .where(isEntry(context, id))
  emit({ type: 'waitlist.skipped', subject: { kind: 'waitlist', id }, data: { because }, at: now })
}

/** A list that nobody reads to its end helps nobody. */
const MOST_WAITING = 200

export function refuseFullList(waiting: number): void {
  if (waiting < MOST_WAITING) return
  throw new Refusal('quota_exceeded', `${MOST_WAITING} wait already; no list takes more.`, {
    most: MOST_WAITING,
  })
}

function isEntry({ workspace }: Context, id: string) {
  return and(eq(waitlistEntries.workspaceId, workspace.id), eq(waitlistEntries.id, id))
}
