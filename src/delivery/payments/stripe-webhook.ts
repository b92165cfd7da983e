/** Stripe's webhooks (docs.stripe.com/webhooks): nothing of one is read before its signature and its time are checked. */

import Stripe from 'stripe'
import { Temporal } from 'temporal-polyfill'
import type { DisputeState, ProviderEvent } from '../../domain/payments/reports.ts'
import { Forged, type ReadWebhook } from './provider.ts'
import { amountOfUnits, intentReport, ownId, refundReport } from './stripe.ts'

/** Seconds by which a signature may be old: the standard's, and the library's default. */
export const TOLERANCE_SECONDS = 300

export function stripeWebhook(secret: string): ReadWebhook {
  return (raw, signature) => eventOf(verified(raw, signature, secret))
}

function verified(raw: Buffer, signature: string | undefined, secret: string): Stripe.Event {
  try {
    return Stripe.webhooks.constructEvent(raw, signature ?? '', secret, TOLERANCE_SECONDS)
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError || error instanceof SyntaxError)
      throw new Forged('This is not signed by Stripe, or not now.')
    throw error
  }
}

function eventOf(event: Stripe.Event): ProviderEvent | null {
  const heard = { id: event.id, at: Temporal.Instant.fromEpochMilliseconds(event.created * 1000) }
  switch (event.type) {
    case 'payment_intent.succeeded':
    case 'payment_intent.processing':
    case 'payment_intent.payment_failed':
    case 'payment_intent.canceled':
    case 'payment_intent.requires_action':
    case 'payment_intent.amount_capturable_updated': {
      const intent = event.data.object
      const paymentId = ownId(intent.metadata, 'payment')
      return { ...heard, kind: 'payment', paymentId, ref: intent.id, report: intentReport(intent) }
    }
    case 'checkout.session.expired': {
      const session = event.data.object
      const paymentId = ownId(session.metadata, 'payment')
      return { ...heard, kind: 'payment', paymentId, ref: session.id, report: { kind: 'cancelled' } }
    }
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed': {
      const refund = event.data.object
      const refundId = ownId(refund.metadata, 'refund')
      return { ...heard, kind: 'refund', refundId, ref: refund.id, report: refundReport(refund) }
    }
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed':
      return { ...heard, ...disputeOf(event.data.object) }
    default:
      return null
  }
}

function disputeOf(dispute: Stripe.Dispute) {
  const { payment_intent: intent, evidence_details: evidence, currency } = dispute
  const due = evidence.due_by
  return {
    kind: 'dispute' as const,
    ref: dispute.id,
    paymentRef: typeof intent === 'string' ? intent : (intent?.id ?? ''),
    amount: amountOfUnits(dispute.amount, currency),
    reason: dispute.reason.slice(0, 60),
    state: disputeState(dispute.status),
    respondBy: due ? Temporal.Instant.fromEpochMilliseconds(due * 1000) : null,
  }
}

function disputeState(status: Stripe.Dispute.Status): DisputeState {
  if (status === 'lost') return 'lost'
  if (status === 'won' || status === 'warning_closed' || status === 'prevented') return 'won'
  return status === 'needs_response' || status === 'warning_needs_response'
    ? 'needs_response'
    : 'under_review'
}
