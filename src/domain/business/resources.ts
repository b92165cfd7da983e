/** Rooms and equipment: what a location has, and how many of it. Which service needs which is in `needs.ts`. */

import { and, asc, count, eq, gt, inArray, sql } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { type Placed, packTighter } from '../availability/packing.ts'
import { expire, lockLapsed } from '../bookings/expiry.ts'
import type { OverlappingBooking } from '../bookings/overlapping.ts'
import { bookingsHolding, changePlaces, holdsUnitOf, placedFrom } from '../bookings/resources.ts'
import type { Context } from '../context.ts'
import { stale } from './stale.ts'
import { resources, resourceUnits } from './tables.ts'

const columns = {
  id: resources.id,
  location_id: resources.locationId,
  name: resources.name,
  status: resources.status,
  version: resources.version,
}

export interface Resource {
  id: string
  location_id: string
  name: string
  /** How many alike: one is a room, more are a pool. */
  units: number
  status: 'active' | 'archived'
  version: number
}

export interface ResourceFilter {
  status: Resource['status']
  location_id?: string
  limit: number
  cursor?: string
}

/** In the order in which they were made. */
export async function listResources(ctx: Context, filter: ResourceFilter): Promise<Page<Resource[]>> {
  const { status, location_id, limit, cursor } = filter
  const after = readCursor(cursor)
  const rows = await ctx.db
    .select(columns)
    .from(resources)
    .where(
      and(
        eq(resources.workspaceId, ctx.workspace.id),
        eq(resources.status, status),
        location_id === undefined ? undefined : eq(resources.locationId, location_id),
        after ? gt(resources.id, after) : undefined,
      ),
    )
    .orderBy(asc(resources.id))
    .limit(limit + 1)
  const page = pageOf(rows, limit)
  return new Page(await withUnits(ctx, page.rows), page.nextCursor)
}

export interface NewResource {
  location_id: string
  name: string
  units: number
}

/** @throws not_found for the location */
export async function createResource(
  ctx: Context,
  { location_id, name, units }: NewResource,
): Promise<Resource> {
  const id = newId()
  await ctx.db
    .insert(resources)
    .values({ workspaceId: ctx.workspace.id, id, locationId: location_id, name, createdAt: ctx.now })
  await addUnits(ctx, id, units)
  ctx.emit({ type: 'resource.created', subject: { kind: 'resource', id } })
  return findResource(ctx, id)
}

export interface ResourcePatch {
  resource_id: string
  version: number
  name?: string
  units?: number
  /** Brings an archived resource back. */
  status?: 'active'
}

/** Fewer units only where all that is booked fits into those left. @throws not_found, stale_version, invalid_transition */
export async function updateResource(ctx: Context, patch: ResourcePatch): Promise<Resource> {
  const { resource_id: id, version, name, units, status } = patch
  const [row] = await ctx.db // Locks it, as whoever books it does.
    .update(resources)
    .set({ name, status, version: version + 1 })
    .where(and(isResource(ctx, id), eq(resources.version, version)))
    .returning({ id: resources.id })
  if (!row) throw stale('resource', await resourceVersion(ctx, id), 'list_resources')
  const has = await unitIdsOf(ctx, id)
  if (units !== undefined && units > has.length) await addUnits(ctx, id, units - has.length)
  if (units !== undefined && units < has.length) await removeUnits(ctx, id, has, has.length - units)
  ctx.emit({ type: 'resource.updated', subject: { kind: 'resource', id } })
  return findResource(ctx, id)
}

async function addUnits({ db, workspace }: Context, resourceId: string, units: number): Promise<void> {
  const rows = Array.from({ length: units }, () => ({ workspaceId: workspace.id, id: newId(), resourceId }))
  await db.insert(resourceUnits).values(rows)
}

/** Those least used; who holds them goes to the others. */
async function removeUnits(ctx: Context, id: string, has: string[], fewer: number): Promise<void> {
  const { db, workspace, now } = ctx
  for (const booking of await lockLapsed(ctx, holdsUnitOf(ctx, sql`(${id})`))) await expire(ctx, booking)
  const placed = await placedFrom(ctx, has, now)
  const uses = (unit: string) => placed.filter(one => one.unit === unit).length
  const leaving = has.toSorted((a, b) => uses(a) - uses(b)).slice(0, fewer)
  const staying = has.filter(unit => !leaving.includes(unit))
  const { tooMany, ...packing } = { moves: [], ...packTighter(staying, placed) }
  if (tooMany) throw tooManyBooked(tooMany as typeof placed, staying.length)
  await changePlaces(ctx, packing.moves)
  await db
    .delete(resourceUnits)
    .where(and(eq(resourceUnits.workspaceId, workspace.id), inArray(resourceUnits.id, leaving)))
}

function tooManyBooked(then: (Placed & { bookingId: string })[], units: number): Refusal {
  const at = new Date(Math.max(...then.map(({ start }) => start))).toISOString()
  return new Refusal(
    'invalid_transition',
    `units: ${then.length} are booked at once at ${at}, more than ${units}. Move or cancel some of those first.`,
    { at, bookings: [...new Set(then.map(({ bookingId }) => idText('booking', bookingId)))] },
    ['reschedule_booking', 'cancel_booking'],
  )
}

/** No longer to be booked; bookings that have it keep it. Once more changes nothing. @throws not_found */
export async function archiveResource(
  ctx: Context,
  { resource_id: id }: { resource_id: string },
): Promise<Resource & { bookings: OverlappingBooking[] }> {
  const [changed] = await ctx.db
    .update(resources)
    .set({ status: 'archived', version: sql`${resources.version} + 1` })
    .where(and(isResource(ctx, id), eq(resources.status, 'active')))
    .returning({ id: resources.id })
  if (changed) ctx.emit({ type: 'resource.archived', subject: { kind: 'resource', id } })
  const resource = await findResource(ctx, id)
  return { ...resource, bookings: await bookingsHolding(ctx, await unitIdsOf(ctx, id)) }
}

/** The archived too. @throws not_found */
export async function findResource(ctx: Context, id: string): Promise<Resource> {
  const [row] = await withUnits(ctx, await ctx.db.select(columns).from(resources).where(isResource(ctx, id)))
  if (!row) throw notFound('resource', ['list_resources'])
  return row
}

/** For a confirmation that rests on the resource as it is now. @throws not_found */
export async function resourceVersion(ctx: Context, id: string): Promise<number> {
  return (await findResource(ctx, id)).version
}

async function withUnits<Row extends { id: string }>(
  { db, workspace }: Context,
  rows: Row[],
): Promise<(Row & { units: number })[]> {
  if (rows.length === 0) return []
  const counted = await db
    .select({ id: resourceUnits.resourceId, units: count() })
    .from(resourceUnits)
    .where(
      and(
        eq(resourceUnits.workspaceId, workspace.id),
        inArray(
          resourceUnits.resourceId,
          rows.map(({ id }) => id),
        ),
      ),
    )
    .groupBy(resourceUnits.resourceId)
  const unitsOf = new Map(counted.map(({ id, units }) => [id, units]))
  return rows.map(row => ({ ...row, units: unitsOf.get(row.id) ?? 0 }))
}

async function unitIdsOf({ db, workspace }: Context, resourceId: string): Promise<string[]> {
  const rows = await db
    .select({ id: resourceUnits.id })
    .from(resourceUnits)
    .where(and(eq(resourceUnits.workspaceId, workspace.id), eq(resourceUnits.resourceId, resourceId)))
    .orderBy(asc(resourceUnits.id))
  return rows.map(({ id }) => id)
}

function isResource({ workspace }: Context, id: string) {
  return and(eq(resources.workspaceId, workspace.id), eq(resources.id, id))
}
