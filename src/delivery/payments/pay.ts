/**
 * Has the provider do what a payment or a refund waits for. Kill it at any point: the attempt is known, and whoever
 * goes on asks what became of it, and does it under the same key only where the provider has never heard of it.
 */

import type { AsSystem } from '../../calls/as-system.ts'
import { idText } from '../../catalog/kinds.ts'
import { type Attempt, beginAttempt, settleAttempt } from '../../domain/payments/attempt.ts'
import { beginRefund, type RefundAttempt, settleRefund } from '../../domain/payments/refund-attempt.ts'
import type { NoReport, PaymentReport, RefundReport } from '../../domain/payments/reports.ts'
import type { PaymentProviderName } from '../../domain/payments/tables.ts'
import type { Handler } from '../handler.ts'
import { NotTaken, type PaymentOrder, type PaymentProvider, type RefundOrder } from './provider.ts'

/** null: the workspace has no such provider any more, or not yet. */
export type FindProvider = (workspaceId: string, name: PaymentProviderName) => Promise<PaymentProvider | null>

export interface Paying {
  asSystem: AsSystem
  provider: FindProvider
  /** Where the provider's page leads back to. */
  returnUrl: string
}

export function pay(parts: Paying): Handler {
  return async ({ workspaceId, ids, signal }) => {
    const attempt = await parts.asSystem(workspaceId, 'take_payment', context =>
      beginAttempt(context, ids.payment_id!),
    )
    if (!attempt) return
    const outcome = await answered(() => take(parts, workspaceId, attempt, signal))
    await parts.asSystem(workspaceId, 'take_payment', context => settleAttempt(context, attempt, outcome))
  }
}

async function take(
  { provider: find, returnUrl }: Paying,
  workspaceId: string,
  { payment, doing, ask, method }: Attempt,
  signal: AbortSignal,
): Promise<PaymentReport | NoReport> {
  const provider = await find(workspaceId, payment.provider!)
  if (!provider) return { kind: 'later' }
  const { id, amount, currency, capture, keepMethod, providerRef: ref, attemptedAt, reference } = payment
  const order: PaymentOrder = {
    workspaceId,
    paymentId: id,
    amount,
    currency,
    method: method && { ref: method.providerRef, ownerRef: method.ownerRef },
    capture,
    description: idText('payment', id),
    keepMethod,
    returnUrl,
    ref,
    since: attemptedAt!,
    card: payment.provider === 'sandbox' ? reference : null,
  }
  const asking = { key: `${idText('payment', id)}/${doing}`, signal }
  const known = ask ? await provider.find(doing, order, asking) : null
  if (known) return known
  const hours = (Date.now() - attemptedAt!.epochMilliseconds) / 3_600_000
  // Its key may be forgotten by now: who cannot be sure to do it once does not do it.
  if (ask && doing === 'charge' && hours > KEY_HOURS) return { kind: 'failed', reason: 'never_arrived' }
  return provider.act(doing, order, asking)
}

export function payBack(parts: Paying): Handler {
  return async ({ workspaceId, ids, signal }) => {
    const attempt = await parts.asSystem(workspaceId, 'refund_payment', context =>
      beginRefund(context, ids.refund_id!),
    )
    if (!attempt) return
    const outcome = await answered(() => give(parts, workspaceId, attempt, signal))
    await parts.asSystem(workspaceId, 'refund_payment', context => settleRefund(context, attempt, outcome))
  }
}

async function give(
  { provider: find }: Paying,
  workspaceId: string,
  { refund, card, ask }: RefundAttempt,
  signal: AbortSignal,
): Promise<RefundReport | NoReport> {
  const provider = await find(workspaceId, card.provider!)
  if (!provider) return { kind: 'later' }
  const { id: refundId, amount, providerRef: ref, attemptedAt } = refund
  const order: RefundOrder = {
    workspaceId,
    refundId,
    paymentRef: card.providerRef!,
    amount,
    currency: card.currency,
    ref,
  }
  const asking = { key: idText('refund', refundId), signal }
  const known = ask ? await provider.findRefund(order, asking) : null
  if (known) return known
  const hours = (Date.now() - attemptedAt!.epochMilliseconds) / 3_600_000
  if (ask && hours > KEY_HOURS) return { kind: 'failed', reason: 'never_arrived' }
  return provider.refund(order, asking)
}

/** 24 by Stripe's documentation; an hour is for clocks that differ and tries that take long. */
const KEY_HOURS = 23

async function answered<Report>(work: () => Promise<Report>): Promise<Report | NoReport> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error
    const { outcome, afterSeconds } = error
    return outcome === 'unclear' ? { kind: 'unclear' } : { kind: 'later', afterSeconds }
  }
}
