/**
 * Changes a series and its sessions to come: never one that has begun, nor what was changed by hand in one of them. A
 * session that the new rule does not have goes, unless somebody has to do with it: then it stays, and is named.
 */

import { and, asc, eq, gt, gte, inArray } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { allocations } from '../bookings/tables.ts'
import { stale } from '../business/stale.ts'
import type { Context } from '../context.ts'
import { wakeAt } from '../due-work.ts'
import { readings } from '../time/zone.ts'
import { type Conflict, refuseConflicts } from './conflicts.ts'
import { lockSeries } from './horizon.ts'
import { settle } from './line.ts'
import { findRoom, isMove, type Move, moveTime, saveSession } from './moving.ts'
import { extendAt, makeSessions, type OnConflict, occurrencesOf, todayAt } from './occurrences.ts'
import { findSeries, mustBeRoom, mustTeach, templateOf, zoneOf } from './series.ts'
import { areSessions } from './sessions.ts'
import {
  classEnrolments,
  classSeries,
  classSessions,
  type Series,
  type Session,
  waitlistEntries,
} from './tables.ts'
import { lockPeople, lockRooms } from './teaching.ts'

export interface SeriesPatch {
  seriesId: string
  version: number
  /** The first date that changes; default: today. */
  from?: Temporal.PlainDate
  staffId?: string
  /** null: none. */
  roomId?: string | null
  startTime?: Temporal.PlainTime
  durationMinutes?: number
  capacity?: number
  waitlistCloseMinutes?: number
  offerMinutes?: number | null
  requiresEntitlement?: boolean
  rrule?: string
  exdates?: Temporal.PlainDate[]
  onConflict: OnConflict
}

export interface UpdatedSeries {
  series: Series
  changed: Session[]
  made: Session[]
  removed: number
  /** Not in the rule any more, and left for people to decide on. */
  kept: Session[]
  conflicts: Conflict[]
}

/** @throws Refusal `not_found`, `stale_version`, `invalid_input`, `slot_conflict`, `outside_hours` */
export async function updateSeries(context: Context, patch: SeriesPatch): Promise<UpdatedSeries> {
  const { zone, before, after } = await prepare(context, patch)
  const from = laterDate(patch.from, todayAt(context.now, zone))
  const sessions = await lockComing(context, after.id, from)
  const { staying, removed, kept, missing } = await applyRule(context, { patch, after, sessions, zone, from })
  const { changed, conflicts } = await applyFields(context, { patch, before, after, zone }, staying)
  const { sessions: made, conflicts: without } = await makeSessions(
    context,
    await templateOf(context, after),
    missing,
    { zone, onConflict: patch.onConflict },
  )
  for (const session of changed) await settle(context, session)
  const data = { from: from.toString(), changed: changed.length, made: made.length, removed }
  context.emit({ type: 'class_series.updated', subject: { kind: 'series', id: after.id }, data })
  return { series: after, changed, made, removed, kept, conflicts: [...conflicts, ...without] }
}

/** Locks who gives these classes now or will, and where, then the series. */
async function prepare(context: Context, patch: SeriesPatch) {
  const { staffId, roomId } = await findSeries(context, patch.seriesId)
  const others = await takenBy(context, patch.seriesId)
  await lockPeople(context, [staffId, patch.staffId ?? staffId, ...others.map(other => other.staffId)])
  await lockRooms(context, [roomId, patch.roomId, ...others.map(other => other.roomId)])
  const before = await lockSeries(context, patch.seriesId)
  if (before.version !== patch.version) throw stale('series', before.version, 'list_class_sessions')
  if (patch.from && Temporal.PlainDate.compare(patch.from, before.madeUntil) > 0) {
    throw new Refusal(
      'invalid_input',
      `from: Not after ${before.madeUntil}; sessions are made no further yet.`,
      {
        field: 'from',
      },
    )
  }
  if (patch.staffId) await mustTeach(context, patch.staffId, before.serviceId)
  if (patch.roomId) await mustBeRoom(context, patch.roomId, before.locationId)
  const zone = await zoneOf(context, before.locationId)
  return { zone, before, after: await saveSeries(context, before, patch, zone) }
}

/** Substitutes too, and rooms that one has of its own. */
function takenBy({ db, workspace, now }: Context, seriesId: string) {
  return db
    .selectDistinct({ staffId: classSessions.staffId, roomId: classSessions.roomId })
    .from(classSessions)
    .where(
      and(
        eq(classSessions.workspaceId, workspace.id),
        eq(classSessions.seriesId, seriesId),
        gt(classSessions.startsAt, now),
      ),
    )
}

async function saveSeries(
  context: Context,
  before: Series,
  patch: SeriesPatch,
  zone: string,
): Promise<Series> {
  const { db, workspace, now } = context
  const after = {
    staffId: patch.staffId ?? before.staffId,
    roomId: patch.roomId === undefined ? before.roomId : patch.roomId,
    startTime: patch.startTime ?? before.startTime,
    durationMinutes: patch.durationMinutes ?? before.durationMinutes,
    capacity: patch.capacity ?? before.capacity,
    waitlistCloseMinutes: patch.waitlistCloseMinutes ?? before.waitlistCloseMinutes,
    offerMinutes: patch.offerMinutes === undefined ? before.offerMinutes : patch.offerMinutes,
    requiresEntitlement: patch.requiresEntitlement ?? before.requiresEntitlement,
    rrule: patch.rrule ?? before.rrule,
    exdates: patch.exdates?.map(date => date.toString()) ?? before.exdates,
  }
  const next = extendAt({ ...before, ...after }, before.madeUntil, zone, now)
  // What was due keeps its instant: a change of the rule puts nothing off.
  const due = next && before.extendAt ? before.extendAt : next
  const [saved] = await db
    .update(classSeries)
    .set({ ...after, extendAt: due, version: before.version + 1, updatedAt: now })
    .where(and(eq(classSeries.workspaceId, workspace.id), eq(classSeries.id, before.id)))
    .returning()
  if (due && !before.extendAt) await wakeAt(context, due)
  return saved!
}

/** In order of ids, and locked: whoever enrols meanwhile waits. */
async function lockComing({ db, workspace, now }: Context, seriesId: string, from: Temporal.PlainDate) {
  const rows = await db
    .select()
    .from(classSessions)
    .where(
      and(
        eq(classSessions.workspaceId, workspace.id),
        eq(classSessions.seriesId, seriesId),
        gt(classSessions.startsAt, now),
        gte(classSessions.occursOn, from),
      ),
    )
    .orderBy(asc(classSessions.id))
    .for('no key update')
  return rows
}

interface Ruling {
  patch: SeriesPatch
  after: Series
  sessions: Session[]
  zone: string
  from: Temporal.PlainDate
}

/** What the rule has to say: which sessions stay, go or are missing. Who cancelled one does not get it back. */
async function applyRule(context: Context, { patch, after, sessions, zone, from }: Ruling) {
  const scheduled = sessions.filter(({ state }) => state === 'scheduled')
  if (patch.rrule === undefined && patch.exdates === undefined)
    return { staying: scheduled, removed: 0, kept: [], missing: [] }
  const wanted = occurrencesOf(after, zone, { from, to: after.madeUntil })
  const dates = new Set(wanted.map(({ date }) => date.toString()))
  const there = new Set(sessions.map(({ occursOn }) => occursOn!.toString()))
  const outside = scheduled.filter(({ occursOn }) => !dates.has(occursOn!.toString()))
  const known = await referredTo(context, outside)
  const kept = outside.filter(({ id, edited }) => edited.length > 0 || known.has(id))
  const going = outside.filter(session => !kept.includes(session))
  await remove(context, going)
  return {
    staying: scheduled.filter(({ occursOn }) => dates.has(occursOn!.toString())),
    removed: going.length,
    kept,
    missing: wanted.filter(({ date }) => !there.has(date.toString())),
  }
}

/** Those that somebody was ever enrolled in, or waited for. */
async function referredTo({ db, workspace }: Context, sessions: Session[]): Promise<Set<string>> {
  const ids = sessions.map(({ id }) => id)
  if (ids.length === 0) return new Set()
  const enrolled = await db
    .selectDistinct({ id: classEnrolments.sessionId })
    .from(classEnrolments)
    .where(and(eq(classEnrolments.workspaceId, workspace.id), inArray(classEnrolments.sessionId, ids)))
  const waiting = await db
    .selectDistinct({ id: waitlistEntries.sessionId })
    .from(waitlistEntries)
    .where(and(eq(waitlistEntries.workspaceId, workspace.id), inArray(waitlistEntries.sessionId, ids)))
  return new Set([...enrolled, ...waiting].map(({ id }) => id!))
}

/** Nobody has to do with them: they were never more than a plan. */
async function remove(context: Context, sessions: Session[]): Promise<void> {
  const ids = sessions.map(({ id }) => id)
  if (ids.length === 0) return
  const { db, workspace } = context
  await db
    .delete(allocations)
    .where(and(eq(allocations.workspaceId, workspace.id), inArray(allocations.sessionId, ids)))
  await db.delete(classSessions).where(areSessions(context, ids))
}

interface Change {
  patch: SeriesPatch
  before: Series
  after: Series
  zone: string
}

/** Each session takes what the patch names and nobody has set for it by hand. */
async function applyFields(context: Context, change: Change, sessions: Session[]) {
  const moves = sessions.flatMap(before => {
    const after = changedBy(context, change, before)
    return after ? [{ before, after }] : []
  })
  const { possible, conflicts } = await findRoom(context, change.zone, moves.filter(isMove))
  if (change.patch.onConflict === 'refuse') refuseConflicts(conflicts)
  await moveTime(context, possible)
  const moved = new Set(possible.map(({ before }) => before.id))
  const stuck = moves.filter(move => isMove(move) && !moved.has(move.before.id))
  const changed: Session[] = []
  for (const move of moves) {
    const applied = stuck.includes(move) ? whereItWas(move) : move
    if (!sameTerms(applied)) changed.push(await saveSession(context, applied))
  }
  return { changed, conflicts }
}

function changedBy(context: Context, { patch, zone }: Change, before: Session): Session | null {
  const free = (field: Session['edited'][number]) => !before.edited.includes(field)
  const start =
    patch.startTime && free('start') ? startOn(context, before, patch.startTime, zone) : before.startsAt
  if (!start) return null
  const length =
    patch.durationMinutes && free('duration')
      ? { minutes: patch.durationMinutes }
      : { milliseconds: before.endsAt.epochMilliseconds - before.startsAt.epochMilliseconds }
  return {
    ...before,
    startsAt: start,
    endsAt: start.add(length),
    staffId: (free('staff') && patch.staffId) || before.staffId,
    roomId: free('room') && patch.roomId !== undefined ? patch.roomId : before.roomId,
    capacity: (free('capacity') && patch.capacity) || before.capacity,
    waitlistCloseMinutes:
      (free('waitlist_close_minutes') ? patch.waitlistCloseMinutes : undefined) ??
      before.waitlistCloseMinutes,
    offerMinutes:
      free('offer_minutes') && patch.offerMinutes !== undefined ? patch.offerMinutes : before.offerMinutes,
    requiresEntitlement:
      (free('requires_entitlement') ? patch.requiresEntitlement : undefined) ?? before.requiresEntitlement,
  }
}

/** null where clocks do not show that time once, or it has passed already: then the session stays as it is. */
function startOn(context: Context, { occursOn }: Session, time: Temporal.PlainTime, zone: string) {
  const local = occursOn!.toPlainDateTime(time)
  const instants = readings(local.toZonedDateTime('UTC').epochMilliseconds, zone)
  const text = local.toString({ smallestUnit: 'minute' })
  const [only] = instants
  if (only === undefined || instants.length > 1) {
    context.warn(
      `The class at ${text} stays as it is: clocks ${only === undefined ? 'skip that time' : 'show that time twice'}.`,
    )
    return null
  }
  if (only > context.now.epochMilliseconds) return Temporal.Instant.fromEpochMilliseconds(only)
  context.warn(`The class at ${text} stays as it is: that time has passed.`)
  return null
}

function whereItWas({ before, after }: Move): Move {
  const { startsAt, endsAt, staffId, roomId } = before
  return { before, after: { ...after, startsAt, endsAt, staffId, roomId } }
}

function sameTerms(move: Move): boolean {
  const { before, after } = move
  return (
    !isMove(move) &&
    before.capacity === after.capacity &&
    before.waitlistCloseMinutes === after.waitlistCloseMinutes &&
    before.offerMinutes === after.offerMinutes &&
    before.requiresEntitlement === after.requiresEntitlement
  )
}

function laterDate(one: Temporal.PlainDate | undefined, other: Temporal.PlainDate): Temporal.PlainDate {
  return one && Temporal.PlainDate.compare(one, other) > 0 ? one : other
}
