/**
 * Giving money back: planned, reserved and asked for under the lock of what was paid, so that however many ask at once,
 * no more goes back than came. What no provider holds goes back at once.
 */

import { and, eq, ne, sum } from 'drizzle-orm'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { lockGiftCard } from '../gift-cards/gift-cards.ts'
import { creditOf, lockCredit } from './credit.ts'
import { lockDebt, refundCap } from './debts.ts'
import { disputedAmount } from './disputes.ts'
import { giveOut } from './give-out.ts'
import { invoiceRefundable } from './invoice-debt.ts'
import { findPayment, moneyBehind, paymentsOf } from './locks.ts'
import { applyRefundReport, tellRefund } from './refund-report.ts'
import { type Refundable, refundOrder, type Share, shareRefund } from './refundable.ts'
import { type Payment, type Purpose, type Refund, refunds } from './tables.ts'

export interface RefundWish {
  /** One payment, or all that was paid for one thing. */
  paymentId?: string
  paid?: { purpose: Purpose; subjectId: string }
  /** The note that asked for it. */
  creditNoteId?: string
  /** Minor units; default: all that can be. */
  amount?: number
}

/** `applied`: of what is left, what paid the debt; the rest is credit. */
export interface Left extends Refundable {
  applied: number
}

export interface RefundPlan {
  payments: Payment[]
  /** All that could go back, in the order in which it would. */
  refundable: Left[]
  shares: Share[]
  currency: string
  amount: number
}

/**
 * What a refund would take from where; the same code as the refund. Its debt is locked from here on.
 * @throws Refusal `not_found`, `exceeds_refundable`
 */
export async function planRefund(context: Context, wish: RefundWish): Promise<RefundPlan> {
  const asked = wish.paymentId === undefined ? null : await findPayment(context, wish.paymentId)
  const what = asked ?? wish.paid
  if (!what) throw notFound('payment', ['list_payments'])
  const { purpose, subjectId } = what
  const debt = await lockDebt(context, purpose, subjectId)
  const all = (await paymentsOf(context, subjectId)).filter(
    payment => payment.purpose === purpose && payment.state === 'succeeded',
  )
  const from = asked ? all.filter(({ id }) => id === asked.id) : all
  const refundable: Left[] = []
  const lefts = []
  for (const payment of all) lefts.push({ payment, ...(await leftOf(context, payment, wish.creditNoteId)) })
  const refunded = lefts.reduce((total, left) => total + left.refunded, 0)
  let cap = await refundCap(context, what, refunded, wish.creditNoteId)
  // In the order in which they go back: the cap is for those that come first.
  lefts.sort((one, other) => placeOf(one.payment) - placeOf(other.payment))
  for (const { payment, ...left } of lefts.filter(({ payment }) => from.includes(payment))) {
    const applied = Math.min(left.applied, cap)
    cap -= applied
    const { id: paymentId, tender } = payment
    if (applied + left.credit > 0)
      refundable.push({ paymentId, tender, left: applied + left.credit, applied })
  }
  const most = refundable.reduce((total, { left }) => total + left, 0)
  const amount = wish.amount ?? most
  if (amount === 0) {
    throw new Refusal(
      'exceeds_refundable',
      'Nothing can be refunded: nothing was paid, or all of it has gone back or is disputed.',
      { refundable_amount: 0 },
      ['list_payments'],
    )
  }
  return {
    payments: from,
    refundable,
    shares: shareRefund(refundable, amount),
    currency: debt.currency,
    amount,
  }
}

function placeOf({ tender }: Payment): number {
  return refundOrder.indexOf(tender)
}

/** Of one payment: what no refund holds or has taken, and no bank disputes; and of the credit that it became, what is left. */
async function leftOf(
  context: Context,
  payment: Payment,
  creditNoteId: string | undefined,
): Promise<{ applied: number; credit: number; refunded: number }> {
  const { db, workspace } = context
  const [taken] = await db
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
  const amount = taken?.amount ?? 0
  const credit = taken?.credit ?? 0
  const refunded = amount - credit
  const free = Math.max(0, payment.amount - amount - (await disputedAmount(context, payment.id)))
  const ofDebt =
    payment.purpose === 'invoice'
      ? await invoiceRefundable(context, payment, creditNoteId)
      : payment.amount - payment.creditedAmount - refunded
  const applied = Math.max(0, Math.min(ofDebt, free))
  if (payment.creditedAmount === 0 || creditNoteId !== undefined) return { applied, credit: 0, refunded }
  await lockCredit(context, payment.customerId)
  const unspent = await creditOf(context, payment.customerId, payment.currency)
  const ofCredit = Math.min(payment.creditedAmount - credit, unspent, free - applied)
  return { applied, credit: Math.max(0, ofCredit), refunded }
}

/** @param reason in the business's words @throws Refusal `not_found`, `exceeds_refundable` */
export async function refundPayment(
  context: Context,
  wish: RefundWish & { reason?: string },
): Promise<{ plan: RefundPlan; refunds: Refund[] }> {
  const plan = await planRefund(context, wish)
  const { amount, currency } = plan
  context.declare({ kind: 'refund', gate: 'approve', amount: { amount, currency } })
  return { plan, refunds: await giveBack(context, plan, wish) }
}

/** @param plan of this transaction, whose gate has been passed */
export async function giveBack(
  context: Context,
  plan: RefundPlan,
  wish: RefundWish & { reason?: string },
): Promise<Refund[]> {
  await lockCards(context, plan)
  const made: Refund[] = []
  for (const share of plan.shares) {
    const payment = plan.payments.find(({ id }) => id === share.paymentId)!
    const { applied } = plan.refundable.find(({ paymentId }) => paymentId === share.paymentId)!
    made.push(
      await startRefund(context, payment, {
        amount: share.amount,
        creditAmount: Math.max(0, share.amount - applied),
        reason: wish.reason,
        creditNoteId: wish.creditNoteId,
      }),
    )
  }
  return made
}

/** All of them, before any customer: who pays with a card locks it before the customer of the invoice. */
async function lockCards(context: Context, { payments, shares }: RefundPlan): Promise<void> {
  const spent = payments.filter(
    ({ id, tender }) => tender === 'gift_card' && shares.some(({ paymentId }) => paymentId === id),
  )
  for (const id of [...new Set(spent.map(({ sourceId }) => sourceId!))].sort())
    await lockGiftCard(context, id)
}

export interface NewRefund {
  amount: number
  /** Of it, what is taken from the credit that the payment had become. */
  creditAmount: number
  reason?: string
  creditNoteId?: string
}

/** @param payment its debt is locked, and the amount can be refunded */
export async function startRefund(
  context: Context,
  payment: Payment,
  { amount, creditAmount, reason, creditNoteId }: NewRefund,
): Promise<Refund> {
  const { db, workspace, now, enqueue } = context
  const [refund] = await db
    .insert(refunds)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      paymentId: payment.id,
      state: 'pending',
      amount,
      creditAmount,
      reason,
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  await giveOut(context, payment, refund!, creditNoteId)
  tellRefund(context, payment, refund!, 'refund.requested')
  if ((await cardBehind(context, payment)) === null)
    return applyRefundReport(context, payment, refund!, { kind: 'succeeded' })
  await enqueue({ task: 'refund', ids: { refund_id: refund!.id }, jobKey: refund!.id })
  return refund!
}

/** The card payment that a refund goes back to. null: its money came by none. */
export async function cardBehind(context: Context, payment: Payment): Promise<Payment | null> {
  const source = await moneyBehind(context, payment)
  return source.tender === 'card' ? source : null
}
