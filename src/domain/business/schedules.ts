/** Who works when: each person's own week at each of their locations, or the location's where they have none. */

import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { idText } from '../../catalog/kinds.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { WallInterval, WeeklyHours } from '../availability/hours.ts'
import { refuseOverlaps } from '../availability/overlaps.ts'
import type { Context } from '../context.ts'
import { findLocation } from './locations.ts'
import { schedules, staff } from './tables.ts'
import { type SomeDays, today, wholeWeek } from './week.ts'
import { asDayOverride, findWorkplace, overridesOf, workplacesOf } from './workplaces.ts'

export interface SchedulesAsked {
  location_id?: string
  staff_id?: string
  /** First date of the overrides that are shown; default: today. */
  from?: Temporal.PlainDate
  /** How many dates of them. */
  days: number
  limit: number
  cursor?: string
}

export interface PersonSchedules {
  staff_id: string
  name: string
  schedules: Schedule[]
}

export interface Schedule {
  location_id: string
  /** Whether the week is theirs, and not the location's. */
  own: boolean
  weekly: WeeklyHours
  overrides: { date: Temporal.PlainDate; intervals: WallInterval[] }[]
}

/** Active people in the order in which they came, or one person whatever their status. @throws not_found */
export async function listSchedules(ctx: Context, asked: SchedulesAsked): Promise<Page<PersonSchedules[]>> {
  const { rows: people, nextCursor } = pageOf(await peopleAsked(ctx, asked), asked.limit)
  const ids = people.map(({ id }) => id)
  const from = asked.from ?? today(ctx, ctx.workspace.timeZone)
  const [workplaces, overrides] = await Promise.all([
    workplacesOf(ctx, ids, asked.location_id),
    overridesOf(ctx, ids, from, from.add({ days: asked.days - 1 })),
  ])
  const schedulesOf = (id: string): Schedule[] =>
    workplaces
      .filter(({ staffId }) => staffId === id)
      .map(({ locationId, own, hours }) => ({
        location_id: locationId,
        own: own !== null,
        weekly: own ?? hours,
        overrides: overrides.filter(day => day.staffId === id && day.locationId === locationId),
      }))
  return new Page(
    people.map(({ id, name }) => ({ staff_id: id, name, schedules: schedulesOf(id) })),
    nextCursor,
  )
}

async function peopleAsked(ctx: Context, { staff_id, location_id, limit, cursor }: SchedulesAsked) {
  const after = readCursor(cursor)
  const people = await ctx.db
    .select({ id: staff.id, name: staff.name })
    .from(staff)
    .where(
      and(
        eq(staff.workspaceId, ctx.workspace.id),
        staff_id ? eq(staff.id, staff_id) : eq(staff.status, 'active'),
        after ? gt(staff.id, after) : undefined,
      ),
    )
    .orderBy(asc(staff.id))
    .limit(limit + 1)
  if (staff_id && people.length === 0) throw notFound('staff', ['list_staff'])
  if (location_id) await findLocation(ctx, location_id)
  return people
}

export interface WeekAsked {
  staff_id: string
  location_id: string
  /** null: back to the location's hours. */
  weekly: SomeDays | null
}

/** In full; bookings outside the new hours stay. @throws not_found, invalid_input */
export async function setWeeklySchedule(
  ctx: Context,
  { staff_id: staffId, location_id: locationId, weekly }: WeekAsked,
): Promise<WeekOfPerson> {
  const { hours, zone } = await findWorkplace(ctx, staffId, locationId)
  const own = weekly && wholeWeek(weekly)
  const overrides = await overridesOf(ctx, [staffId], today(ctx, zone))
  const here = overrides.filter(override => override.locationId === locationId)
  refuseOverlaps({ weekly: own ?? hours, overrides: here.map(asDayOverride) })
  await (own ? keep(ctx, { staffId, locationId, weekly: own }) : drop(ctx, staffId, locationId))
  ctx.emit({
    type: 'staff.schedule_changed',
    subject: { kind: 'staff', id: staffId },
    data: { location_id: idText('location', locationId) },
  })
  return { staff_id: staffId, location_id: locationId, own: own !== null, weekly: own ?? hours }
}

/** For a decision that rests on the week as it is now: their own, or the location's. @throws not_found */
export async function weekVersion(
  ctx: Context,
  { staff_id: staffId, location_id: locationId }: Pick<WeekAsked, 'staff_id' | 'location_id'>,
): Promise<string> {
  const { hours } = await findWorkplace(ctx, staffId, locationId)
  const [own] = await ctx.db
    .select({ weekly: schedules.weekly })
    .from(schedules)
    .where(isWeek(ctx, staffId, locationId))
  return JSON.stringify(own?.weekly ?? hours)
}

export interface WeekOfPerson extends Omit<Schedule, 'overrides'> {
  staff_id: string
}

async function keep(
  { db, workspace, now }: Context,
  week: { staffId: string; locationId: string; weekly: WeeklyHours },
): Promise<void> {
  await db
    .insert(schedules)
    .values({ workspaceId: workspace.id, ...week, updatedAt: now })
    .onConflictDoUpdate({
      target: [schedules.workspaceId, schedules.staffId, schedules.locationId],
      set: { weekly: week.weekly, updatedAt: now, version: sql`${schedules.version} + 1` },
    })
}

async function drop(ctx: Context, staffId: string, locationId: string): Promise<void> {
  await ctx.db.delete(schedules).where(isWeek(ctx, staffId, locationId))
}

function isWeek({ workspace }: Context, staffId: string, locationId: string) {
  return and(
    eq(schedules.workspaceId, workspace.id),
    eq(schedules.staffId, staffId),
    eq(schedules.locationId, locationId),
  )
}
