/** What a payment provider may say of a payment, a refund or a dispute, whichever provider it is. */

import type { Temporal } from 'temporal-polyfill'

/** Why money did not move: a word of ours, never the provider's own, which may repeat what the customer typed. */
export type DeclineReason =
  | 'declined'
  | 'insufficient_funds'
  | 'authentication_required'
  | 'expired'
  | 'refused'
  | 'method_gone'
  /** It was asked for, and the provider knows nothing of it. */
  | 'never_arrived'

/** A card that the customer agreed to have kept. */
export interface KeptMethod {
  ref: string
  /** What the provider calls its owner. */
  ownerRef: string | null
  brand: string | null
  last4: string | null
}

export type PaymentReport = { ref?: string } & (
  | { kind: 'succeeded'; kept?: KeptMethod }
  /** Held on the card, not taken yet. */
  | { kind: 'authorized' }
  /** The customer has to do something, at `url` where there is one. */
  | { kind: 'requires_action'; url?: string }
  /** It says so later, by a webhook. */
  | { kind: 'processing' }
  | { kind: 'failed'; reason: DeclineReason }
  | { kind: 'cancelled' }
)

export type RefundReport = { ref?: string } & (
  | { kind: 'succeeded' }
  | { kind: 'pending' }
  | { kind: 'failed'; reason: DeclineReason }
)

/** What an attempt came to, where the provider did not say it. */
export type NoReport =
  /** Nobody can tell whether it was done: whoever goes on asks first. */
  | { kind: 'unclear' }
  /** It was not done, and may be later. */
  | { kind: 'later'; afterSeconds?: number }

export const disputeStates = ['needs_response', 'under_review', 'won', 'lost'] as const
export type DisputeState = (typeof disputeStates)[number]

interface Heard {
  /** The provider's own id of the event: said five times, it is heard once. */
  id: string
  /** The provider's time: of two reports on one dispute, the later counts. */
  at: Temporal.Instant
}

/** `paymentId`, `refundId`: ours, a uuid, where the provider says back what it was told. */
export type ProviderEvent = Heard &
  (
    | { kind: 'payment'; paymentId: string | null; ref: string; report: PaymentReport }
    | { kind: 'refund'; refundId: string | null; ref: string; report: RefundReport }
    | {
        kind: 'dispute'
        ref: string
        /** The payment's, as the provider calls it. */
        paymentRef: string
        amount: number
        reason: string
        state: DisputeState
        respondBy: Temporal.Instant | null
      }
  )
