/**
 * The money of a booking's deposit. Taken, it is held for the customer; then it pays the invoice of the visit, or a fee, or
 * goes back the way it came. A booking says which (see its charges), under its lock.
 */

import { and, eq, ne, sum } from 'drizzle-orm'
import { change as changeCharge, chargesOf } from '../bookings/charges.ts'
import type { Booking, Charge } from '../bookings/tables.ts'
import type { Context } from '../context.ts'
import type { Invoice } from '../invoices/tables.ts'
import { post, reverse } from '../ledger/post.ts'
import { lockDebt } from './debts.ts'
import { disputedAmount } from './disputes.ts'
import { paymentsOf } from './locks.ts'
import { settledPayment } from './manual.ts'
import { giveBack, planRefund } from './refund.ts'
import { type Payment, payments, refunds } from './tables.ts'

type KeptFee = Pick<Charge, 'id' | 'kind' | 'coveredAmount'>

/** So much of it is kept for a fee. Once for each fee. */
export async function keepForFee(context: Context, booking: Booking, fee: KeptFee): Promise<void> {
  const amount = Math.min(fee.coveredAmount, await heldFor(context, booking.id))
  await post(context, {
    source: { kind: 'booking', id: booking.id },
    cause: causeOf(fee),
    entries: [
      { account: { kind: 'deposits_held', customerId: booking.customerId! }, amount },
      { account: { kind: 'fees' }, amount: -amount },
    ],
  })
}

/** The fee is void, or let go: what was kept for it is held again. */
export async function releaseFee(context: Context, fee: Charge): Promise<void> {
  await reverse(context, { source: { kind: 'booking', id: fee.bookingId }, cause: causeOf(fee) })
}

function causeOf({ kind, id }: KeptFee): string {
  return `${kind} ${id}`
}

/**
 * What the booking gives back goes back: by card through its provider, else at once. It is gated as any refund, but for
 * the customer themselves, who cancels within the policy that they agreed to.
 * What no payment brought, or a bank takes back itself, does not.
 */
export async function refundDeposit(context: Context, bookingId: string, amount: number): Promise<void> {
  let disputed = 0
  for (const { id } of await takenFor(context, bookingId)) disputed += await disputedAmount(context, id)
  const part = Math.min(amount, (await heldFor(context, bookingId)) - disputed)
  if (part <= 0) return
  const wish = { paid: { purpose: 'deposit', subjectId: bookingId }, amount: part } as const
  const plan = await planRefund(context, wish)
  const gate = context.principal.kind === 'customer' ? 'confirm' : 'approve'
  context.declare({ kind: 'refund', gate, amount: { amount: part, currency: plan.currency } })
  await giveBack(context, plan, wish)
}

/**
 * Pays the invoice of a visit that took place, as far as that is due. What is left is to go back, which a person decides:
 * the visit was paid twice, or cost less. @param booking locked
 */
export async function applyDeposit(context: Context, booking: Booking, invoice: Invoice): Promise<void> {
  const deposit = (await chargesOf(context, booking.id)).find(
    ({ kind, state }) => kind === 'deposit' && state === 'paid',
  )
  const taken = await takenFor(context, booking.id)
  if (!deposit || taken.length === 0) return
  let applied = 0
  for (const payment of taken) {
    const { due, currency } = await lockDebt(context, 'invoice', invoice.id)
    const amount = Math.min(await heldOf(context, payment), due)
    if (amount === 0) continue
    const owed = { purpose: 'invoice', subjectId: invoice.id } as const
    const money = { tender: 'deposit', amount, sourceId: payment.id } as const
    await settledPayment(context, owed, money, invoice.customerId, currency)
    applied += amount
  }
  if (applied >= deposit.amount) await changeCharge(context, deposit, { state: 'applied' })
  else await changeCharge(context, deposit, { state: 'refund_due', coveredAmount: applied })
}

/** Of a booking's deposit, what neither went back, nor pays an invoice, nor is kept for a fee. */
async function heldFor(context: Context, bookingId: string): Promise<number> {
  let held = 0
  for (const payment of await takenFor(context, bookingId)) held += await heldOf(context, payment)
  const fees = (await chargesOf(context, bookingId)).filter(({ kind }) => kind !== 'deposit')
  return Math.max(0, held - fees.reduce((total, { coveredAmount }) => total + coveredAmount, 0))
}

async function takenFor(context: Context, bookingId: string): Promise<Payment[]> {
  return (await paymentsOf(context, bookingId)).filter(
    ({ purpose, state }) => purpose === 'deposit' && state === 'succeeded',
  )
}

async function heldOf({ db, workspace }: Context, payment: Payment): Promise<number> {
  const [back] = await db
    .select({
      amount: sum(refunds.amount).mapWith(Number),
      credit: sum(refunds.creditAmount).mapWith(Number),
    })
    .from(refunds)
    .where(
      and(
        eq(refunds.workspaceId, workspace.id),
        eq(refunds.paymentId, payment.id),
        ne(refunds.state, 'failed'),
      ),
    )
  const [used] = await db
    .select({ amount: sum(payments.amount).mapWith(Number) })
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        eq(payments.tender, 'deposit'),
        eq(payments.sourceId, payment.id),
      ),
    )
  const wentBack = (back?.amount ?? 0) - (back?.credit ?? 0)
  return payment.amount - payment.creditedAmount - wentBack - (used?.amount ?? 0)
}
