/** Joining a waitlist and leaving it, answering an offer, and being moved up by hand. */

import { and, count, eq, gt, isNull } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { ANY } from '../availability/explain.ts'
import { createBooking } from '../bookings/create.ts'
import { lockCustomer } from '../bookings/customer.ts'
import { locations, services, staff } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import { leftFor, presentLine } from './enrol.ts'
import { addEntry, enterState, entryOf, findEntry, lockEntry, refuseFullList } from './entries.ts'
import { placesLeft, settle } from './line.ts'
import { enrolmentOf, mustSuit, takePlaces } from './places.ts'
import { isFull } from './refusals.ts'
import { lockSession, mustBeComing } from './sessions.ts'
import { hasLapsed, nextState, waitlistTransitions } from './states.ts'
import { alreadyEnrolled, type Session, type WaitlistEntry, waitlistEntries } from './tables.ts'

export interface ClassWish {
  sessionId: string
  customerId: string
  partySize: number
}

/**
 * Joining twice is once.
 * @throws Refusal `not_found`, `already_enrolled`, `quota_exceeded`; `invalid_transition` of a class that has places
 *   left, or is over
 */
export async function joinClassList(context: Context, wish: ClassWish): Promise<WaitlistEntry> {
  const { sessionId, customerId, partySize } = wish
  const session = await lockSession(context, sessionId)
  mustBeComing(session, context.now)
  await mustBeActive(context, customerId)
  const waiting = await entryOf(context, sessionId, customerId)
  if (waiting && !hasLapsed(waiting, context.now)) return waiting
  if (await enrolmentOf(context, sessionId, customerId)) throw alreadyEnrolled()
  const { line } = await settle(context, session)
  if (partySize <= placesLeft(line)) {
    throw new Refusal(
      'invalid_transition',
      'There are places left: enrol them instead.',
      { places_left: placesLeft(line) },
      ['enrol_in_class'],
    )
  }
  refuseFullList(line.waiters.length)
  return addEntry(context, wish)
}

async function mustBeActive({ db, workspace }: Context, id: string): Promise<void> {
  const [customer] = await db
    .select({ status: customers.status })
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), eq(customers.id, id)))
  if (customer?.status !== 'active') throw notFound('customer', ['search_customers'])
}

export interface SlotWish {
  serviceId: string
  locationId: string
  /** Default: anybody. */
  staffId?: string
  /** A start from here on … */
  earliest: Temporal.Instant
  /** … and before this. */
  latest: Temporal.Instant
  customerId: string
}

/** @throws Refusal `not_found`, `invalid_input`, `quota_exceeded` */
export async function joinSlotList(context: Context, wish: SlotWish): Promise<WaitlistEntry> {
  const { serviceId, locationId, staffId, earliest, latest, customerId } = wish
  await mustExist(context, wish)
  await mustBeActive(context, customerId)
  if (Temporal.Instant.compare(earliest, latest) >= 0 || Temporal.Instant.compare(latest, context.now) <= 0)
    throw new Refusal('invalid_input', 'latest: It lies before earliest, or has passed.', { field: 'latest' })
  const waiting = await waitingForSlots(context, wish)
  const same = waiting.find(
    entry =>
      entry.customerId === customerId &&
      entry.staffId === (staffId ?? null) &&
      entry.earliest!.equals(earliest) &&
      entry.latest!.equals(latest),
  )
  if (same) return same
  refuseFullList(waiting.length)
  return addEntry(context, { serviceId, locationId, staffId, earliest, latest, customerId, partySize: 1 })
}

/** The service is locked with it: of two who join, one gets the position after the other. */
async function mustExist(
  { db, workspace }: Context,
  { serviceId, locationId, staffId }: SlotWish,
): Promise<void> {
  const [service] = await db
    .select({ id: services.id })
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), eq(services.id, serviceId)))
    .for('no key update')
  if (!service) throw notFound('service', ['list_services'])
  const [location] = await db
    .select({ id: locations.id })
    .from(locations)
    .where(and(eq(locations.workspaceId, workspace.id), eq(locations.id, locationId)))
  if (!location) throw notFound('location', ['list_locations'])
  if (staffId === undefined) return
  const people = await db
    .select({ count: count() })
    .from(staff)
    .where(and(eq(staff.workspaceId, workspace.id), eq(staff.id, staffId)))
  if (people[0]!.count === 0) throw notFound('staff', ['list_staff'])
}

function waitingForSlots({ db, workspace, now }: Context, { serviceId, locationId }: SlotWish) {
  return db
    .select()
    .from(waitlistEntries)
    .where(
      and(
        eq(waitlistEntries.workspaceId, workspace.id),
        eq(waitlistEntries.serviceId, serviceId),
        eq(waitlistEntries.locationId, locationId),
        isNull(waitlistEntries.sessionId),
        eq(waitlistEntries.state, 'waiting'),
        gt(waitlistEntries.latest, now),
      ),
    )
}

/** An entry with its session, both locked, and all that time has brought about noted. */
async function open(
  context: Context,
  id: string,
): Promise<{ entry: WaitlistEntry; session: Session | null }> {
  const { sessionId } = await findEntry(context, id)
  const session = sessionId === null ? null : await lockSession(context, sessionId)
  if (session) await settle(context, session, false)
  return { entry: await lockEntry(context, id), session }
}

/** Leaving twice is once. What was offered goes on to the next. @throws Refusal `not_found`, `invalid_transition` */
export async function leaveWaitlist(context: Context, id: string): Promise<WaitlistEntry> {
  const { entry, session } = await open(context, id)
  if (entry.state === 'left') return entry
  const left = await enterState(context, entry, 'leave')
  if (session) await settle(context, session)
  return left
}

/**
 * Accepting twice is once.
 * @throws Refusal `hold_expired` at the offer's very deadline or later, `customer_overlap`, `no_entitlement`,
 *   `invalid_transition`, `not_found`
 */
export async function acceptOffer(context: Context, id: string): Promise<WaitlistEntry> {
  const { entry, session } = await open(context, id)
  if (entry.state === 'promoted') return entry
  if (entry.state === 'lapsed') {
    throw new Refusal('hold_expired', 'This offer has lapsed and went on to the next.', {}, ['join_waitlist'])
  }
  nextState(waitlistTransitions, 'waitlist entry', entry.state, 'accept')
  return give(context, session!, entry, 'accept')
}

/** Declining twice is once: the place moves on once. @throws Refusal `invalid_transition`, `not_found` */
export async function declineOffer(context: Context, id: string): Promise<WaitlistEntry> {
  const { entry, session } = await open(context, id)
  if (entry.state === 'declined') return entry
  const declined = await enterState(context, entry, 'decline')
  await settle(context, session!)
  return declined
}

/** By hand: past others, and inside the time in which nobody moves up by themselves. Never into a class that is full. */
export async function promoteEntry(
  context: Context,
  id: string,
  slot: { start?: Temporal.Instant; staffId?: string } = {},
): Promise<WaitlistEntry> {
  const { entry, session } = await open(context, id)
  if (entry.state === 'promoted') return entry
  nextState(waitlistTransitions, 'waitlist entry', entry.state, 'give')
  if (!session) return book(context, entry, slot)
  mustBeComing(session, context.now)
  const left = leftFor(await presentLine(context, session), entry.id)
  if (entry.partySize > left) throw isFull(left)
  return give(context, session, entry, 'give')
}

/** Each promotion consumes one credit, where the customer has one. */
async function give(
  context: Context,
  session: Session,
  entry: WaitlistEntry,
  event: 'give' | 'accept',
): Promise<WaitlistEntry> {
  const { customerId, partySize } = entry
  await lockCustomer(context, customerId)
  await mustSuit(context, session, customerId)
  const taker = { customerId, partySize, given: event === 'give' }
  const { id: enrolmentId } = await takePlaces(context, session, taker)
  return enterState(context, entry, event, { enrolmentId })
}

/** Who waits for a slot gets a booking like any other, by the same rules. */
async function book(
  context: Context,
  entry: WaitlistEntry,
  { start, staffId }: { start?: Temporal.Instant; staffId?: string },
): Promise<WaitlistEntry> {
  if (!start) {
    throw new Refusal(
      'invalid_input',
      'start: Which slot? get_available_slots lists them.',
      { field: 'start' },
      ['get_available_slots'],
    )
  }
  const { id: bookingId } = await createBooking(context, {
    serviceId: entry.serviceId!,
    locationId: entry.locationId!,
    staffId: staffId ?? entry.staffId ?? ANY,
    start,
    customerId: entry.customerId,
  })
  return enterState(context, entry, 'give', { bookingId })
}
