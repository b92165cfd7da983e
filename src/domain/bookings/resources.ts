/**
 * The rooms and equipment of a booking: which it gets, and the units that it takes. A pool's row is locked before its
 * units are counted, so what is counted is what is there; the exclusion constraint on each unit is the guard behind.
 */

import { and, asc, eq, gt, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { LoadedPlan, LoadedPool } from '../availability/load.ts'
import { type Move, type Placed, packInto } from '../availability/packing.ts'
import { counts } from '../availability/plan.ts'
import { shortOf } from '../availability/pools.ts'
import type { Context } from '../context.ts'
import type { Interval } from '../time/local.ts'
import { MOST_OVERLAPPING, type OverlappingBooking, overlappingColumns } from './overlapping.ts'
import { allocations, type BookedNeed, type Booking, bookings, type InstantRange } from './tables.ts'

/** A resource that meets a need. */
export interface ChosenResource {
  pool: LoadedPool
  quantity: number
  /** uuids of all resources that could. */
  choices: string[]
  /** Units of the pool that nobody has for any of the time, as far as the plan has seen. */
  free: string[]
}

interface Wanted {
  serviceId: string
  locationId: string
  moving?: Pick<Booking, 'needs'>
}

/** The resources that might be taken: of the service there, or of the booking that moves. */
export function neededBy({ workspace }: Context, { serviceId, moving }: Wanted): SQL {
  if (moving)
    return sql`(SELECT unnest(${sql.param(moving.needs.flatMap(({ choices }) => choices))}::uuid[]))`
  return sql`(SELECT resource_id FROM service_resources
    WHERE workspace_id = ${workspace.id} AND service_id = ${serviceId})`
}

/** After the people, and in id order: whoever takes both takes them in this order, so no two wait for each other. */
export async function lockResources(context: Context, wanted: Wanted): Promise<void> {
  const { db, workspace } = context
  await db.execute(
    sql`SELECT FROM resources r WHERE r.workspace_id = ${workspace.id} AND r.location_id = ${wanted.locationId}
      AND r.id IN ${neededBy(context, wanted)} ORDER BY r.id FOR NO KEY UPDATE`,
  )
}

/** Of bookings: those that hold a unit of these resources. */
export function holdsUnitOf({ workspace }: Context, resourceIds: SQL): SQL {
  return sql`EXISTS (SELECT FROM allocations a
    WHERE a.workspace_id = ${workspace.id} AND a.booking_id = ${bookings.id} AND a.state = 'held'
      AND a.resource_key IN (SELECT u.id FROM resource_units u
        WHERE u.workspace_id = ${workspace.id} AND u.resource_id IN ${resourceIds}))`
}

/** For each need the first choice that is free for all of the time; a booking that moves stays where it is if it can. */
export function chooseResources(plan: LoadedPlan, time: Interval, moving?: Booking): ChosenResource[] {
  return plan.needs.map(({ quantity, choices, resourceIds }, n) => {
    const inOrder = choices.toSorted(
      (a, b) => Number(isNow(b, moving?.needs[n])) - Number(isNow(a, moving?.needs[n])),
    )
    const pool = inOrder.find(pool => !shortOf(plan, pool, quantity).some(short => overlap(short, time)))!
    const taken = pool.taken.filter(busy => counts(plan, busy) && overlap(busy, time))
    const free = pool.unitIds.filter(id => !taken.some(({ unit }) => unit === id))
    return { pool, quantity, choices: resourceIds, free }
  })
}

/** As the booking keeps it. */
export function needsOf(resources: ChosenResource[]): BookedNeed[] {
  return resources.map(({ pool, quantity, choices }) => ({ resource_id: pool.resourceId, quantity, choices }))
}

function isNow({ resourceId }: LoadedPool, need?: BookedNeed): boolean {
  return resourceId === need?.resource_id
}

/**
 * Units that are free for all of the time. Where there are enough at every moment of it and too few for all of it, who
 * holds the others changes places.
 * @throws Refusal `slot_conflict` where a rival was quicker
 */
export async function unitsOf(
  context: Context,
  { pool, quantity, free }: ChosenResource,
  time: InstantRange,
): Promise<string[]> {
  if (free.length >= quantity) return free.slice(0, quantity)
  const placed = await placedFrom(context, pool.unitIds, time.start)
  const packing = packInto(pool.unitIds, placed, asInterval(time), quantity)
  if (!packing)
    throw new Refusal('slot_conflict', 'This was taken a moment ago.', {}, ['get_available_slots'])
  await changePlaces(context, packing.moves)
  return packing.units
}

/**
 * Whoever holds one of the units at this moment or later. What has lapsed is not among them: it was noted before, or
 * would stand in the way.
 */
export async function placedFrom(
  { db, workspace, now }: Context,
  unitIds: string[],
  from: Temporal.Instant,
): Promise<(Placed & { bookingId: string })[]> {
  const rows = await db
    .select({
      id: allocations.id,
      unit: allocations.resourceKey,
      bookingId: allocations.bookingId,
      startsAt: allocations.startsAt,
      endsAt: allocations.endsAt,
    })
    .from(allocations)
    .where(
      and(
        eq(allocations.workspaceId, workspace.id),
        inArray(allocations.resourceKey, unitIds),
        ne(allocations.state, 'released'), // As `allocations_by_start` says it, which this is looked up in.
        gt(allocations.startsAt, from.subtract({ hours: LONGEST_HOURS })),
        gt(allocations.endsAt, from),
        or(sql`${allocations.lapsesAt} IS NULL`, gt(allocations.lapsesAt, now)),
      ),
    )
  return rows.map(({ startsAt, endsAt, bookingId, ...row }) => ({
    ...row,
    bookingId: bookingId!,
    ...asInterval({ start: startsAt, end: endsAt }),
  }))
}

/** The longest service with both the longest buffers (tools/services/shapes.ts). */
const LONGEST_HOURS = 24 + 8 + 8

/** All leave before anybody arrives, so that the constraint never sees two on one unit. */
export async function changePlaces({ db, workspace }: Context, moves: Move[]): Promise<void> {
  if (moves.length === 0) return
  const ids = sql`${sql.param(moves.map(({ id }) => id))}::uuid[]`
  // In id order, as whoever cancels one of them locks its rows. What was cancelled meanwhile stays so.
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH mine AS (SELECT id FROM allocations
      WHERE workspace_id = ${workspace.id} AND id = ANY(${ids}) AND state = 'held' ORDER BY id FOR UPDATE)
    UPDATE allocations a SET state = 'released' FROM mine
    WHERE a.workspace_id = ${workspace.id} AND a.id = mine.id RETURNING a.id`)
  const leaving = new Set(rows.map(({ id }) => id))
  const arriving = moves.filter(({ id }) => leaving.has(id))
  await db.execute(sql`
    UPDATE allocations a SET state = 'held', resource_key = move.unit
    FROM unnest(${sql.param(arriving.map(({ id }) => id))}::uuid[], ${sql.param(arriving.map(({ to }) => to))}::uuid[]) AS move (id, unit)
    WHERE a.workspace_id = ${workspace.id} AND a.id = move.id`)
}

function asInterval({ start, end }: InstantRange): Interval {
  return { start: start.epochMilliseconds, end: end.epochMilliseconds }
}

function overlap(one: Interval, other: Interval): boolean {
  return one.start < other.end && other.start < one.end
}

/** Bookings to come that hold one of these units, in order of their starts. */
export async function bookingsHolding(context: Context, unitIds: string[]): Promise<OverlappingBooking[]> {
  const { db, workspace, now } = context
  const placed = await placedFrom(context, unitIds, now)
  const ids = [...new Set(placed.map(({ bookingId }) => bookingId))]
  if (ids.length === 0) return []
  return db
    .select(overlappingColumns)
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        inArray(bookings.id, ids),
        inArray(bookings.state, ['pending', 'confirmed', 'arrived']),
      ),
    )
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
    .limit(MOST_OVERLAPPING)
}
