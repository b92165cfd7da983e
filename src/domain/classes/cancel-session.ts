/** Cancelling a class: everybody gets back what they paid with, its time is free again, and they are to be told. */

import { and, asc, eq, ne } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { cancel } from './cancel-enrolment.ts'
import { enterState } from './entries.ts'
import { lineOf } from './line.ts'
import { enrolmentTexts, findSession, isSession, lockSession, mustBeComing, noteSession } from './sessions.ts'
import { nextState, sessionTransitions } from './states.ts'
import { classEnrolments, classSessions, type Enrolment, type Session } from './tables.ts'
import { giveTimeBack, lockPeople } from './teaching.ts'

export interface CancelledSession {
  session: Session
  /** Those who had a place. */
  enrolments: Enrolment[]
  /** How many waited. */
  waiting: number
}

/** Once, however often it is asked. @throws Refusal `not_found`, `invalid_transition` */
export async function cancelSession(context: Context, id: string): Promise<CancelledSession> {
  await lockPeople(context, [(await findSession(context, id)).staffId])
  const session = await lockSession(context, id)
  if (session.state === 'cancelled') return { session, enrolments: [], waiting: 0 }
  mustBeComing(session, context.now)
  const { waiters } = await lineOf(context, session)
  for (const waiter of waiters) await enterState(context, waiter, 'close')
  const enrolments: Enrolment[] = []
  for (const enrolment of await enrolledIn(context, id))
    enrolments.push(await cancel(context, enrolment, 'business', true))
  await giveTimeBack(context, [id])
  const [cancelled] = await context.db
    .update(classSessions)
    .set({
      state: nextState(sessionTransitions, 'class', session.state, 'cancel'),
      version: session.version + 1,
      updatedAt: context.now,
    })
    .where(isSession(context, id))
    .returning()
  tell(context, id, enrolments, waiters.length)
  return { session: cancelled!, enrolments, waiting: waiters.length }
}

/** In the order of customers, whose rows a returned credit locks. */
function enrolledIn({ db, workspace }: Context, sessionId: string): Promise<Enrolment[]> {
  return db
    .select()
    .from(classEnrolments)
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.sessionId, sessionId),
        ne(classEnrolments.state, 'cancelled'),
      ),
    )
    .orderBy(asc(classEnrolments.customerId))
}

/** The notices are automations', which hear of each place; who decides on this call knows how many they will be. */
function tell(context: Context, id: string, enrolments: Enrolment[], waiting: number): void {
  const recipients = enrolments.length + waiting
  noteSession(context, 'cancelled', id, {
    enrolments: enrolmentTexts(enrolments.map(enrolment => enrolment.id)),
    waiting,
  })
  if (recipients > 0) context.declare({ kind: 'send', gate: 'approve', recipients })
}
