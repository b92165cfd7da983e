/**
 * The time that a session takes of its instructor and its room, in the one table that owns time. Both are locked first,
 * people before rooms, as bookings do (bookings/place.ts); the table's exclusion constraint is the guard behind.
 */

import { and, asc, eq, gt, inArray, lt, or, sql } from 'drizzle-orm'
import { newId } from '../../database/columns.ts'
import { expire, lockLapsed } from '../bookings/expiry.ts'
import { holdsUnitOf } from '../bookings/resources.ts'
import { allocations, bookings, type InstantRange } from '../bookings/tables.ts'
import { resources, staff } from '../business/tables.ts'
import type { Context } from '../context.ts'
import type { Session } from './tables.ts'

/** In id order; whoever is not of this workspace is missing in the answer. */
export async function lockPeople({ db, workspace }: Context, ids: string[]) {
  return db
    .select({ id: staff.id, name: staff.name, status: staff.status })
    .from(staff)
    .where(and(eq(staff.workspaceId, workspace.id), inArray(staff.id, [...new Set(ids)])))
    .orderBy(asc(staff.id))
    .for('no key update')
}

/** After the people, in id order. */
export async function lockRooms({ db, workspace }: Context, ids: (string | null | undefined)[]) {
  const rooms = [...new Set(ids.filter(id => typeof id === 'string'))]
  if (rooms.length === 0) return []
  return db
    .select({ id: resources.id, locationId: resources.locationId, status: resources.status })
    .from(resources)
    .where(and(eq(resources.workspaceId, workspace.id), inArray(resources.id, rooms)))
    .orderBy(asc(resources.id))
    .for('no key update')
}

type Timed = Pick<Session, 'startsAt' | 'endsAt' | 'bufferBeforeMinutes' | 'bufferAfterMinutes'>

export function occupiedBy({ startsAt, endsAt, ...buffers }: Timed): InstantRange {
  return {
    start: startsAt.subtract({ minutes: buffers.bufferBeforeMinutes }),
    end: endsAt.add({ minutes: buffers.bufferAfterMinutes }),
  }
}

/** A session, and whose time it takes: the instructor's, and that of a unit of its room. */
export interface Taking {
  session: Session
  keys: string[]
}

/** @throws Refusal `slot_conflict` */
export async function takeTime({ db }: Context, takings: Taking[]): Promise<void> {
  const rows = takings.flatMap(({ session, keys }) =>
    keys.map(resourceKey => ({
      workspaceId: session.workspaceId,
      id: newId(),
      sessionId: session.id,
      resourceKey,
      occupied: occupiedBy(session),
      state: 'held' as const,
    })),
  )
  if (rows.length > 0) await db.insert(allocations).values(rows)
}

export async function giveTimeBack({ db, workspace }: Context, sessionIds: string[]): Promise<void> {
  if (sessionIds.length === 0) return
  await db
    .update(allocations)
    .set({ state: 'released' })
    .where(
      and(
        eq(allocations.workspaceId, workspace.id),
        inArray(allocations.sessionId, sessionIds),
        eq(allocations.state, 'held'),
      ),
    )
}

/** Holds and requests that are over and that nobody has swept away stand in nobody's way. */
export async function sweepAway(
  context: Context,
  { staffIds, roomIds }: { staffIds: string[]; roomIds: string[] },
  { start, end }: InstantRange,
): Promise<void> {
  const inTheWay = and(
    roomIds.length === 0
      ? inArray(bookings.staffId, staffIds)
      : or(inArray(bookings.staffId, staffIds), holdsUnitOf(context, sql`${roomIds}`)),
    gt(bookings.startsAt, start.subtract({ hours: REACH_HOURS })),
    lt(bookings.startsAt, end.add({ hours: REACH_HOURS })),
  )
  for (const booking of await lockLapsed(context, inTheWay)) await expire(context, booking)
}

/** The longest service and both the longest buffers (tools/services/shapes.ts): starts further apart never collide. */
export const REACH_HOURS = 24 + 8 + 8
