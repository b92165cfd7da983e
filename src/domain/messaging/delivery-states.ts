/** The life of a delivery: from, event, to, who. What is not in the table does not happen, and nobody is told. */

import type { DeliveryState } from './tables.ts'

export const deliveryTransitions = [
  { from: 'queued', event: 'attempt', to: 'sending', who: 'worker, once it is due and nothing hinders it' },
  { from: 'queued', event: 'put_off', to: 'queued', who: 'worker, in quiet hours' },
  { from: 'queued', event: 'refuse', to: 'failed', who: 'worker, where it may no longer go out' },
  { from: 'queued', event: 'doubt', to: 'unknown', who: 'worker, where the provider has forgotten its key' },
  { from: 'queued', event: 'cancel', to: 'cancelled', who: 'business' },
  { from: 'sending', event: 'attempt', to: 'sending', who: 'worker, where the provider knows its key' },
  { from: 'sending', event: 'confirm', to: 'sent', who: 'provider' },
  { from: 'sending', event: 'refuse', to: 'failed', who: 'provider, or the worker after its last try' },
  { from: 'sending', event: 'put_off', to: 'queued', who: 'provider' },
  { from: 'sending', event: 'doubt', to: 'unknown', who: 'worker, where nobody can tell whether it went' },
  { from: 'failed', event: 'retry', to: 'queued', who: 'a person' },
  { from: 'failed', event: 'discard', to: 'cancelled', who: 'a person' },
  { from: 'unknown', event: 'retry', to: 'queued', who: 'a person, who takes it that it has not arrived' },
  { from: 'unknown', event: 'discard', to: 'cancelled', who: 'a person' },
  { from: 'unknown', event: 'accept', to: 'sent', who: 'a person, who knows that it has arrived' },
  // A host that was taken to be dead may still hear from the provider.
  { from: 'queued', event: 'confirm', to: 'sent', who: 'provider' },
  { from: 'unknown', event: 'confirm', to: 'sent', who: 'provider' },
  { from: 'failed', event: 'confirm', to: 'sent', who: 'provider' },
  // What a provider says afterwards, in any order. It may be quicker than its own answer, and clears a doubt.
  { from: 'queued', event: 'say_sent', to: 'sent', who: 'provider' },
  { from: 'sending', event: 'say_sent', to: 'sent', who: 'provider' },
  { from: 'unknown', event: 'say_sent', to: 'sent', who: 'provider' },
  { from: 'sending', event: 'say_failed', to: 'failed', who: 'provider' },
  { from: 'unknown', event: 'say_failed', to: 'failed', who: 'provider' },
  { from: 'sent', event: 'say_failed', to: 'failed', who: 'provider' },
  { from: 'queued', event: 'say_delivered', to: 'delivered', who: 'provider' },
  { from: 'sending', event: 'say_delivered', to: 'delivered', who: 'provider' },
  { from: 'unknown', event: 'say_delivered', to: 'delivered', who: 'provider' },
  { from: 'sent', event: 'say_delivered', to: 'delivered', who: 'provider' },
  { from: 'failed', event: 'say_delivered', to: 'delivered', who: 'provider' },
  { from: 'queued', event: 'say_read', to: 'read', who: 'provider' },
  { from: 'sending', event: 'say_read', to: 'read', who: 'provider' },
  { from: 'unknown', event: 'say_read', to: 'read', who: 'provider' },
  { from: 'sent', event: 'say_read', to: 'read', who: 'provider' },
  { from: 'failed', event: 'say_read', to: 'read', who: 'provider' },
  { from: 'delivered', event: 'say_read', to: 'read', who: 'provider' },
] as const

export type DeliveryEvent = (typeof deliveryTransitions)[number]['event']

/** null: it does not happen from there. */
export function stateAfter(from: DeliveryState, event: DeliveryEvent): DeliveryState | null {
  return deliveryTransitions.find(step => step.from === from && step.event === event)?.to ?? null
}

/** Why a delivery waits, failed or is unknown. Never a provider's own words: they may repeat the address. */
export type DeliveryReason =
  | 'suppressed'
  | 'consent_missing'
  | 'outside_service_window'
  | 'quiet_hours'
  /** The invoice that it is about was taken back. */
  | 'invoice_void'
  /** The place in a class that it offers is theirs, or not kept for them any more. */
  | 'offer_over'
  /** It reminds of what is paid or given up by now. */
  | 'invoice_settled'
  /** The server has no way to this provider. */
  | 'not_configured'
  | 'unreachable'
  | 'deferred'
  | 'rate_limited'
  /** It may have gone: the provider did not answer. Only its word clears this doubt. */
  | 'no_answer'
  | 'refused'
  /** The provider says that the recipient gets none, or wants none. */
  | 'bounced'
  | 'opted_out'
  /** It was taken, and did not arrive. */
  | 'undelivered'
  | 'gave_up'
  /** A fault of ours, each time that it was tried. */
  | 'internal'

/** Over 9 to 18 hours: less than the 24 for which Resend remembers a key. */
export const MOST_TRIES = 8

/** Before the next try: 1, 3, 9, … minutes, of which a random half is taken off, so that not all come at once. */
export function pauseSeconds(tries: number, random = Math.random()): number {
  return 60 * 3 ** (tries - 1) * (1 - random / 2)
}
