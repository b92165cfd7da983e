/** Locations: where the business is, its zone and its opening hours. The first is made with the workspace. */

import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Workspace } from '../../access/principal.ts'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import { notFound } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { WeeklyHours } from '../availability/hours.ts'
import { refuseOverlaps } from '../availability/overlaps.ts'
import type { Context } from '../context.ts'
import { stale } from './stale.ts'
import { locations } from './tables.ts'
import { officeHours, type SomeDays, wholeWeek } from './week.ts'

const shown = {
  id: locations.id,
  name: locations.name,
  time_zone: locations.timeZone,
  address: locations.address,
  hours: locations.hours,
  status: locations.status,
  version: locations.version,
}

export interface Location {
  id: string
  name: string
  /** IANA. */
  time_zone: string
  address: string | null
  hours: WeeklyHours
  status: 'active' | 'archived'
  version: number
}

/** The oldest first. */
export async function listLocations(
  { db, workspace }: Context,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Page<Location[]>> {
  const after = readCursor(cursor)
  const rows = await db
    .select(shown)
    .from(locations)
    .where(and(eq(locations.workspaceId, workspace.id), after ? gt(locations.id, after) : undefined))
    .orderBy(asc(locations.id))
    .limit(limit + 1)
  return pageOf(rows, limit)
}

export interface NewLocation {
  name: string
  /** Default: the workspace's. */
  time_zone?: string
  address?: string
  /** Default: office hours. */
  hours?: SomeDays
}

/** @throws invalid_input where hours overlap */
export async function createLocation(ctx: Context, asked: NewLocation): Promise<Location> {
  const hours = asked.hours ? wholeWeek(asked.hours) : officeHours()
  refuseOverlaps({ weekly: hours, overrides: [] })
  const [location] = await ctx.db
    .insert(locations)
    .values({
      workspaceId: ctx.workspace.id,
      id: newId(),
      name: asked.name,
      timeZone: asked.time_zone ?? ctx.workspace.timeZone,
      address: asked.address,
      hours,
      createdAt: ctx.now,
    })
    .returning(shown)
  ctx.emit({ type: 'location.created', subject: { kind: 'location', id: location!.id } })
  return location!
}

/** For a workspace that was made in this very call: a business has somewhere to be from its first minute. */
export async function openFirstLocation(ctx: Context, workspace: Workspace): Promise<void> {
  await ctx.enterWorkspace(workspace.id)
  await createLocation({ ...ctx, workspace }, { name: workspace.name })
  await ctx.enterWorkspace(ctx.workspace.id)
}

export interface LocationPatch {
  location_id: string
  version: number
  name?: string
  time_zone?: string
  address?: string | null
}

/** Bookings keep their instants, whatever the zone becomes. @throws not_found, stale_version */
export async function updateLocation(ctx: Context, patch: LocationPatch): Promise<Location> {
  const { location_id: id, version, name, time_zone: timeZone, address } = patch
  const [updated] = await ctx.db
    .update(locations)
    .set({ name, timeZone, address, version: version + 1 })
    .where(and(isLocation(ctx, id), eq(locations.version, version)))
    .returning(shown)
  if (!updated) throw stale('location', (await findLocation(ctx, id)).version, 'list_locations')
  ctx.emit({ type: 'location.updated', subject: { kind: 'location', id } })
  return updated
}

/** Replaces the whole week; bookings outside the new hours stay. @throws not_found, invalid_input where hours overlap */
export async function setLocationHours(
  ctx: Context,
  { location_id: id, hours }: { location_id: string; hours: SomeDays },
): Promise<Location> {
  const weekly = wholeWeek(hours)
  refuseOverlaps({ weekly, overrides: [] })
  const [updated] = await ctx.db
    .update(locations)
    .set({ hours: weekly, version: sql`${locations.version} + 1` })
    .where(isLocation(ctx, id))
    .returning(shown)
  if (!updated) throw notFound('location', ['list_locations'])
  ctx.emit({ type: 'location.hours_changed', subject: { kind: 'location', id } })
  return updated
}

/** @throws not_found */
export async function findLocation(ctx: Context, id: string): Promise<Location> {
  const [location] = await ctx.db.select(shown).from(locations).where(isLocation(ctx, id))
  if (!location) throw notFound('location', ['list_locations'])
  return location
}

function isLocation({ workspace }: Context, id: string) {
  return and(eq(locations.workspaceId, workspace.id), eq(locations.id, id))
}
