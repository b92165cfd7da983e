/** Absences. One takes slots away wherever the person works, and never a booking. */

import { and, desc, eq, gt, lt } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { bookingsOverlapping, type OverlappingBooking } from '../bookings/overlapping.ts'
import type { Context } from '../context.ts'
import { dayOf, localTimeOf } from '../time/local.ts'
import { staffVersion } from './staff.ts'
import { staff, timeOff } from './tables.ts'
import { findWorkplace, workplacesOf } from './workplaces.ts'

const columns = {
  id: timeOff.id,
  staff_id: timeOff.staffId,
  starts_at: timeOff.startsAt,
  ends_at: timeOff.endsAt,
  reason: timeOff.reason,
}

interface Row {
  id: string
  staff_id: string
  starts_at: Temporal.Instant
  ends_at: Temporal.Instant
  reason: string | null
}

/** With both ends as clocks show them where the person works. */
export interface TimeOff extends Row {
  local_starts_at: string
  local_ends_at: string
  time_zone: string
}

export interface TimeOffFilter {
  staff_id?: string
  /** Default: now, so that what is over is left out. */
  from?: Temporal.Instant
  until?: Temporal.Instant
  limit: number
  cursor?: string
}

/** What touches the range, the newest entry first. */
export async function listTimeOff(ctx: Context, filter: TimeOffFilter): Promise<Page<TimeOff[]>> {
  const { staff_id, from = ctx.now, until, limit, cursor } = filter
  if (staff_id) await staffVersion(ctx, staff_id)
  const after = readCursor(cursor)
  const rows = await ctx.db
    .select(columns)
    .from(timeOff)
    .where(
      and(
        eq(timeOff.workspaceId, ctx.workspace.id),
        staff_id ? eq(timeOff.staffId, staff_id) : undefined,
        gt(timeOff.endsAt, from),
        until ? lt(timeOff.startsAt, until) : undefined,
        after ? lt(timeOff.id, after) : undefined,
      ),
    )
    .orderBy(desc(timeOff.id))
    .limit(limit + 1)
  const page = pageOf(rows, limit)
  return new Page(await withLocalTimes(ctx, page.rows), page.nextCursor)
}

async function withLocalTimes(ctx: Context, rows: Row[]): Promise<TimeOff[]> {
  const staffIds = [...new Set(rows.map(row => row.staff_id))]
  const workplaces = await workplacesOf(ctx, staffIds)
  return rows.map(row => {
    const zone = workplaces.find(({ staffId }) => staffId === row.staff_id)?.zone ?? ctx.workspace.timeZone
    const local = (at: Temporal.Instant) => localTimeOf(at.epochMilliseconds, zone)
    return {
      ...row,
      local_starts_at: local(row.starts_at),
      local_ends_at: local(row.ends_at),
      time_zone: zone,
    }
  })
}

export interface TimeOffAsked {
  staff_id: string
  /** A date means all of it; both ends are inclusive then. */
  from: Temporal.PlainDate | Temporal.Instant
  to: Temporal.PlainDate | Temporal.Instant
  /** Whose dates these are; default: where the person works. */
  location_id?: string
  reason?: string
}

/**
 * @returns the absence, and the bookings that stand in it: they stay until somebody moves or cancels them
 * @throws not_found, invalid_input
 */
export async function createTimeOff(
  ctx: Context,
  asked: TimeOffAsked,
): Promise<TimeOff & { conflicting_bookings: OverlappingBooking[] }> {
  const { staff_id: staffId, reason } = asked
  await lockPerson(ctx, staffId)
  const { from, until } = await periodOf(ctx, asked)
  const inserted = await ctx.db
    .insert(timeOff)
    .values({
      workspaceId: ctx.workspace.id,
      id: newId(),
      staffId,
      startsAt: from,
      endsAt: until,
      reason,
      createdAt: ctx.now,
    })
    .returning(columns)
  const [entry] = await withLocalTimes(ctx, inserted)
  ctx.emit({ type: 'time_off.created', subject: { kind: 'timeoff', id: entry!.id } })
  return { ...entry!, conflicting_bookings: await bookingsOverlapping(ctx, { staffId, from, until }) }
}

/** As a booking does (bookings/place.ts): one that is being made is either listed here or refused there. */
async function lockPerson({ db, workspace }: Context, id: string): Promise<void> {
  const locked = await db
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.workspaceId, workspace.id), eq(staff.id, id)))
    .for('no key update')
  if (locked.length === 0) throw notFound('staff', ['list_staff'])
}

async function periodOf(ctx: Context, asked: TimeOffAsked) {
  const { from: first, to: last } = asked
  const hasDates = first instanceof Temporal.PlainDate || last instanceof Temporal.PlainDate
  const zone = hasDates || asked.location_id ? await zoneOf(ctx, asked) : ctx.workspace.timeZone
  const from = first instanceof Temporal.PlainDate ? edgeOf(first, zone, 'start') : first
  const until = last instanceof Temporal.PlainDate ? edgeOf(last, zone, 'end') : last
  if (Temporal.Instant.compare(from, until) >= 0) {
    throw new Refusal('invalid_input', 'Time off ends after it begins.', { field: 'to' })
  }
  if (Temporal.Instant.compare(from.add({ hours: LONGEST_HOURS }), until) < 0) {
    throw new Refusal(
      'invalid_input',
      'Time off is at most five years; deactivate who has left.',
      { field: 'to' },
      ['deactivate_staff'],
    )
  }
  return { from, until }
}

const LONGEST_HOURS = 5 * 366 * 24

/** One zone for whole dates, or the caller says which. */
async function zoneOf(ctx: Context, { staff_id, location_id }: TimeOffAsked): Promise<string> {
  if (location_id) return (await findWorkplace(ctx, staff_id, location_id)).zone
  const zones = new Set((await workplacesOf(ctx, [staff_id])).map(({ zone }) => zone))
  if (zones.size > 1) {
    throw new Refusal(
      'invalid_input',
      'This person works in more than one time zone: say whose dates these are by location_id.',
      { field: 'location_id', time_zones: [...zones] },
      ['list_locations'],
    )
  }
  return [...zones][0] ?? ctx.workspace.timeZone
}

function edgeOf(date: Temporal.PlainDate, zone: string, edge: 'start' | 'end'): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(dayOf(date.toString(), zone)[edge])
}

/** Gives the slots back. @returns what it was @throws not_found */
export async function deleteTimeOff(
  ctx: Context,
  { timeoff_id: id }: { timeoff_id: string },
): Promise<TimeOff> {
  const removed = await ctx.db.delete(timeOff).where(isEntry(ctx, id)).returning(columns)
  if (removed.length === 0) throw notFound('timeoff', ['list_time_off'])
  ctx.emit({ type: 'time_off.deleted', subject: { kind: 'timeoff', id } })
  const [entry] = await withLocalTimes(ctx, removed)
  return entry!
}

/** For a confirmation: an entry never changes, it is there or not. @throws not_found */
export async function timeOffVersion(ctx: Context, id: string): Promise<number> {
  const [row] = await ctx.db.select({ id: timeOff.id }).from(timeOff).where(isEntry(ctx, id))
  if (!row) throw notFound('timeoff', ['list_time_off'])
  return 1
}

function isEntry({ workspace }: Context, id: string) {
  return and(eq(timeOff.workspaceId, workspace.id), eq(timeOff.id, id))
}
