/** What somebody at the desk says of a purchase: what it would earn, that it is to earn now, or that it was given back. */

import { and, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { lockBooking } from '../bookings/read.ts'
import { findLocation } from '../business/locations.ts'
import { lockSession } from '../classes/sessions.ts'
import { classEnrolments } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { familyOf, ownerOf } from './accounts.ts'
import {
  type Accrual,
  accrueFor,
  type Line,
  type Purchase,
  reviseFor,
  type Source,
  settleFor,
} from './accrual.ts'
import { type Earned, earnedBy } from './earn.ts'
import { pointsExpiry } from './points-expiry.ts'
import { programAt } from './program.ts'
import { promotionFor } from './promotions.ts'
import { findAccrualById } from './read.ts'
import type { Program, Promotion } from './tables.ts'
import { bookingHappened, classAttended } from './visits.ts'

export interface Question {
  customerId?: string
  locationId?: string
  /** A booking or a class. */
  visit: boolean
  lines: Line[]
}

export interface Estimate extends Earned {
  program: Program
  /** Which is in it. */
  promotion: Promotion | null
  /** Of what was earned now; null: never. */
  expiresAt: Temporal.Instant | null
}

/** The same code that accrues. @throws Refusal `not_found`; `invalid_transition` where there is no program now */
export async function estimate(context: Context, question: Question): Promise<Estimate> {
  const { now, workspace } = context
  const { customerId, locationId, visit, lines } = question
  const customer = customerId === undefined ? null : await getCustomer(context, customerId)
  const zone = locationId ? (await findLocation(context, locationId)).time_zone : workspace.timeZone
  const program = await activeProgram(context)
  const accountIds = (customer && (await familyOf(context, customer.id))?.ids) ?? []
  const promotion = await promotionFor(context, { accountIds, at: now, zone })
  const earned = earnedBy(program.earnRules, program.excluded, { visit, lines }, promotion)
  return {
    ...earned,
    program,
    promotion: earned.base > 0 ? promotion : null,
    expiresAt: pointsExpiry(now, program.expiry, zone),
  }
}

export interface ByHand {
  booking_id?: string
  enrolment_id?: string
  /** The number of a receipt or an order that is kept elsewhere. */
  receipt?: string
  /** Of a receipt. */
  customerId?: string
  locationId?: string
  lines: Line[]
  paid: boolean
}

/**
 * Once for each source, whoever was first; what waits to be paid is earned where `paid` says so.
 * @throws Refusal `not_found`; `invalid_transition` of a visit that has not happened, or where nothing can be earned;
 *   `invalid_input` where it names none or several sources
 */
export async function accrueByHand(context: Context, asked: ByHand): Promise<Accrual> {
  const named = [asked.booking_id, asked.enrolment_id, asked.receipt].filter(one => one !== undefined)
  if (named.length !== 1)
    throw new Refusal('invalid_input', 'receipt: Give one of booking_id, enrolment_id and receipt.', {
      field: 'receipt',
    })
  const accrual = await accrueSource(context, asked)
  if (accrual) return accrual
  await activeProgram(context)
  throw new Refusal('not_found', 'This customer is no member of the loyalty program.', { kind: 'loyalty' }, [
    'enrol_loyalty_member',
  ])
}

async function accrueSource(context: Context, asked: ByHand): Promise<Accrual | null> {
  const { booking_id, enrolment_id, receipt, customerId, locationId, lines, paid } = asked
  if (booking_id !== undefined) return accrueBooking(context, booking_id, paid)
  if (enrolment_id !== undefined) return accrueEnrolment(context, enrolment_id, paid)
  if (customerId === undefined || lines.length === 0)
    throw new Refusal('invalid_input', 'lines: Of a receipt, say who bought what.', { field: 'lines' })
  const source: Source = { kind: 'receipt', id: receipt! }
  const purchase: Purchase = { source, customerId, locationId, lines, paid, at: context.now }
  return accrueFor(context, purchase)
}

async function accrueBooking(context: Context, id: string, paid: boolean): Promise<Accrual | null> {
  const booking = await lockBooking(context, id)
  if (booking.state !== 'completed') throw notHappened(booking.state, 'complete_booking')
  const accrual = await bookingHappened(context, booking)
  const source: Source = { kind: 'booking', id }
  return accrual && paid ? settleFor(context, { source, customerId: booking.customerId! }) : accrual
}

async function accrueEnrolment(context: Context, id: string, paid: boolean): Promise<Accrual | null> {
  const { sessionId } = await findEnrolment(context, id)
  const session = await lockSession(context, sessionId)
  const enrolment = await findEnrolment(context, id)
  if (enrolment.state !== 'attended') throw notHappened(enrolment.state, 'record_class_attendance')
  const accrual = await classAttended(context, enrolment, session)
  const source: Source = { kind: 'enrolment', id }
  return accrual && paid ? settleFor(context, { source, customerId: enrolment.customerId }) : accrual
}

async function findEnrolment({ db, workspace }: Context, id: string) {
  const [enrolment] = await db
    .select()
    .from(classEnrolments)
    .where(and(eq(classEnrolments.workspaceId, workspace.id), eq(classEnrolments.id, id)))
  if (!enrolment) throw notFound('enrolment', ['list_class_roster'])
  return enrolment
}

function notHappened(state: string, tool: string): Refusal {
  return new Refusal('invalid_transition', 'What has not happened earns nothing.', { state }, [tool])
}

export interface Reversal {
  id: string
  /** What remains of it; none: nothing does. */
  lines: Line[]
  reason: string
}

/** @throws Refusal `not_found` */
export async function reverseByHand(context: Context, { id, lines, reason }: Reversal): Promise<Accrual> {
  const { sourceKind: kind, sourceId, accountId } = await findAccrualById(context, id)
  const customerId = await ownerOf(context, accountId)
  return (await reviseFor(context, { source: { kind, id: sourceId }, customerId, lines, reason }))!
}

/** @throws Refusal `invalid_transition` */
async function activeProgram(context: Context): Promise<Program> {
  const program = await programAt(context, context.now)
  if (program?.status === 'active') return program
  throw new Refusal('invalid_transition', 'There is no loyalty program now.', {}, ['update_loyalty_program'])
}
