/** Leaving a class that one is enrolled in, and what it costs: a credit or a fee where it is late, never both. */

import { and, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { notFound } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { keepCredit, returnCredit } from '../entitlements/credits.ts'
import { classMissed } from '../loyalty/visits.ts'
import { type Step, settle } from './line.ts'
import { lockSession, mustBeComing } from './sessions.ts'
import { enrolmentTransitions, nextState } from './states.ts'
import { classEnrolments, type Enrolment } from './tables.ts'

export type CancelledBy = 'customer' | 'business'

/** The last instant at which the customer leaves for nothing. A class that the business moves makes nobody late. */
export function freeUntil({ policyStart, startsAt, cancelCutoffMinutes }: Enrolment): Temporal.Instant {
  const start = Temporal.Instant.compare(policyStart, startsAt) > 0 ? policyStart : startsAt
  return start.subtract({ minutes: cancelCutoffMinutes }) // Elapsed: a day is 24 hours, also where clocks change.
}

/**
 * Once, however often it is asked; then the places go to who waits.
 * @throws Refusal `not_found`, `invalid_transition`
 */
export async function cancelEnrolment(
  context: Context,
  id: string,
  by: CancelledBy,
): Promise<{ enrolment: Enrolment; movedUp: Step[] }> {
  const { sessionId } = await findEnrolment(context, id)
  const session = await lockSession(context, sessionId)
  const enrolment = await findEnrolment(context, id)
  if (enrolment.state === 'cancelled') return { enrolment, movedUp: [] }
  mustBeComing(session, context.now)
  const cancelled = await cancel(context, enrolment, by)
  const { steps } = await settle(context, session)
  return { enrolment: cancelled, movedUp: steps.filter(({ event }) => event === 'give' || event === 'offer') }
}

/** @param withClass it goes with the whole class, and its event says so @throws Refusal `invalid_transition` */
export async function cancel(
  context: Context,
  enrolment: Enrolment,
  by: CancelledBy,
  withClass = false,
): Promise<Enrolment> {
  const { db, workspace, now, emit } = context
  const { id, version } = enrolment
  const state = nextState(enrolmentTransitions, 'class enrolment', enrolment.state, 'cancel')
  const late = by === 'customer' && Temporal.Instant.compare(now, freeUntil(enrolment)) > 0
  const [cancelled] = await db
    .update(classEnrolments)
    .set({
      state,
      cancelledBy: by,
      cancelledLate: late,
      ...(await settleCost(context, enrolment, by, late)),
      version: version + 1,
      updatedAt: now,
    })
    .where(and(eq(classEnrolments.workspaceId, workspace.id), eq(classEnrolments.id, id)))
    .returning()
  if (enrolment.state === 'attended') await classMissed(context, cancelled!)
  const { credit, feeAmount } = cancelled!
  const data = { by, late, credit, fee_amount: feeAmount, with_class: withClass }
  emit({ type: 'class_enrolment.cancelled', subject: { kind: 'enrolment', id }, data, at: now })
  return cancelled!
}

/** In time, or by the business: the credit goes back, and nothing is owed. Late: it is kept, or the price is owed. */
async function settleCost(
  context: Context,
  { id, paidWith, priceAmount }: Enrolment,
  by: CancelledBy,
  late: boolean,
) {
  const source = { kind: 'enrolment', id } as const
  if (paidWith === 'later') return { credit: null, feeAmount: late ? priceAmount : null }
  if (late) await keepCredit(context, { source })
  else await returnCredit(context, { source, by })
  return { credit: late ? ('kept' as const) : ('returned' as const), feeAmount: null }
}

/** The row, locked until the transaction ends. @throws Refusal `not_found` */
export async function lockEnrolment({ db, workspace }: Context, id: string): Promise<Enrolment> {
  const [enrolment] = await db
    .select()
    .from(classEnrolments)
    .where(and(eq(classEnrolments.workspaceId, workspace.id), eq(classEnrolments.id, id)))
    .for('no key update')
  if (!enrolment) throw noEnrolment()
  return enrolment
}

/** @throws Refusal `not_found` */
export async function findEnrolment({ db, workspace }: Context, id: string): Promise<Enrolment> {
  const [enrolment] = await db
    .select()
    .from(classEnrolments)
    .where(and(eq(classEnrolments.workspaceId, workspace.id), eq(classEnrolments.id, id)))
  if (!enrolment) throw noEnrolment()
  return enrolment
}

function noEnrolment() {
  return notFound('enrolment', ['list_class_roster'])
}
