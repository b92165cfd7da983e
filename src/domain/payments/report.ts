/** What a provider says of a payment, from an attempt or by itself: by the table, so that it is posted once. */

import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { change, tellOf, wakePayment } from './attempt.ts'
import { hearWaiting } from './hear.ts'
import { type PaymentEvent, paymentStateAfter } from './payment-states.ts'
import type { KeptMethod, PaymentReport } from './reports.ts'
import { type Payment, paymentMethods } from './tables.ts'
import { takeIn } from './take-in.ts'

const eventOf: Record<PaymentReport['kind'], PaymentEvent> = {
  succeeded: 'succeed',
  authorized: 'authorize',
  requires_action: 'challenge',
  processing: 'proceed',
  failed: 'fail',
  cancelled: 'cancel',
}

/** @param payment locked, with its debt @returns it, as it is now */
export async function applyReport(
  context: Context,
  payment: Payment,
  report: PaymentReport,
): Promise<Payment> {
  const known = await withRef(context, payment, report.ref)
  // On the provider's page the customer tries another card: only the page's end is the end.
  const pageIsOpen = report.kind === 'failed' && known.state === 'requires_action' && known.linkId !== null
  const state = pageIsOpen ? null : paymentStateAfter(known.state, eventOf[report.kind])
  if (!state) return known
  const moved = await change(context, known, {
    state,
    reason: report.kind === 'failed' ? report.reason : null,
    actionUrl: report.kind === 'requires_action' ? (report.url ?? null) : null,
    settledAt: state === 'succeeded' ? context.now : null,
    ...(state !== 'authorized' && state !== 'requires_action' && { doing: null, inDoubt: false }),
  })
  if (report.kind === 'succeeded') {
    if (report.kept && moved.keepMethod) await keepMethod(context, moved, report.kept)
    const settled = await takeIn(context, moved)
    await hearWaiting(context, settled)
    return settled
  }
  if (state === 'authorized' && moved.thenDoing) {
    await wakePayment(context, moved.id)
    return change(context, moved, { doing: moved.thenDoing, attemptedAt: null })
  }
  tellOf(context, moved, `payment.${state}`, moved.reason ? { reason: moved.reason } : {})
  return moved
}

/** A page has a name of its own, until the payment that is made on it is known by its. */
async function withRef(context: Context, payment: Payment, ref: string | undefined): Promise<Payment> {
  if (!ref || ref === payment.providerRef) return payment
  if (payment.providerRef && !payment.providerRef.startsWith('cs_')) return payment
  return change(context, payment, { providerRef: ref })
}

/** The mandate: from this payment on, the business may charge the card without its owner. */
async function keepMethod(context: Context, payment: Payment, kept: KeptMethod): Promise<void> {
  const { db, workspace, now } = context
  await db
    .insert(paymentMethods)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId: payment.customerId,
      provider: payment.provider!,
      providerRef: kept.ref,
      ownerRef: kept.ownerRef,
      brand: kept.brand,
      last4: kept.last4,
      mandateAt: now,
      createdAt: now,
    })
    .onConflictDoUpdate({
      target: [
        paymentMethods.workspaceId,
        paymentMethods.provider,
        paymentMethods.providerRef,
        paymentMethods.customerId,
      ],
      set: { mandateAt: now, removedAt: null },
    })
}
