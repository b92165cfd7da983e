/** The cards of the sandbox: magic ones, each of which always does the same. */

export const sandboxCards = {
  success: { last4: '4242' },
  declined: { last4: '0002' },
  insufficient_funds: { last4: '9995' },
  needs_authentication: { last4: '3155' },
  disputed_later: { last4: '0259' },
  refund_fails_later: { last4: '5126' },
  time_out: { last4: '0119' },
} as const

export type SandboxCard = keyof typeof sandboxCards
export const sandboxCardNames = Object.keys(sandboxCards) as SandboxCard[]

/** How the next ones go, in place of what their cards would do. */
export const chargeOutcomes = [
  'success',
  'declined',
  'insufficient_funds',
  'needs_authentication',
  'disputed_later',
  'refund_fails_later',
  /** Done, and not answered. */
  'time_out',
  /** Neither done nor answered. */
  'lost',
] as const
export const refundOutcomes = ['success', 'fails', 'fails_later', 'time_out', 'lost'] as const
export type ChargeOutcome = (typeof chargeOutcomes)[number]
export type RefundOutcome = (typeof refundOutcomes)[number]

export function isSandboxCard(text: string | null): text is SandboxCard {
  return text !== null && Object.hasOwn(sandboxCards, text)
}
