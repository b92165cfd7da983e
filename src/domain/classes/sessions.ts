/** One session as a row: read, locked, and whether anything can still be done about it. */

import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { classSessions, type Session } from './tables.ts'

/** @throws Refusal `not_found` */
export async function findSession(context: Context, id: string): Promise<Session> {
  const [session] = await context.db.select().from(classSessions).where(isSession(context, id))
  if (!session) throw noSession()
  return session
}

/**
 * Locked until the transaction ends: of all who want its places one at a time counts them. In order of locks it comes
 * after people who give it and before customers who want it.
 * @throws Refusal `not_found`
 */
export async function lockSession(context: Context, id: string): Promise<Session> {
  const [session] = await context.db
    .select()
    .from(classSessions)
    .where(isSession(context, id))
    .for('no key update')
  if (!session) throw noSession()
  return session
}

/** For an approval that rests on the session as it is now. @throws Refusal `not_found` */
export async function sessionVersion(context: Context, id: string): Promise<number> {
  return (await findSession(context, id)).version
}

/** @throws Refusal `invalid_transition` of a session that is cancelled or has begun */
export function mustBeComing(session: Session, now: Temporal.Instant): void {
  const { state, startsAt } = session
  if (state === 'cancelled') throw over('This class is cancelled.', session)
  if (Temporal.Instant.compare(startsAt, now) <= 0) throw over('This class has begun.', session)
}

function over(message: string, { state, startsAt }: Session): Refusal {
  return new Refusal('invalid_transition', message, { state, starts_at: startsAt.toString() }, [
    'list_class_sessions',
  ])
}

export function noSession(): Refusal {
  return notFound('session', ['list_class_sessions'])
}

export function isSession({ workspace }: Pick<Context, 'workspace'>, id: string) {
  return and(eq(classSessions.workspaceId, workspace.id), eq(classSessions.id, id))
}

export function areSessions({ workspace }: Pick<Context, 'workspace'>, ids: string[]) {
  return and(eq(classSessions.workspaceId, workspace.id), inArray(classSessions.id, ids))
}

/** Tells the rest of the house. @param data ids, counts and instants; no personal data */
export function noteSession(
  { emit, now }: Context,
  what: 'scheduled' | 'updated' | 'moved' | 'cancelled',
  id: string,
  data: Record<string, unknown> = {},
): void {
  emit({ type: `class_session.${what}`, subject: { kind: 'session', id }, data, at: now })
}

export function enrolmentTexts(ids: string[]): string[] {
  return ids.map(id => idText('enrolment', id))
}

/** Classes that a person is still to give, in order of their starts. */
export function comingSessions({ db, workspace, now }: Context, staffId: string) {
  return db
    .select({ id: classSessions.id, startsAt: classSessions.startsAt })
    .from(classSessions)
    .where(
      and(
        eq(classSessions.workspaceId, workspace.id),
        eq(classSessions.staffId, staffId),
        eq(classSessions.state, 'scheduled'),
        gt(classSessions.startsAt, now),
      ),
    )
    .orderBy(asc(classSessions.startsAt))
    .limit(MOST_NAMED)
}

/** @throws Refusal `invalid_transition`, naming the classes that need somebody else first */
export function refuseWhileTeaching(sessions: { id: string; startsAt: Temporal.Instant }[]): void {
  const [first] = sessions
  if (!first) return
  throw new Refusal(
    'invalid_transition',
    `There are classes to come, the first at ${first.startsAt}. They need somebody else, or are cancelled first.`,
    {
      sessions: sessions.map(({ id, startsAt }) => ({
        id: idText('session', id),
        starts_at: startsAt.toString(),
      })),
    },
    ['update_class_series', 'update_class_session', 'cancel_class_session'],
  )
}

/** Enough to begin with; the caller comes back when these have gone. */
const MOST_NAMED = 20
