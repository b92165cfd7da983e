/** The places of a session: how many are gone, and one taken, with what pays for it. */

import { and, eq, ne, sql } from 'drizzle-orm'
import { newId } from '../../database/columns.ts'
import { refuseFirst } from '../availability/findings.ts'
import { customerSide } from '../bookings/customer.ts'
import { customerAllowed } from '../bookings/limits.ts'
import { services } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { consume, creditFor } from '../entitlements/credits.ts'
import { noEntitlement } from './refusals.ts'
import { classEnrolments, type Enrolment, type Session } from './tables.ts'

/** Of everybody who is enrolled, with their parties; counted after the session's lock. */
export async function placesTaken({ db, workspace }: Context, sessionId: string): Promise<number> {
  const [row] = await db
    .select({ taken: sql<number>`coalesce(sum(${classEnrolments.partySize}), 0)::int` })
    .from(classEnrolments)
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.sessionId, sessionId),
        ne(classEnrolments.state, 'cancelled'),
      ),
    )
  return row!.taken
}

export async function enrolmentOf(
  { db, workspace }: Context,
  sessionId: string,
  customerId: string,
): Promise<Enrolment | null> {
  const [row] = await db
    .select()
    .from(classEnrolments)
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.sessionId, sessionId),
        eq(classEnrolments.customerId, customerId),
        ne(classEnrolments.state, 'cancelled'),
      ),
    )
  return row ?? null
}

/** Whether the customer may, and can, be there. @throws Refusal `customer_blocked`, `customer_overlap`, `not_found` */
export async function mustSuit(context: Context, session: Session, customerId: string): Promise<void> {
  const { finding } = await customerSide(context, customerId, [timeOf(session)])
  refuseFirst([await customerAllowed(context, customerId), finding])
}

export function timeOf({ startsAt, endsAt }: Session) {
  return { start: startsAt.epochMilliseconds, end: endsAt.epochMilliseconds }
}

/** @throws Refusal `no_entitlement` where the class asks for one */
export async function mustBeCovered(context: Context, session: Session, customerId: string): Promise<void> {
  if (session.requiresEntitlement && !(await creditFor(context, visitOf(session, customerId))))
    throw noEntitlement()
}

export function visitOf({ serviceId, startsAt }: Session, customerId: string) {
  return { customerId, serviceId, at: startsAt }
}

export type PayWith = 'entitlement' | 'later'

export interface Taker {
  customerId: string
  partySize: number
  /** Default: a package or pass where the customer has one for it. */
  payWith?: PayWith
  /** They waited, and nobody asked for it on their behalf: they are to be told. */
  given?: boolean
}

/**
 * Takes the places; that there are as many was counted under the session's lock. A credit covers the customer, and
 * whom they bring along pays the price.
 * @throws Refusal `no_entitlement`, `already_enrolled`
 */
export async function takePlaces(context: Context, session: Session, taker: Taker): Promise<Enrolment> {
  const { db, workspace, now, emit } = context
  const { customerId, partySize, given = false } = taker
  const id = newId()
  const paidWith = await pay(context, session, taker, id)
  const terms = await termsOf(context, session.serviceId)
  const [enrolment] = await db
    .insert(classEnrolments)
    .values({
      workspaceId: workspace.id,
      id,
      sessionId: session.id,
      customerId,
      partySize,
      state: 'enrolled',
      startsAt: session.startsAt,
      endsAt: session.endsAt,
      placedAt: now,
      policyStart: session.startsAt,
      cancelCutoffMinutes: terms.cancelCutoffMinutes,
      paidWith,
      priceAmount: terms.priceAmount * (paidWith === 'entitlement' ? partySize - 1 : partySize),
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  const data = { party_size: partySize, paid_with: paidWith, given }
  emit({ type: 'class_enrolment.enrolled', subject: { kind: 'enrolment', id }, data, at: now })
  return enrolment!
}

async function pay(
  context: Context,
  session: Session,
  { customerId, payWith }: Taker,
  enrolmentId: string,
): Promise<PayWith> {
  const visit = visitOf(session, customerId)
  const credit = payWith === 'later' ? null : await creditFor(context, visit)
  if (!credit && payWith !== 'entitlement') {
    if (session.requiresEntitlement) throw noEntitlement()
    return 'later'
  }
  await consume(context, { ...visit, source: { kind: 'enrolment', id: enrolmentId } })
  return 'entitlement'
}

async function termsOf({ db, workspace }: Context, serviceId: string) {
  const [terms] = await db
    .select({ priceAmount: services.priceAmount, cancelCutoffMinutes: services.cancelCutoffMinutes })
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), eq(services.id, serviceId)))
  return terms!
}
