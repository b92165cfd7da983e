/** What takes money, and gives it back: one small interface, whatever the provider speaks. Only the worker calls it. */

import type { Temporal } from 'temporal-polyfill'
import type {
  DeclineReason,
  PaymentReport,
  ProviderEvent,
  RefundReport,
} from '../../domain/payments/reports.ts'

export interface PaymentOrder {
  workspaceId: string
  /** A uuid. */
  paymentId: string
  /** Minor units. */
  amount: number
  /** ISO 4217 */
  currency: string
  /** The kept card; null where the customer chooses one on the provider's page. */
  method: { ref: string; ownerRef: string | null } | null
  /** false: the money is held, and taken by `capture`. */
  capture: boolean
  /** What the customer reads. */
  description: string
  /** The customer agreed that the card is kept for charges without them. */
  keepMethod: boolean
  /** Where the provider's page leads back to. */
  returnUrl: string
  /** What the provider calls it, once it is known. */
  ref: string | null
  /** The test card that the customer chose, in the sandbox, or how they answered its question. */
  card: string | null
  /** The first attempt, in real time. */
  since: Temporal.Instant
}

export interface RefundOrder {
  workspaceId: string
  /** A uuid. */
  refundId: string
  paymentRef: string
  amount: number
  currency: string
  ref: string | null
}

export interface Asking {
  /** Under one key a provider does a thing once. */
  key: string
  signal: AbortSignal
}

export type Doing = 'charge' | 'checkout' | 'capture' | 'release'

export interface PaymentProvider {
  /** Charges a kept card, opens a page, takes or lets go what is held. @throws NotTaken */
  act(doing: Doing, order: PaymentOrder, asking: Asking): Promise<PaymentReport>
  /** What became of it: a question, which moves nothing. null: it has never heard of it. @throws NotTaken */
  find(doing: Doing, order: PaymentOrder, asking: Asking): Promise<PaymentReport | null>
  /** @throws NotTaken */
  refund(order: RefundOrder, asking: Asking): Promise<RefundReport>
  /** @throws NotTaken */
  findRefund(order: RefundOrder, asking: Asking): Promise<RefundReport | null>
}

/** Reads a webhook from its raw bytes. null: true, and of nothing that concerns us. @throws Forged */
export type ReadWebhook = (raw: Buffer, signature: string | undefined) => ProviderEvent | null

/** The signature is not the provider's, or not of this time. */
export class Forged extends Error {
  override readonly name = 'Forged'
}

/** The provider did not say what became of it. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken'
  /** `unclear`: it may have been done. */
  readonly outcome: 'later' | 'unclear'
  readonly afterSeconds: number | undefined

  constructor(outcome: 'later' | 'unclear', message: string, afterSeconds?: number) {
    super(message)
    this.outcome = outcome
    this.afterSeconds = afterSeconds
  }
}

/** Stripe's decline codes (docs.stripe.com/declines/codes), in words of ours. */
export function declineReason(code: string | null | undefined): DeclineReason {
  if (code === 'insufficient_funds') return 'insufficient_funds'
  if (code === 'authentication_required') return 'authentication_required'
  if (code === 'expired_card') return 'expired'
  return 'declined'
}
