/** Who came and who did not: a set that can be sent again, whole or in part, and put right. */

import { and, asc, eq, inArray } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { classAttended, classMissed } from '../loyalty/visits.ts'
import { lockSession } from './sessions.ts'
import { type EnrolmentEvent, enrolmentTransitions, nextState } from './states.ts'
import { classEnrolments, type Enrolment, type Session } from './tables.ts'

export interface Attendance {
  sessionId: string
  attended: string[]
  absent: string[]
}

/** People are ticked off at the door. */
const DOORS_OPEN_MINUTES = 60

/** @throws Refusal `not_found`, `invalid_transition`, `invalid_input` */
export async function recordAttendance(
  context: Context,
  { sessionId, attended, absent }: Attendance,
): Promise<Enrolment[]> {
  const session = await lockSession(context, sessionId)
  mustBeOn(session, context.now, absent.length > 0)
  const twice = attended.find(id => absent.includes(id))
  if (twice) {
    throw new Refusal('invalid_input', `${idText('enrolment', twice)} is both attended and absent.`, {
      field: 'absent',
    })
  }
  const ids = [...attended, ...absent]
  const found = await enrolmentsOf(context, sessionId, ids)
  if (found.length < new Set(ids).size) throw notFound('enrolment', ['list_class_roster'])
  const recorded: Enrolment[] = []
  for (const enrolment of found)
    recorded.push(
      await record(context, session, enrolment, attended.includes(enrolment.id) ? 'attend' : 'miss'),
    )
  return recorded
}

function mustBeOn({ state, startsAt }: Session, now: Temporal.Instant, absence: boolean): void {
  const from = absence ? startsAt : startsAt.subtract({ minutes: DOORS_OPEN_MINUTES })
  if (state === 'scheduled' && Temporal.Instant.compare(from, now) <= 0) return
  throw new Refusal(
    'invalid_transition',
    state === 'cancelled' ? 'This class is cancelled.' : 'It has not begun yet.',
    { state, starts_at: startsAt.toString() },
    ['list_class_sessions'],
  )
}

function enrolmentsOf({ db, workspace }: Context, sessionId: string, ids: string[]) {
  return db
    .select()
    .from(classEnrolments)
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.sessionId, sessionId),
        inArray(classEnrolments.id, ids),
      ),
    )
    .orderBy(asc(classEnrolments.id))
}

const goals = { attend: 'attended', miss: 'absent' } as const
const published = { attend: 'class_enrolment.attended', miss: 'class_enrolment.missed' } as const

async function record(
  context: Context,
  session: Session,
  enrolment: Enrolment,
  event: Exclude<EnrolmentEvent, 'cancel'>,
): Promise<Enrolment> {
  if (enrolment.state === goals[event]) return enrolment
  const { db, workspace, now, emit } = context
  const { id, version } = enrolment
  const state = nextState(enrolmentTransitions, 'class enrolment', enrolment.state, event)
  const [recorded] = await db
    .update(classEnrolments)
    .set({ state, version: version + 1, updatedAt: now })
    .where(and(eq(classEnrolments.workspaceId, workspace.id), eq(classEnrolments.id, id)))
    .returning()
  emit({ type: published[event], subject: { kind: 'enrolment', id }, at: now })
  if (event === 'attend') await classAttended(context, recorded!, session)
  else await classMissed(context, recorded!)
  return recorded!
}
