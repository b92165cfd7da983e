/**
 * What a booking asks of its customer beside its price: a deposit ahead, a fee where they cancel late or do not come.
 * This says what is due and what goes back. What the deposit pays of a fee is kept, and what is left of it goes back, both
 * with the booking's own change, whose preview shows them. What goes back is gated as any refund is, but for the customer
 * themselves: they do within the policy that they agreed to what they may. What is due beside it is taken later, through
 * gates of its own.
 */

import { and, asc, eq, ne } from 'drizzle-orm'
import { newId } from '../../database/columns.ts'
import { priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import { keepCredit, returnCredit } from '../entitlements/credits.ts'
import { keepForFee, refundDeposit, releaseFee } from '../payments/deposits.ts'
import { sourceOf } from './credits.ts'
import type { BookingEvent } from './states.ts'
import { type Booking, bookingCharges, type Charge } from './tables.ts'

/** How a visit came to nothing: for free, or at a cost. */
export type Outcome = 'free' | 'late_cancel' | 'no_show'

/** Minor units. */
export interface Settlement {
  /** null: none paid for it. */
  credit: 'returned' | 'kept' | null
  /** What the customer owes for the outcome; never where a credit is kept for it. */
  fee: number
  /** Of it, what the deposit pays: as much as it can, and never more than the fee. */
  covered: number
  /** What is left of the deposit, and goes back. */
  refund: number
}

/** What the outcome means, or meant: the same code shows it before and does it. */
export function settlementOf(
  booking: Pick<Booking, 'paidWith' | 'lateCancelFeeAmount' | 'noShowFeeAmount'>,
  charges: Pick<Charge, 'kind' | 'state' | 'amount'>[],
  outcome: Outcome,
): Settlement {
  const costs = outcome !== 'free'
  // What paid an invoice is the customer's credit, where that was taken back.
  const deposit =
    charges.find(({ kind, state }) => kind === 'deposit' && state !== 'due' && state !== 'applied')?.amount ??
    0
  if (booking.paidWith === 'entitlement') {
    return { credit: costs ? 'kept' : 'returned', fee: 0, covered: 0, refund: deposit }
  }
  const waived = charges.some(({ kind, state }) => kind === outcome && state === 'waived')
  const asked = { free: null, late_cancel: booking.lateCancelFeeAmount, no_show: booking.noShowFeeAmount }
  const fee = waived ? 0 : (asked[outcome] ?? 0)
  const covered = Math.min(fee, deposit)
  return { credit: null, fee, covered, refund: deposit - covered }
}

/** What stands, oldest first: one of each kind at most. */
export function chargesOf({ db, workspace }: Context, bookingId: string): Promise<Charge[]> {
  return db
    .select()
    .from(bookingCharges)
    .where(
      and(
        eq(bookingCharges.workspaceId, workspace.id),
        eq(bookingCharges.bookingId, bookingId),
        ne(bookingCharges.state, 'void'),
      ),
    )
    .orderBy(asc(bookingCharges.id))
}

/** What is still to be paid of it, or to be given back; minor units. */
export function openAmount({ state, amount, coveredAmount }: Charge): number {
  return state === 'due' || state === 'refund_due' ? amount - coveredAmount : 0
}

/** Asks for the deposit of a booking that waits for it. */
export async function askDeposit(context: Context, booking: Booking, amount: number): Promise<void> {
  await add(context, booking, { kind: 'deposit', amount, coveredAmount: 0, state: 'due' })
  tell(context, booking, 'booking.deposit_due', 'deposit')
}

/**
 * What an event brings about on the customer's side, once it has happened.
 * @param booking locked, as it is after it
 */
export async function settle(context: Context, booking: Booking, event: BookingEvent): Promise<void> {
  if (booking.customerId === null) return
  if (event === 'cancel') return conclude(context, booking, booking.cancelledLate ? 'late_cancel' : 'free')
  if (event === 'decline' || event === 'expire') return conclude(context, booking, 'free')
  if (event === 'miss') return conclude(context, booking, 'no_show')
  if (event === 'revert') return undo(context, booking)
}

async function conclude(context: Context, booking: Booking, outcome: Outcome): Promise<void> {
  const charges = await chargesOf(context, booking.id)
  const { credit, fee, covered, refund } = settlementOf(booking, charges, outcome)
  const source = sourceOf(booking)
  // What nobody answered, or the business called off, is no loss of the customer's.
  if (credit === 'returned')
    await returnCredit(context, { source, by: booking.cancelledBy === 'customer' ? 'customer' : 'business' })
  if (credit === 'kept') await keepCredit(context, { source })
  for (const deposit of charges.filter(({ kind }) => kind === 'deposit')) {
    if (deposit.state === 'due') await change(context, deposit, { state: 'void' })
    if (deposit.state !== 'paid') continue
    await change(context, deposit, { state: refund > 0 ? 'refund_due' : 'kept', coveredAmount: covered })
    if (refund > 0) tell(context, booking, 'booking.deposit_refund_due', 'deposit')
  }
  if (refund > 0) await refundDeposit(context, booking.id, refund)
  if (outcome === 'free' || fee === 0) return
  const state = covered < fee ? 'due' : 'paid'
  // Before it is noted: what is held is what no fee has covered.
  const charge = { id: newId(), kind: outcome, amount: fee, coveredAmount: covered, state } as const
  await keepForFee(context, booking, charge)
  await add(context, booking, charge)
  if (state === 'paid') return
  // For the gate: a policy may ask a person above some amount, though what is only noted as due asks nobody by itself.
  context.declare({ kind: 'charge', gate: 'confirm', amount: priceOf(context, fee - covered) })
  tell(context, booking, 'booking.fee_due', outcome)
}

/**
 * It was no no-show: the fee is void, and what the deposit paid of it is the deposit again. A credit that was kept stays
 * taken, as a visit's is; it comes back, or moves, as any other from here.
 */
async function undo(context: Context, booking: Booking): Promise<void> {
  const charges = await chargesOf(context, booking.id)
  const fee = charges.find(({ kind }) => kind === 'no_show')
  if (fee) {
    await releaseFee(context, fee)
    await change(context, fee, { state: 'void', reason: null, coveredAmount: 0 })
    tell(context, booking, 'booking.fee_voided', 'no_show')
  }
  const deposit = charges.find(({ kind }) => kind === 'deposit')
  if (deposit) await restoreDeposit(context, deposit, fee !== undefined)
}

/**
 * The deposit is what is left of it: what has gone back is gone, and what paid an invoice is the customer's credit since that
 * was taken back.
 */
async function restoreDeposit(context: Context, deposit: Charge, wasFined: boolean): Promise<void> {
  const { state, amount, coveredAmount } = deposit
  if (state === 'due' || state === 'paid') return
  const inHand = state === 'kept' || state === 'refund_due' ? amount : coveredAmount
  const left = wasFined ? inHand : state === 'refund_due' ? amount - coveredAmount : 0
  if (left === 0) await change(context, deposit, { state: 'void' })
  else await change(context, deposit, { state: 'paid', amount: left, coveredAmount: 0 })
}

async function add(
  { db, now }: Context,
  { workspaceId, id: bookingId }: Booking,
  charge: Pick<Charge, 'kind' | 'amount' | 'coveredAmount' | 'state'> & { id?: string },
): Promise<void> {
  await db.insert(bookingCharges).values({ workspaceId, id: newId(), bookingId, ...charge, at: now })
}

export async function change(
  { db, now }: Context,
  { workspaceId, id }: Charge,
  to: Partial<Pick<Charge, 'state' | 'amount' | 'coveredAmount' | 'reason'>>,
): Promise<void> {
  await db
    .update(bookingCharges)
    .set({ ...to, at: now })
    .where(and(eq(bookingCharges.workspaceId, workspaceId), eq(bookingCharges.id, id)))
}

type Told = 'deposit_due' | 'deposit_refund_due' | 'fee_due' | 'fee_voided'

function tell({ emit, now }: Context, { id }: Booking, type: `booking.${Told}`, kind: Charge['kind']): void {
  emit({ type, subject: { kind: 'booking', id }, data: { kind }, at: now })
}
