/** Begins a payment by card: of a kept one without its owner, or on a page. The worker does the rest. */

import { and, eq, isNull } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { change, tellOf, wakePayment } from './attempt.ts'
import { type Debt, lockDebt } from './debts.ts'
import { amountUnderWay, lockPayment } from './locks.ts'
import { providerOf } from './provider-of.ts'
import { type Payment, type PaymentMethod, type Purpose, paymentMethods, payments } from './tables.ts'

export interface Owed {
  purpose: Purpose
  /** The invoice's, booking's or gift card's uuid. */
  subjectId: string
}

/**
 * What may still be paid of it, now that it is locked.
 * @throws Refusal `amount_exceeds_due`, also where what is on its way would be too much with it
 */
export async function amountToPay(
  context: Context,
  { purpose, subjectId }: Owed,
  debt: Debt,
  amount: number | undefined,
): Promise<number> {
  const pending = await amountUnderWay(context, purpose, subjectId)
  const open = Math.max(0, debt.due - pending)
  const asked = amount ?? open
  if (asked > 0 && asked <= open && (debt.inParts || asked === debt.due)) return asked
  throw new Refusal(
    'amount_exceeds_due',
    open === 0
      ? 'Nothing is left to pay of it.'
      : asked > open
        ? 'That is more than is left to pay of it.'
        : 'This is paid whole.',
    { due_amount: debt.due, pending_amount: pending, currency: debt.currency },
    ['list_payments'],
  )
}

export interface Charge extends Owed {
  methodId: string
  /** Minor units; default: all that is due. */
  amount?: number
  /** false: held on the card, and taken later. */
  capture?: boolean
}

/** @throws Refusal `not_found`, `amount_exceeds_due`, `consent_missing` without a mandate */
export async function chargeSavedMethod(context: Context, charge: Charge): Promise<Payment> {
  const { db, workspace, now } = context
  const debt = await lockDebt(context, charge.purpose, charge.subjectId)
  const method = await usableMethod(context, charge.methodId, debt.customerId)
  const provider = await providerOf(context)
  if (method.provider !== provider) throw notFound('saved payment method', ['create_payment_link'])
  const amount = await amountToPay(context, charge, debt, charge.amount)
  context.declare({ kind: 'charge', gate: 'approve', amount: { amount, currency: debt.currency } })
  const [payment] = await db
    .insert(payments)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId: debt.customerId,
      purpose: charge.purpose,
      subjectId: charge.subjectId,
      tender: 'card',
      provider,
      methodId: method.id,
      state: 'processing',
      amount,
      currency: debt.currency,
      capture: charge.capture ?? true,
      doing: 'charge',
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  tellOf(context, payment!, 'payment.started')
  await wakePayment(context, payment!.id)
  return payment!
}

/** @throws Refusal `not_found`; `consent_missing`: its owner has not agreed to charges without them */
export async function usableMethod(
  { db, workspace }: Context,
  methodId: string,
  customerId: string,
): Promise<PaymentMethod> {
  const [method] = await db
    .select()
    .from(paymentMethods)
    .where(
      and(
        eq(paymentMethods.workspaceId, workspace.id),
        eq(paymentMethods.id, methodId),
        eq(paymentMethods.customerId, customerId),
        isNull(paymentMethods.removedAt),
      ),
    )
  if (!method) throw notFound('saved payment method', ['create_payment_link'])
  if (method.mandateAt) return method
  throw new Refusal(
    'consent_missing',
    'The customer has not agreed to be charged without being there.',
    { method_id: idText('method', methodId) },
    ['create_payment_link'],
  )
}

/** Takes what is held, or lets it go; the provider's word ends it. Asked again, it changes nothing. */
export async function endAuthorization(
  context: Context,
  paymentId: string,
  doing: 'capture' | 'release',
): Promise<Payment> {
  const payment = await lockPayment(context, paymentId)
  if (!payment) throw notFound('payment', ['list_payments'])
  const { state, amount, currency } = payment
  if (doing === 'capture') context.declare({ kind: 'charge', gate: 'approve', amount: { amount, currency } })
  if (state === (doing === 'capture' ? 'succeeded' : 'cancelled') || payment.doing === doing) return payment
  // What is not answered yet is taken or let go as soon as it is; the first word stands.
  if (state === 'processing' && !payment.capture && (payment.thenDoing ?? doing) === doing)
    return change(context, payment, { thenDoing: doing })
  const page = doing === 'release' && state === 'requires_action' && payment.providerRef !== null
  if (!(state === 'authorized' || page) || payment.doing !== null) {
    throw new Refusal(
      'invalid_transition',
      state === 'succeeded'
        ? 'The money was taken: refund it instead.'
        : 'Nothing is held on a card by this payment.',
      { state },
      [state === 'succeeded' ? 'refund_payment' : 'get_payment'],
    )
  }
  const ending = await change(context, payment, { doing, inDoubt: false, attemptedAt: null })
  await wakePayment(context, payment.id)
  return ending
}
