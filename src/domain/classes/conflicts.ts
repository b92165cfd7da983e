/** What stands in the way of a class at a time: instructor or room are taken, the one is away, or the location is closed. */

import { and, asc, between, eq, gt, inArray, lt, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { allocations, type InstantRange } from '../bookings/tables.ts'
import { locationClosures, resourceUnits, timeOff } from '../business/tables.ts'
import { externalBusy } from '../calendar/tables.ts'
import type { Context } from '../context.ts'
import { localDateOf, localTimeOf } from '../time/local.ts'
import type { Session } from './tables.ts'
import { occupiedBy, REACH_HOURS, sweepAway } from './teaching.ts'

export const conflictKinds = ['taken', 'room_taken', 'time_off', 'closed'] as const
export type ConflictKind = (typeof conflictKinds)[number]

export interface Conflict {
  kind: ConflictKind
  /** The start on the clock of the location. */
  local: string
}

type Wanted = Pick<
  Session,
  'staffId' | 'roomId' | 'locationId' | 'startsAt' | 'endsAt' | 'bufferBeforeMinutes' | 'bufferAfterMinutes'
>

/** What is asked about one session after the other; what found its place stands in the way of the next. */
export interface Calendar {
  zone: string
  conflictOf(wanted: Wanted): Conflict | null
  /** @returns whose time it takes: the instructor's, and that of a unit of its room */
  place(wanted: Wanted): string[]
}

/**
 * Of these people around these times, at one location. They are locked.
 * @param moving sessions whose present time does not count
 */
export async function calendarOf(
  context: Context,
  { locationId, zone }: { locationId: string; zone: string },
  wanted: Wanted[],
  moving: string[] = [],
): Promise<Calendar> {
  const staffIds = [...new Set(wanted.map(({ staffId }) => staffId))]
  const roomIds = [...new Set(wanted.flatMap(({ roomId }) => roomId ?? []))]
  const span = spanOf(wanted)
  if (staffIds.length > 0) await sweepAway(context, { staffIds, roomIds }, span)
  const units = await unitsOf(context, roomIds)
  const keys = [...staffIds, ...[...units.values()].flat()]
  const own = new Set(moving)
  const taken = (await takenOf(context, keys, span)).filter(({ sessionId }) => !own.has(sessionId ?? ''))
  taken.push(...(await elsewhereOf(context, staffIds, span)))
  const away = await awayOf(context, staffIds, span)
  const closed = await closedOn(context, { locationId, zone }, span)
  const unitFor = (session: Wanted) => {
    const occupied = occupiedBy(session)
    return (units.get(session.roomId ?? '') ?? []).find(unit => !overlaps(taken, unit, occupied))
  }
  const kindOf = (session: Wanted): ConflictKind | null => {
    const { staffId, startsAt, endsAt, roomId } = session
    if (closed.has(dateOf(startsAt, zone))) return 'closed'
    if (overlaps(away, staffId, { start: startsAt, end: endsAt })) return 'time_off'
    if (overlaps(taken, staffId, occupiedBy(session))) return 'taken'
    return roomId && !unitFor(session) ? 'room_taken' : null
  }
  return {
    zone,
    conflictOf(session) {
      const kind = kindOf(session)
      if (!kind) return null
      return { kind, local: localTimeOf(session.startsAt.epochMilliseconds, zone).slice(0, 16) }
    },
    place(session) {
      const unit = unitFor(session)
      const places = unit ? [session.staffId, unit] : [session.staffId]
      for (const key of places) taken.push({ key, ...occupiedBy(session), sessionId: null })
      return places
    },
  }
}

function overlaps(times: Busy[], key: string, range: InstantRange): boolean {
  return times.some(
    busy =>
      busy.key === key &&
      Temporal.Instant.compare(busy.start, range.end) < 0 &&
      Temporal.Instant.compare(range.start, busy.end) < 0,
  )
}

/** Of each room; most are one. */
async function unitsOf({ db, workspace }: Context, roomIds: string[]): Promise<Map<string, string[]>> {
  if (roomIds.length === 0) return new Map()
  const rows = await db
    .select({ id: resourceUnits.id, roomId: resourceUnits.resourceId })
    .from(resourceUnits)
    .where(and(eq(resourceUnits.workspaceId, workspace.id), inArray(resourceUnits.resourceId, roomIds)))
    .orderBy(asc(resourceUnits.id))
  const ofRoom = Map.groupBy(rows, ({ roomId }) => roomId)
  return new Map([...ofRoom].map(([roomId, units]) => [roomId, units.map(({ id }) => id)]))
}

const words = {
  taken: 'the instructor is taken',
  room_taken: 'the room is taken',
  time_off: 'the instructor is away',
  closed: 'the location is closed',
} satisfies Record<ConflictKind, string>

/** Refuses with the first, and names them. */
export function refuseConflicts(conflicts: Conflict[]): void {
  const [first] = conflicts
  if (!first) return
  const others = conflicts.length > 1 ? `, and at ${conflicts.length - 1} other times there is something` : ''
  throw new Refusal(
    first.kind.endsWith('taken') ? 'slot_conflict' : 'outside_hours',
    `At ${first.local.replace('T', ' ')} ${words[first.kind]}${others}.`,
    { conflicts: conflicts.slice(0, MOST_NAMED).map(({ kind, local }) => ({ kind, local })) },
    ['get_available_slots'],
  )
}

/** Agents pay for every word. */
const MOST_NAMED = 50

interface Busy extends InstantRange {
  /** A person's id, or a unit's of a room. */
  key: string
  sessionId: string | null
}

function spanOf(wanted: Wanted[]): InstantRange {
  const start = Math.min(...wanted.map(({ startsAt }) => startsAt.epochMilliseconds))
  const end = Math.max(...wanted.map(({ endsAt }) => endsAt.epochMilliseconds))
  const from = (at: number) => Temporal.Instant.fromEpochMilliseconds(Number.isFinite(at) ? at : 0)
  return { start: from(start), end: from(end) }
}

async function takenOf(
  { db, workspace }: Context,
  keys: string[],
  { start, end }: InstantRange,
): Promise<Busy[]> {
  const rows = await db
    .select({
      key: allocations.resourceKey,
      start: allocations.startsAt,
      end: allocations.endsAt,
      sessionId: allocations.sessionId,
    })
    .from(allocations)
    .where(
      and(
        eq(allocations.workspaceId, workspace.id),
        inArray(allocations.resourceKey, keys),
        sql`${allocations.state} <> 'released'`, // The condition of the index `allocations_by_start`.
        gt(allocations.startsAt, start.subtract({ hours: REACH_HOURS })),
        lt(allocations.startsAt, end.add({ hours: REACH_HOURS })),
      ),
    )
  return rows
}

async function awayOf(
  { db, workspace }: Context,
  staffIds: string[],
  { start, end }: InstantRange,
): Promise<Busy[]> {
  const rows = await db
    .select({ key: timeOff.staffId, start: timeOff.startsAt, end: timeOff.endsAt })
    .from(timeOff)
    .where(
      and(
        eq(timeOff.workspaceId, workspace.id),
        inArray(timeOff.staffId, staffIds),
        gt(timeOff.endsAt, start),
        lt(timeOff.startsAt, end),
      ),
    )
  return rows.map(row => ({ ...row, sessionId: null }))
}

/** What people have in calendars of their own. */
async function elsewhereOf(
  { db, workspace }: Context,
  staffIds: string[],
  { start, end }: InstantRange,
): Promise<Busy[]> {
  const rows = await db
    .select({ key: externalBusy.staffId, start: externalBusy.startsAt, end: externalBusy.endsAt })
    .from(externalBusy)
    .where(
      and(
        eq(externalBusy.workspaceId, workspace.id),
        inArray(externalBusy.staffId, staffIds),
        gt(externalBusy.endsAt, start.subtract({ hours: REACH_HOURS })),
        lt(externalBusy.startsAt, end.add({ hours: REACH_HOURS })),
      ),
    )
  return rows.map(row => ({ ...row, sessionId: null }))
}

async function closedOn(
  { db, workspace }: Context,
  { locationId, zone }: { locationId: string; zone: string },
  { start, end }: InstantRange,
): Promise<Set<string>> {
  const date = (at: Temporal.Instant) => Temporal.PlainDate.from(dateOf(at, zone))
  const rows = await db
    .select({ date: locationClosures.date })
    .from(locationClosures)
    .where(
      and(
        eq(locationClosures.workspaceId, workspace.id),
        eq(locationClosures.locationId, locationId),
        between(locationClosures.date, date(start), date(end)),
      ),
    )
  return new Set(rows.map(({ date }) => date.toString()))
}

function dateOf(at: Temporal.Instant, zone: string): string {
  return localDateOf(at.epochMilliseconds, zone)
}
