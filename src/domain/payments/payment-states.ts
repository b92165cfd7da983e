/** The life of a payment: from, event, to, who. What is not in the table does not happen, and posts nothing. */

export const paymentStates = [
  'requires_action',
  'processing',
  'authorized',
  'succeeded',
  'failed',
  'cancelled',
] as const
export type PaymentState = (typeof paymentStates)[number]

export const paymentTransitions = [
  { from: 'processing', event: 'challenge', to: 'requires_action', who: 'provider: the customer has to act' },
  { from: 'processing', event: 'authorize', to: 'authorized', who: 'provider: held, not taken' },
  { from: 'processing', event: 'succeed', to: 'succeeded', who: 'provider' },
  { from: 'processing', event: 'fail', to: 'failed', who: 'provider' },
  { from: 'processing', event: 'cancel', to: 'cancelled', who: 'provider, where it was called off' },
  { from: 'requires_action', event: 'proceed', to: 'processing', who: 'customer, who has acted' },
  { from: 'requires_action', event: 'authorize', to: 'authorized', who: 'provider' },
  { from: 'requires_action', event: 'succeed', to: 'succeeded', who: 'provider' },
  { from: 'requires_action', event: 'fail', to: 'failed', who: 'provider, or the customer who gave up' },
  { from: 'requires_action', event: 'cancel', to: 'cancelled', who: 'business, or the link that ended' },
  { from: 'authorized', event: 'succeed', to: 'succeeded', who: 'provider: taken' },
  { from: 'authorized', event: 'fail', to: 'failed', who: 'provider: the hold has lapsed' },
  { from: 'authorized', event: 'cancel', to: 'cancelled', who: 'business: the hold is let go' },
  // Money that came although it was given up: a later try on the same page, or a void that was too late.
  { from: 'failed', event: 'succeed', to: 'succeeded', who: 'provider' },
  { from: 'cancelled', event: 'succeed', to: 'succeeded', who: 'provider' },
] as const

export type PaymentEvent = (typeof paymentTransitions)[number]['event']

/** null: it does not happen from there. */
export function paymentStateAfter(from: PaymentState, event: PaymentEvent): PaymentState | null {
  return paymentTransitions.find(step => step.from === from && step.event === event)?.to ?? null
}

/** What may still bring money: counted against what is due, so that two charges never pay one debt. */
export const underWay: readonly PaymentState[] = ['requires_action', 'processing', 'authorized']
