/** Sessions at another time or with somebody else: their time in the calendar moves with them, and so do those enrolled. */

import { and, eq, ne } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { type Conflict, calendarOf } from './conflicts.ts'
import { noteMovedOffers } from './entries.ts'
import { isSession, noteSession } from './sessions.ts'
import { classEnrolments, classSessions, type Session } from './tables.ts'
import { giveTimeBack, takeTime } from './teaching.ts'

export interface Move {
  before: Session
  after: Session
}

/** With whose time it takes then. */
export interface PlacedMove extends Move {
  keys: string[]
}

/** Whether the calendar has to know. */
export function isMove({ before, after }: Move): boolean {
  return (
    !before.startsAt.equals(after.startsAt) ||
    !before.endsAt.equals(after.endsAt) ||
    before.staffId !== after.staffId ||
    before.roomId !== after.roomId
  )
}

/**
 * Which of them find a place; all leave theirs first, so that they do not stand in each other's way. Old and new people
 * and rooms are locked.
 */
export async function findRoom(
  context: Context,
  zone: string,
  moves: Move[],
): Promise<{ possible: PlacedMove[]; conflicts: Conflict[] }> {
  const [first] = moves
  if (!first) return { possible: [], conflicts: [] }
  const place = { locationId: first.after.locationId, zone }
  const ids = moves.map(({ before }) => before.id)
  const calendar = await calendarOf(
    context,
    place,
    moves.map(({ after }) => after),
    ids,
  )
  const conflicts: Conflict[] = []
  const possible = moves.flatMap(move => {
    const conflict = calendar.conflictOf(move.after)
    const keys = calendar.place(conflict ? move.before : move.after)
    if (!conflict) return [{ ...move, keys }]
    conflicts.push(conflict)
    return []
  })
  return { possible, conflicts }
}

/** @throws Refusal `slot_conflict` */
export async function moveTime(context: Context, moves: PlacedMove[]): Promise<void> {
  await giveTimeBack(
    context,
    moves.map(({ before }) => before.id),
  )
  await takeTime(
    context,
    moves.map(({ after, keys }) => ({ session: after, keys })),
  )
}

/** Writes a session as it is now. Whoever is enrolled is there at its new time; to tell them is an automation's. */
export async function saveSession(context: Context, { before, after }: Move): Promise<Session> {
  const { workspaceId: _, id, ...row } = after
  const [saved] = await context.db
    .update(classSessions)
    .set({ ...row, version: before.version + 1, updatedAt: context.now })
    .where(isSession(context, id))
    .returning()
  if (!isMove({ before, after })) {
    noteSession(context, 'updated', id)
    return saved!
  }
  const enrolments = await moveEnrolled(context, { before, after })
  const data = {
    from: before.startsAt.toString(),
    to: after.startsAt.toString(),
    substitute: before.staffId !== after.staffId,
  }
  noteSession(context, 'moved', id, { ...data, enrolments: enrolments.length })
  if (matters({ before, after })) {
    for (const enrolment of enrolments) noteMove(context, enrolment, data)
    await noteMovedOffers(context, id, data)
  }
  return saved!
}

/** To those who come: another time, or somebody else who gives it. The room they find at the door. */
function matters({ before, after }: Move): boolean {
  return isMove({ before, after: { ...after, roomId: before.roomId } })
}

function noteMove({ emit, now }: Context, id: string, data: Record<string, unknown>): void {
  emit({ type: 'class_enrolment.moved', subject: { kind: 'enrolment', id }, data, at: now })
}

/** @returns whose */
async function moveEnrolled({ db, workspace, now }: Context, { before, after }: Move): Promise<string[]> {
  const { id, startsAt, endsAt } = after
  const placedAt = before.startsAt.equals(startsAt) ? undefined : now
  const moved = await db
    .update(classEnrolments)
    .set({ startsAt, endsAt, placedAt })
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.sessionId, id),
        ne(classEnrolments.state, 'cancelled'),
      ),
    )
    .returning({ id: classEnrolments.id })
  return moved.map(enrolment => enrolment.id)
}
