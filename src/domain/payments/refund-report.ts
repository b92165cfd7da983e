/** What a provider says of a refund: by the table. What fails, also days later, can be refunded again. */

import { and, eq } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import type { Context } from '../context.ts'
import { takeOutBack } from './give-out.ts'
import { lockPayment } from './locks.ts'
import { refundStateAfter } from './refund-states.ts'
import type { RefundReport } from './reports.ts'
import { type Payment, type Refund, refunds } from './tables.ts'

/** Locks the refund with its payment and what that was for. null: there is none. */
export async function lockRefund(
  context: Context,
  refundId: string,
): Promise<{ refund: Refund; payment: Payment } | null> {
  const { db, workspace } = context
  const which = and(eq(refunds.workspaceId, workspace.id), eq(refunds.id, refundId))
  const [found] = await db.select().from(refunds).where(which)
  const payment = found && (await lockPayment(context, found.paymentId))
  if (!payment) return null
  const [refund] = await db.select().from(refunds).where(which).for('update')
  return { refund: refund!, payment }
}

/** Whether there is such a refund. */
export async function hearRefund(context: Context, refundId: string, report: RefundReport): Promise<boolean> {
  const found = await lockRefund(context, refundId)
  if (!found) return false
  await applyRefundReport(context, found.payment, found.refund, report)
  return true
}

/** @param payment locked, with its debt; @param refund locked */
export async function applyRefundReport(
  context: Context,
  payment: Payment,
  refund: Refund,
  report: RefundReport,
): Promise<Refund> {
  const providerRef = refund.providerRef ?? report.ref ?? null
  const event = { succeeded: 'succeed', failed: 'fail', pending: null }[report.kind] as
    | 'succeed'
    | 'fail'
    | null
  const state = event && refundStateAfter(refund.state, event)
  const settled = report.kind === 'pending' && refund.state === 'pending'
  if (!state) return changeRefund(context, refund, { providerRef, ...(settled && { inDoubt: false }) })
  const failure = report.kind === 'failed' ? report.reason : null
  const moved = await changeRefund(context, refund, { state, failure, providerRef, inDoubt: false })
  if (state === 'failed') await takeOutBack(context, payment, moved)
  tellRefund(context, payment, moved, `refund.${state}`)
  return moved
}

export async function changeRefund(
  { db, workspace, now }: Context,
  { id }: Refund,
  changes: Partial<Refund>,
): Promise<Refund> {
  const [changed] = await db
    .update(refunds)
    .set({ ...changes, updatedAt: now })
    .where(and(eq(refunds.workspaceId, workspace.id), eq(refunds.id, id)))
    .returning()
  return changed!
}

export function tellRefund(
  { emit }: Context,
  { id, customerId, currency, tender }: Payment,
  refund: Refund,
  type: `refund.${string}`,
): void {
  emit({
    type,
    subject: { kind: 'refund', id: refund.id },
    data: {
      payment_id: idText('payment', id),
      customer_id: idText('customer', customerId),
      amount: refund.amount,
      currency,
      tender,
      ...(refund.failure && { reason: refund.failure }),
    },
  })
}
