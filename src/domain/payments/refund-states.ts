/** The life of a refund: its amount is taken from what can be refunded while it is pending and once it has succeeded. */

export const refundStates = ['pending', 'succeeded', 'failed'] as const
export type RefundState = (typeof refundStates)[number]

export const refundTransitions = [
  {
    from: 'pending',
    event: 'succeed',
    to: 'succeeded',
    who: 'provider, or at once for what no provider holds',
  },
  { from: 'pending', event: 'fail', to: 'failed', who: 'provider' },
  // Days later the customer's bank sends it back: it can be refunded again.
  { from: 'succeeded', event: 'fail', to: 'failed', who: 'provider' },
] as const

export type RefundEvent = (typeof refundTransitions)[number]['event']

/** null: it does not happen from there. */
export function refundStateAfter(from: RefundState, event: RefundEvent): RefundState | null {
  return refundTransitions.find(step => step.from === from && step.event === event)?.to ?? null
}
