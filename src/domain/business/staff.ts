/** Staff: the people who can be booked, where they work and what they perform. */

import { and, asc, eq, exists, gt, inArray } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { notFound } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { comingSessions, refuseWhileTeaching } from '../classes/sessions.ts'
import type { Context } from '../context.ts'
import { comingBookings, refuseWhileBooked } from './coming.ts'
import { type Money, priceOf } from './prices.ts'
import { stale } from './stale.ts'
import { locations, staff, staffLocations, staffServices } from './tables.ts'

const shown = {
  id: staff.id,
  name: staff.name,
  member_id: staff.memberId,
  colour: staff.colour,
  status: staff.status,
  version: staff.version,
}

export interface Person {
  id: string
  name: string
  /** The member who signs in as this person, if any. */
  member_id: string | null
  /** `#rrggbb`, in calendars. */
  colour: string | null
  status: 'active' | 'deactivated'
  version: number
  location_ids: string[]
  services: Skill[]
}

/** What a person performs; null: as the service says. */
export interface Skill {
  service_id: string
  duration_minutes: number | null
  price: Money | null
}

export interface StaffFilter {
  status: Person['status']
  location_id?: string
  service_id?: string
  limit: number
  cursor?: string
}

/** In the order in which they came. */
export async function listStaff(ctx: Context, filter: StaffFilter): Promise<Page<Person[]>> {
  const { status, location_id, service_id, limit, cursor } = filter
  const after = readCursor(cursor)
  const rows = await ctx.db
    .select(shown)
    .from(staff)
    .where(
      and(
        eq(staff.workspaceId, ctx.workspace.id),
        eq(staff.status, status),
        location_id ? worksAt(ctx, location_id) : undefined,
        service_id ? performs(ctx, service_id) : undefined,
        after ? gt(staff.id, after) : undefined,
      ),
    )
    .orderBy(asc(staff.id))
    .limit(limit + 1)
  const page = pageOf(rows, limit)
  return new Page(await withPlaces(ctx, page.rows), page.nextCursor)
}

function worksAt({ db, workspace }: Context, locationId: string) {
  const own = and(
    eq(staffLocations.workspaceId, workspace.id),
    eq(staffLocations.staffId, staff.id),
    eq(staffLocations.locationId, locationId),
  )
  return exists(db.select().from(staffLocations).where(own))
}

function performs({ db, workspace }: Context, serviceId: string) {
  const own = and(
    eq(staffServices.workspaceId, workspace.id),
    eq(staffServices.staffId, staff.id),
    eq(staffServices.serviceId, serviceId),
  )
  return exists(db.select().from(staffServices).where(own))
}

export interface NewPerson {
  name: string
  member_id?: string
  colour?: string
  /** Default: every active location. */
  location_ids?: string[]
}

/** @throws not_found for a member or a location; invalid_input where the member is somebody else already */
export async function createStaff(ctx: Context, asked: NewPerson): Promise<Person> {
  const id = newId()
  const { name, member_id: memberId, colour } = asked
  const workspaceId = ctx.workspace.id
  await ctx.db.insert(staff).values({ workspaceId, id, name, memberId, colour, createdAt: ctx.now })
  await placeAt(ctx, id, asked.location_ids ?? (await everyLocation(ctx)))
  ctx.emit({ type: 'staff.created', subject: { kind: 'staff', id } })
  return findPerson(ctx, id)
}

async function everyLocation({ db, workspace }: Context): Promise<string[]> {
  const rows = await db
    .select({ id: locations.id })
    .from(locations)
    .where(and(eq(locations.workspaceId, workspace.id), eq(locations.status, 'active')))
  return rows.map(({ id }) => id)
}

export interface PersonPatch {
  staff_id: string
  version: number
  name?: string
  member_id?: string | null
  colour?: string | null
  location_ids?: string[]
  /** Brings a deactivated person back. */
  status?: 'active'
}

/** @throws not_found, stale_version, invalid_input */
export async function updateStaff(ctx: Context, patch: PersonPatch): Promise<Person> {
  const { staff_id: id, version, name, member_id: memberId, colour, status, location_ids } = patch
  const changed = await ctx.db
    .update(staff)
    .set({ name, memberId, colour, status, version: version + 1 })
    .where(and(isPerson(ctx, id), eq(staff.version, version)))
    .returning({ id: staff.id })
  if (changed.length === 0) throw stale('person', await staffVersion(ctx, id), 'list_staff')
  if (location_ids) await placeAt(ctx, id, location_ids)
  ctx.emit({ type: 'staff.updated', subject: { kind: 'staff', id } })
  return findPerson(ctx, id)
}

/** These locations and no other; their schedules elsewhere are kept for the day they come back. */
async function placeAt({ db, workspace }: Context, staffId: string, locationIds: string[]): Promise<void> {
  await db
    .delete(staffLocations)
    .where(and(eq(staffLocations.workspaceId, workspace.id), eq(staffLocations.staffId, staffId)))
  if (locationIds.length === 0) return
  const rows = locationIds.map(locationId => ({ workspaceId: workspace.id, staffId, locationId }))
  await db.insert(staffLocations).values(rows)
}

/**
 * Takes them out of availability; what they did stays. Once more changes nothing.
 * @throws not_found; invalid_transition while they have bookings or classes to come
 */
export async function deactivateStaff(ctx: Context, { staff_id: id }: { staff_id: string }): Promise<Person> {
  // The update locks the row as a booking does (bookings/place.ts): no booking slips in behind the look for bookings.
  const [changed] = await ctx.db
    .update(staff)
    .set({ status: 'deactivated', version: (await staffVersion(ctx, id)) + 1 })
    .where(and(isPerson(ctx, id), eq(staff.status, 'active')))
    .returning({ id: staff.id })
  if (changed) {
    refuseWhileBooked(await comingBookings(ctx, { staffId: id }))
    refuseWhileTeaching(await comingSessions(ctx, id))
    ctx.emit({ type: 'staff.deactivated', subject: { kind: 'staff', id } })
  }
  return findPerson(ctx, id)
}

/** For a confirmation that rests on the person as they are now. @throws not_found */
export async function staffVersion({ db, workspace }: Context, id: string): Promise<number> {
  const [row] = await db.select({ version: staff.version }).from(staff).where(isPerson({ workspace }, id))
  if (!row) throw notFound('staff', ['list_staff'])
  return row.version
}

/** @throws not_found */
export async function findPerson(ctx: Context, id: string): Promise<Person> {
  const [person] = await withPlaces(ctx, await ctx.db.select(shown).from(staff).where(isPerson(ctx, id)))
  if (!person) throw notFound('staff', ['list_staff'])
  return person
}

async function withPlaces<Row extends { id: string }>(ctx: Context, people: Row[]) {
  const ids = people.map(({ id }) => id)
  const [places, skills] = await Promise.all([placesOf(ctx, ids), skillsOf(ctx, ids)])
  return people.map(person => ({
    ...person,
    location_ids: (places.get(person.id) ?? []).map(({ locationId }) => locationId),
    services: (skills.get(person.id) ?? []).map(({ serviceId, durationMinutes, priceAmount }) => ({
      service_id: serviceId,
      duration_minutes: durationMinutes,
      price: priceAmount === null ? null : priceOf(ctx, priceAmount),
    })),
  }))
}

async function placesOf({ db, workspace }: Context, ids: string[]) {
  const rows = await db
    .select()
    .from(staffLocations)
    .where(and(eq(staffLocations.workspaceId, workspace.id), inArray(staffLocations.staffId, ids)))
    .orderBy(asc(staffLocations.locationId))
  return Map.groupBy(rows, ({ staffId }) => staffId)
}

async function skillsOf({ db, workspace }: Context, ids: string[]) {
  const rows = await db
    .select()
    .from(staffServices)
    .where(and(eq(staffServices.workspaceId, workspace.id), inArray(staffServices.staffId, ids)))
    .orderBy(asc(staffServices.serviceId))
  return Map.groupBy(rows, ({ staffId }) => staffId)
}

function isPerson({ workspace }: Pick<Context, 'workspace'>, id: string) {
  return and(eq(staff.workspaceId, workspace.id), eq(staff.id, id))
}
