/** Changes one session: what is set here, its series changes no more. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { stale } from '../business/stale.ts'
import type { Context } from '../context.ts'
import { refuseConflicts } from './conflicts.ts'
import { placesLeft, settle } from './line.ts'
import { findRoom, isMove, moveTime, saveSession } from './moving.ts'
import { mustBeRoom, mustTeach, zoneOf } from './series.ts'
import { findSession, lockSession, mustBeComing } from './sessions.ts'
import type { Editable, Session } from './tables.ts'
import { lockPeople, lockRooms } from './teaching.ts'

export interface SessionPatch {
  sessionId: string
  version: number
  start?: Temporal.Instant
  durationMinutes?: number
  /** A substitute. */
  staffId?: string
  /** null: none. */
  roomId?: string | null
  capacity?: number
  waitlistCloseMinutes?: number
  offerMinutes?: number | null
  requiresEntitlement?: boolean
}

/**
 * Nobody loses a place by it: a class with fewer places than people is over-full, and takes no more in. More places go
 * to who waits.
 * @throws Refusal `not_found`, `stale_version`, `invalid_transition`, `invalid_input`, `slot_conflict`, `outside_hours`
 */
export async function updateSession(context: Context, patch: SessionPatch): Promise<Session> {
  const { staffId, roomId, serviceId, locationId } = await findSession(context, patch.sessionId)
  await lockPeople(context, [staffId, patch.staffId ?? staffId])
  if (patch.staffId && patch.staffId !== staffId) await mustTeach(context, patch.staffId, serviceId)
  await lockRooms(context, [roomId, patch.roomId])
  if (patch.roomId) await mustBeRoom(context, patch.roomId, locationId)
  const before = await lockSession(context, patch.sessionId)
  if (before.version !== patch.version) throw stale('class', before.version, 'list_class_sessions')
  mustBeComing(before, context.now)
  const after = patched(before, patch)
  if (Temporal.Instant.compare(after.startsAt, context.now) <= 0)
    throw new Refusal('invalid_input', 'start: It has passed.', { field: 'start' })
  const move = { before, after }
  if (isMove(move)) {
    const { possible, conflicts } = await findRoom(context, await zoneOf(context, locationId), [move])
    refuseConflicts(conflicts)
    await moveTime(context, possible)
  }
  const saved = await saveSession(context, move)
  const { line } = await settle(context, saved)
  if (placesLeft(line) < 0) {
    context.warn(
      `This class is over-full by ${-placesLeft(line)}: nobody loses a place, and nobody more gets in.`,
    )
  }
  return saved
}

function patched(before: Session, patch: SessionPatch): Session {
  const {
    start,
    durationMinutes,
    staffId,
    roomId,
    capacity,
    waitlistCloseMinutes,
    offerMinutes,
    requiresEntitlement,
  } = patch
  const startsAt = start ?? before.startsAt
  const length = durationMinutes
    ? { minutes: durationMinutes }
    : { milliseconds: before.endsAt.epochMilliseconds - before.startsAt.epochMilliseconds }
  const set: Record<Editable, unknown> = {
    start,
    duration: durationMinutes,
    staff: staffId,
    room: roomId,
    capacity,
    waitlist_close_minutes: waitlistCloseMinutes,
    offer_minutes: offerMinutes,
    requires_entitlement: requiresEntitlement,
  }
  const edited = (Object.keys(set) as Editable[]).filter(field => set[field] !== undefined)
  return {
    ...before,
    startsAt,
    endsAt: startsAt.add(length),
    staffId: staffId ?? before.staffId,
    roomId: roomId === undefined ? before.roomId : roomId,
    capacity: capacity ?? before.capacity,
    waitlistCloseMinutes: waitlistCloseMinutes ?? before.waitlistCloseMinutes,
    offerMinutes: offerMinutes === undefined ? before.offerMinutes : offerMinutes,
    requiresEntitlement: requiresEntitlement ?? before.requiresEntitlement,
    edited: [...new Set([...before.edited, ...edited])],
  }
}
