/**
 * One attempt at what a provider is to do, in two transactions around it. The first is committed before the provider is
 * called, so that an attempt that was cut off is known for one: whoever goes on asks what became of it, under the same key.
 */

import { and, desc, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import type { Context } from '../context.ts'
import { lockPayment } from './locks.ts'
import { applyReport } from './report.ts'
import type { NoReport, PaymentReport } from './reports.ts'
import {
  type Doing,
  type Payment,
  type PaymentMethod,
  paymentAttempts,
  paymentMethods,
  payments,
} from './tables.ts'

export interface Attempt {
  payment: Payment
  doing: Doing
  /** Asks first: an earlier attempt at it was not answered. */
  ask: boolean
  method: PaymentMethod | null
}

/** null: there is nothing to do. */
export async function beginAttempt(context: Context, paymentId: string): Promise<Attempt | null> {
  const { db, workspace } = context
  const payment = await lockPayment(context, paymentId)
  if (!payment?.doing || isOver(payment)) return null
  const { doing, inDoubt } = payment
  const attempts = payment.attempts + 1
  const at = realNow()
  await db.insert(paymentAttempts).values({
    workspaceId: workspace.id,
    paymentId,
    number: attempts,
    doing,
    asked: inDoubt,
    outcome: 'sending',
    at,
  })
  const begun = await change(context, payment, {
    attempts,
    inDoubt: true,
    attemptedAt: payment.attemptedAt ?? at,
  })
  const [method = null] = payment.methodId
    ? await db
        .select()
        .from(paymentMethods)
        .where(and(eq(paymentMethods.workspaceId, workspace.id), eq(paymentMethods.id, payment.methodId)))
    : []
  return { payment: begun, doing, ask: inDoubt, method }
}

/** A webhook has been quicker than the answer to the attempt. */
function isOver({ doing, state }: Payment): boolean {
  if (doing === 'capture' || doing === 'release') return state !== 'authorized' && state !== 'requires_action'
  return state !== 'processing'
}

/** Writes down how an attempt went. What a webhook has said meanwhile stands: a report is applied by the table alone. */
export async function settleAttempt(
  context: Context,
  { payment: { id, attempts: number }, doing }: Attempt,
  outcome: PaymentReport | NoReport,
): Promise<void> {
  const { db, workspace } = context
  const payment = await lockPayment(context, id)
  if (!payment) return
  await db
    .update(paymentAttempts)
    .set({ outcome: outcome.kind })
    .where(
      and(
        eq(paymentAttempts.workspaceId, workspace.id),
        eq(paymentAttempts.paymentId, id),
        eq(paymentAttempts.number, number),
      ),
    )
  if (outcome.kind === 'unclear' || outcome.kind === 'later') {
    if (payment.doing !== doing || isOver(payment)) return
    await tryAgain(context, payment, outcome)
    return
  }
  const clear = payment.doing === doing ? { doing: null, inDoubt: false, attemptedAt: null } : {}
  await applyReport(context, await change(context, payment, clear), outcome)
}

/** While nobody can tell, it stays in doubt, and is asked about for ever more rarely; only the provider's word ends that. */
async function tryAgain(context: Context, payment: Payment, outcome: NoReport): Promise<void> {
  const clear = outcome.kind === 'later' && !(await wasInDoubt(context, payment))
  if (clear) await change(context, payment, { inDoubt: false })
  if (payment.attempts === LOOKED_AT_AFTER) tellOf(context, payment, 'payment.unanswered')
  const seconds = Math.max(
    pauseSeconds(payment.attempts),
    outcome.kind === 'later' ? (outcome.afterSeconds ?? 0) : 0,
  )
  await wakePayment(context, payment.id, realNow().add({ milliseconds: Math.round(seconds * 1000) }))
}

/** Whether an attempt before this one may have been done. */
async function wasInDoubt({ db, workspace }: Context, { id }: Payment): Promise<boolean> {
  const [last] = await db
    .select({ asked: paymentAttempts.asked })
    .from(paymentAttempts)
    .where(and(eq(paymentAttempts.workspaceId, workspace.id), eq(paymentAttempts.paymentId, id)))
    .orderBy(desc(paymentAttempts.number))
    .limit(1)
  return last?.asked ?? false
}

/** A person should know by now: some minutes. */
const LOOKED_AT_AFTER = 4

/** 5 s, 20 s, 80 s, … at most 6 hours, of which a random half is taken off, so that not all come at once. */
export function pauseSeconds(tries: number, random = Math.random()): number {
  return Math.min(5 * 4 ** Math.min(tries - 1, 8), 6 * 3600) * (1 - random / 2)
}

/** @param at real time; default: at once */
export async function wakePayment({ enqueue }: Context, id: string, at?: Temporal.Instant): Promise<void> {
  await enqueue({ task: 'pay', ids: { payment_id: id }, runAt: at, jobKey: id })
}

export function tellOf(
  { emit }: Context,
  payment: Payment,
  type: `payment.${string}`,
  data: Record<string, unknown> = {},
): void {
  const { id, customerId, amount, currency, tender, purpose } = payment
  emit({
    type,
    subject: { kind: 'payment', id },
    data: { customer_id: idText('customer', customerId), amount, currency, tender, purpose, ...data },
  })
}

export async function change(
  { db, workspace, now }: Context,
  { id }: Payment,
  changes: Partial<Payment>,
): Promise<Payment> {
  const [changed] = await db
    .update(payments)
    .set({ ...changes, updatedAt: now })
    .where(and(eq(payments.workspaceId, workspace.id), eq(payments.id, id)))
    .returning()
  return changed!
}

/** An attempt is an event of the world, whatever the sandbox clock shows. */
export function realNow(): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Date.now())
}
