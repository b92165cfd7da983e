/**
 * Finds a booking its place in time and takes it. The people are locked first, then the rooms and equipment, each in
 * id order, and what fills their time is read after the lock; the exclusion constraint is the guard behind. With 50 rivals for one slot, the
 * constraint alone makes 515 deadlocks in 2,500 tries and 48 s at worst; with the lock none, and 0.13 s.
 */

import { and, count, eq, gt, gte, inArray, lt, ne, or, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { assign } from '../availability/assign.ts'
import { ANY, nobodyPerforms } from '../availability/explain.ts'
import { refuseFirst } from '../availability/findings.ts'
import { type LoadedPerson, type LoadedPlan, loadPlan, partsOf } from '../availability/load.ts'
import { durationOf, occupiedBy, workOf } from '../availability/plan.ts'
import type { Context } from '../context.ts'
import { dayOf, type Interval, localDateOf } from '../time/local.ts'
import { MINUTE } from '../time/zone.ts'
import { lockCustomer } from './customer.ts'
import { expire, lockLapsed } from './expiry.ts'
import { judge } from './judge.ts'
import { notLapsed } from './read.ts'
import { type ChosenResource, chooseResources, holdsUnitOf, lockResources, neededBy } from './resources.ts'
import { type Booking, bookings, type InstantRange, type PayWith } from './tables.ts'

/** Rules that the business may set aside, saying so. That the place is free is none of them. */
export const overridable = ['outside_hours', 'outside_booking_window', 'min_notice'] as const
export type Overridable = (typeof overridable)[number]

/** How the history tells it. */
export function setAside(overrides: readonly Overridable[] = []): Record<string, unknown> {
  return overrides.length > 0 ? { overrides: [...overrides] } : {}
}

export interface Wish {
  serviceId: string
  locationId: string
  /** A person's id, or `any`. */
  staffId: string
  variantId?: string
  addonIds?: string[]
  /** Default: one. */
  partySize?: number
  start: Temporal.Instant
  overrides?: readonly Overridable[]
  /** The booking that moves: it may overlap itself, and keeps its own length and buffers. */
  moving?: Booking
  /** For whom; nobody yet, for a hold. */
  customerId?: string
  /** Default: a package or pass where they have one for it, else later. */
  payWith?: PayWith
}

export interface Place {
  plan: LoadedPlan
  person: LoadedPerson
  service: InstantRange
  /** The person's: all of it, or its parts; with buffers. */
  work: InstantRange[]
  /** From the first minute to the last, with buffers. */
  occupied: InstantRange
  resources: ChosenResource[]
}

/** A place that is free, and locked until the transaction ends. @throws Refusal of the first rule that does not pass */
export async function findPlace(context: Context, wish: Wish): Promise<Place> {
  // Sent together and run in this order: the plan is read after the locks, so it has what a rival has committed.
  const [lapsed, plan] = await Promise.all([lockFor(context, wish), planOf(context, wish)])
  const place = await choose(context, plan, wish)
  for (const booking of lapsed) await expire(context, booking)
  return place
}

/**
 * All that finding this place will lock, and places for the same wish until `last`: who books several times in one
 * transaction locks first, or two of them wait for each other.
 * @returns what has lapsed around then
 */
export async function lockFor(context: Context, wish: Wish, last = wish.start): Promise<Booking[]> {
  const [, , , lapsed] = await Promise.all([
    lockPeople(context, wish),
    lockResources(context, wish),
    wish.customerId && lockCustomer(context, wish.customerId),
    lockLapsed(context, inTheWay(context, wish, last)),
  ])
  return lapsed
}

/** The same place, seen and not taken: for a quote. */
export async function seePlace(context: Context, wish: Wish): Promise<Place> {
  return choose(context, await planOf(context, wish), wish)
}

async function choose(context: Context, loaded: LoadedPlan, wish: Wish): Promise<Place> {
  const { staffId, customerId, payWith, moving, overrides = [] } = wish
  if (staffId === ANY && overrides.length > 0) {
    throw new Refusal('invalid_input', 'staff_id: To set a rule aside, name the person it is set aside for.')
  }
  const plan = asBooked(loaded, moving)
  if (plan.staff.length === 0) throw nobodyPerforms()
  const at = wish.start.epochMilliseconds
  const who = staffId === ANY ? ANY : idText('staff', staffId)
  const { findings, suits } = await judge(context, plan, { who, at, customerId, payWith, moving })
  refuseFirst(findings.filter(({ code }) => !(overrides as readonly string[]).includes(code)))

  const people = plan.staff.filter(suits)
  const [person] = who === ANY ? await byFairness(context, { ...plan, staff: people }, at, moving) : people
  const service = { start: at, end: at + durationOf(plan, person!) }
  const occupied = occupiedBy(plan, service)
  return {
    plan,
    person: person!,
    service: asInstants(service),
    work: workOf(plan, service).map(asInstants),
    occupied: asInstants(occupied),
    resources: chooseResources(plan, occupied, moving),
  }
}

function planOf(
  context: Context,
  { serviceId, locationId, staffId, variantId, addonIds, partySize, start, moving }: Wish,
): Promise<LoadedPlan> {
  const at = start.epochMilliseconds
  const asked = { variantId, addonIds, partySize }
  const booked = moving && {
    variantId: moving.variantId ?? undefined,
    addonIds: moving.addons.map(({ id }) => id),
    booked: { needs: moving.needs },
    ignore: [moving.id],
  }
  return loadPlan(context, {
    serviceId,
    locationId,
    staffId: staffId === ANY ? undefined : staffId,
    range: { start: at, end: at },
    ...(booked ?? asked),
  })
}

/** A booking that moves is as long as it was booked, whatever has become of its service. */
function asBooked(plan: LoadedPlan, moving?: Booking): LoadedPlan {
  if (!moving) return plan
  const durationMinutes = (moving.endsAt.epochMilliseconds - moving.startsAt.epochMilliseconds) / MINUTE
  const { bufferBeforeMinutes, bufferAfterMinutes } = moving
  const buffers = { bufferBeforeMinutes, bufferAfterMinutes }
  return {
    ...plan,
    service: { ...plan.service, active: true, durationMinutes, parts: partsOf(moving.parts), ...buffers },
    staff: plan.staff.map(person => ({ ...person, durationMinutes })),
  }
}

/** Everybody who might take it, in id order, so that no two calls wait for each other. */
async function lockPeople(
  { db, workspace }: Context,
  { staffId, serviceId, locationId }: Wish,
): Promise<void> {
  const who =
    staffId === ANY
      ? sql`s.id IN (SELECT staff_id FROM staff_services WHERE workspace_id = ${workspace.id} AND service_id = ${serviceId})
          AND s.id IN (SELECT staff_id FROM staff_locations WHERE workspace_id = ${workspace.id} AND location_id = ${locationId})`
      : sql`s.id = ${staffId}`
  await db.execute(
    sql`SELECT FROM staff s WHERE s.workspace_id = ${workspace.id} AND ${who} ORDER BY s.id FOR NO KEY UPDATE`,
  )
}

/**
 * What lapsed and could stand in the way only because nobody has swept it away. Of rooms and equipment all that did:
 * who holds them may have to change places with who comes long after.
 */
function inTheWay(context: Context, wish: Wish, last: Temporal.Instant) {
  const { staffId, start } = wish
  const ofPeople = and(
    staffId === ANY ? undefined : eq(bookings.staffId, staffId),
    gt(bookings.startsAt, start.subtract({ hours: REACH_HOURS })),
    lt(bookings.startsAt, last.add({ hours: REACH_HOURS })),
  )
  return or(ofPeople, holdsUnitOf(context, neededBy(context, wish)))
}

/** The longest service and both the longest buffers (tools/services/shapes.ts): starts further apart never collide. */
const REACH_HOURS = 24 + 8 + 8

/** Everybody who can take this start, the first choice first. */
async function byFairness(
  context: Context,
  plan: LoadedPlan,
  at: number,
  moving?: Booking,
): Promise<LoadedPerson[]> {
  const { db, workspace, now } = context
  const day = asInstants(dayOf(localDateOf(at, plan.zone), plan.zone))
  const ids = plan.staff.map(({ staffId }) => staffId)
  const rows = await db
    .select({ staffId: bookings.staffId, load: count() })
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        inArray(bookings.staffId, ids),
        inArray(bookings.state, ['hold', 'pending', 'confirmed', 'arrived', 'completed', 'no_show']),
        notLapsed(now),
        gte(bookings.startsAt, day.start),
        lt(bookings.startsAt, day.end),
        moving && ne(bookings.id, moving.id),
      ),
    )
    .groupBy(bookings.staffId)
  const load = new Map(rows.map(({ staffId, load }) => [idText('staff', staffId), load]))
  return assign(plan, at, load).map(chosen => plan.staff.find(({ id }) => id === chosen)!)
}

function asInstants({ start, end }: Interval): InstantRange {
  return {
    start: Temporal.Instant.fromEpochMilliseconds(start),
    end: Temporal.Instant.fromEpochMilliseconds(end),
  }
}
