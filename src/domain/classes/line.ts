/**
 * Who waits for a session, and to whom its places go. A freed place goes to the first who can take it, given or, where
 * the session says so, offered until a deadline; who cannot keeps their position, and is told why.
 *
 * What is due is first foreseen, as reading shows it, and then noted, as of the instants at which it came about: asking
 * late gives the same answer, whether or not anybody was there to note it.
 */

import { and, asc, eq, inArray, lte, min } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { customerSide } from '../bookings/customer.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import { type DueWork, wakeAt } from '../due-work.ts'
import { creditFor } from '../entitlements/credits.ts'
import { enterState, noteSkip } from './entries.ts'
import { placesTaken, takePlaces, timeOf, visitOf } from './places.ts'
import { lockSession } from './sessions.ts'
import { hasLapsed, live } from './states.ts'
import { type Session, type SkipReason, type WaitlistEntry, waitlistEntries } from './tables.ts'

export interface Line {
  session: Session
  /** Places of those who are enrolled. */
  enrolled: number
  /** Who still wants one, in order of acceptance. */
  waiters: Waiter[]
}

export interface Waiter extends WaitlistEntry {
  customerActive: boolean
  customerBlocked: boolean
}

/** One thing that comes about. */
export type Step = { waiter: Waiter; at: Temporal.Instant } & (
  | { event: 'lapse' }
  | { event: 'give' }
  | { event: 'offer'; until: Temporal.Instant }
  | { event: 'skip'; because: SkipReason }
)

export async function lineOf(context: Context, session: Session): Promise<Line> {
  const { db, workspace } = context
  const rows = await db
    .select({ entry: waitlistEntries, status: customers.status, customerBlocked: customers.blocked })
    .from(waitlistEntries)
    .innerJoin(
      customers,
      and(
        eq(customers.workspaceId, waitlistEntries.workspaceId),
        eq(customers.id, waitlistEntries.customerId),
      ),
    )
    .where(
      and(
        eq(waitlistEntries.workspaceId, workspace.id),
        eq(waitlistEntries.sessionId, session.id),
        inArray(waitlistEntries.state, [...live]),
      ),
    )
    .orderBy(asc(waitlistEntries.position))
  const waiters = rows.map(({ entry, status, customerBlocked }) => ({
    ...entry,
    customerActive: status === 'active',
    customerBlocked,
  }))
  return { session, enrolled: await placesTaken(context, session.id), waiters }
}

/** What is offered is kept. Below zero where the capacity was lowered. */
export function placesLeft({ session, enrolled, waiters }: Line): number {
  const offered = waiters.filter(({ state }) => state === 'offered')
  return session.capacity - enrolled - offered.reduce((sum, { partySize }) => sum + partySize, 0)
}

export interface Foreseen {
  steps: Step[]
  /** The line after them. */
  line: Line
}

/**
 * What has come about by `now` and is not noted: offers that lapsed, each going on to the next at its own instant.
 * @param fill also, who can take what is free at `now`
 */
export async function foresee(context: Context, before: Line, fill = false): Promise<Foreseen> {
  const steps: Step[] = []
  let line = before
  const go = (step: Step) => {
    steps.push(step)
    line = after(line, step)
  }
  for (;;) {
    const waiter = firstLapsed(line, context.now)
    if (!waiter) break
    const at = waiter.offerExpiresAt!
    go({ waiter, at, event: 'lapse' })
    for (const step of await filling({ ...context, now: at }, line)) go(step)
  }
  if (fill) for (const step of await filling(context, line)) go(step)
  return { steps, line }
}

function firstLapsed({ waiters }: Line, now: Temporal.Instant): Waiter | undefined {
  const lapsed = waiters.filter(waiter => hasLapsed(waiter, now))
  return lapsed.sort((a, b) => Temporal.Instant.compare(a.offerExpiresAt!, b.offerExpiresAt!))[0]
}

function after(line: Line, step: Step): Line {
  const { waiter, event } = step
  const { session, enrolled } = line
  const others = line.waiters.filter(({ id }) => id !== waiter.id)
  if (event === 'lapse') return { ...line, waiters: others }
  if (event === 'give') return { session, enrolled: enrolled + waiter.partySize, waiters: others }
  const changed: Waiter =
    event === 'offer'
      ? {
          ...waiter,
          state: 'offered',
          offerExpiresAt: step.until,
          skippedBecause: null,
          version: waiter.version + 1,
        }
      : { ...waiter, skippedBecause: step.because }
  return { ...line, waiters: line.waiters.map(other => (other.id === waiter.id ? changed : other)) }
}

async function filling(context: Context, line: Line): Promise<Step[]> {
  const { session, waiters } = line
  const at = context.now
  if (!movesUp(session, at)) return []
  const steps: Step[] = []
  let left = placesLeft(line)
  for (const waiter of waiters.filter(({ state }) => state === 'waiting')) {
    if (left <= 0) break
    const because = await obstacleOf(context, session, waiter, left)
    if (because) {
      if (waiter.skippedBecause !== because) steps.push({ waiter, at, event: 'skip', because })
      continue
    }
    left -= waiter.partySize
    steps.push({ waiter, at, ...(offerOf(session, at) ?? { event: 'give' }) })
  }
  return steps
}

/** Nobody is moved up by themselves inside the last `waitlist_close_minutes`: there a place is whose who books first. */
export function movesUp({ state, startsAt, waitlistCloseMinutes }: Session, at: Temporal.Instant): boolean {
  const closes = startsAt.subtract({ minutes: waitlistCloseMinutes })
  return (
    state === 'scheduled' &&
    Temporal.Instant.compare(at, closes) <= 0 &&
    Temporal.Instant.compare(at, startsAt) < 0
  )
}

/** null where the session gives. An offer is over when the class begins. */
function offerOf({ offerMinutes, startsAt }: Session, at: Temporal.Instant) {
  if (offerMinutes === null) return null
  const until = at.add({ minutes: offerMinutes })
  return { event: 'offer', until: Temporal.Instant.compare(until, startsAt) < 0 ? until : startsAt } as const
}

async function obstacleOf(
  context: Context,
  session: Session,
  { customerId, customerActive, customerBlocked, partySize }: Waiter,
  left: number,
): Promise<SkipReason | null> {
  if (!customerActive) return 'customer_inactive'
  if (customerBlocked) return 'customer_blocked'
  if (partySize > left) return 'party_too_large'
  const { finding } = await customerSide(context, customerId, [timeOf(session)])
  if (!finding.passed) return 'customer_overlap'
  const visit = visitOf(session, customerId)
  if (session.requiresEntitlement && !(await creditFor(context, visit))) return 'no_entitlement'
  return null
}

/**
 * Notes what has come about, and moves up whoever can take what is free.
 * @param session locked
 * @param fill false: only what time has brought about
 */
export async function settle(context: Context, session: Session, fill = true): Promise<Foreseen> {
  const line = await lineOf(context, session)
  const due = firstLapsed(line, context.now) || (fill && placesLeft(line) > 0 && line.waiters.length > 0)
  if (!due) return { steps: [], line }
  await lockCustomers(context, line)
  const foreseen = await foresee(context, line, fill)
  for (const step of foreseen.steps) await note({ ...context, now: step.at }, session, step)
  return foreseen
}

/** In id order: of two calls that need some of the same, one waits for the other, and not both. */
async function lockCustomers({ db, workspace }: Context, { waiters }: Line): Promise<void> {
  const ids = waiters.map(({ customerId }) => customerId)
  await db
    .select({ id: customers.id })
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), inArray(customers.id, ids)))
    .orderBy(asc(customers.id))
    .for('no key update')
}

async function note(context: Context, session: Session, step: Step): Promise<void> {
  const { waiter } = step
  switch (step.event) {
    case 'lapse':
      return void (await enterState(context, waiter, 'lapse'))
    case 'skip':
      return noteSkip(context, waiter, step.because)
    case 'offer':
      await enterState(context, waiter, 'offer', { offerExpiresAt: step.until })
      return wakeAt(context, step.until)
    case 'give': {
      const { customerId, partySize } = waiter
      const { id: enrolmentId } = await takePlaces(context, session, { customerId, partySize, given: true })
      await enterState(context, waiter, 'give', { enrolmentId })
    }
  }
}

export const classOffers: DueWork = {
  name: 'waitlist_offer',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(waitlistEntries.offerExpiresAt) })
      .from(waitlistEntries)
      .where(
        and(
          eq(waitlistEntries.workspaceId, workspace.id),
          eq(waitlistEntries.state, 'offered'),
          lte(waitlistEntries.offerExpiresAt, until),
        ),
      )
    return row?.at ?? null
  },

  async run(context) {
    const { db, workspace, now } = context
    const due = await db
      .selectDistinct({ sessionId: waitlistEntries.sessionId })
      .from(waitlistEntries)
      .where(
        and(
          eq(waitlistEntries.workspaceId, workspace.id),
          eq(waitlistEntries.state, 'offered'),
          lte(waitlistEntries.offerExpiresAt, now),
        ),
      )
      .orderBy(asc(waitlistEntries.sessionId))
    for (const { sessionId } of due) await settle(context, await lockSession(context, sessionId!), false)
    return due.length
  },
}
