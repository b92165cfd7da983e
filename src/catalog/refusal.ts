/**
 * The one vocabulary of errors. A rule that says no throws a `Refusal`, made where the rule is; every
 * surface shows the same code: MCP in an `isError` result, REST as `application/problem+json` (RFC 9457).
 */

/** Code → HTTP status and whether the same call may succeed later, unchanged. */
export const vocabulary = {
  invalid_input: { status: 422, retryable: false },
  not_found: { status: 404, retryable: false },
  forbidden_scope: { status: 403, retryable: false },
  unauthenticated: { status: 401, retryable: false },
  rate_limited: { status: 429, retryable: true },
  slot_conflict: { status: 409, retryable: false },
  hold_expired: { status: 409, retryable: false },
  min_notice: { status: 422, retryable: false },
  outside_booking_window: { status: 422, retryable: false },
  outside_hours: { status: 422, retryable: false },
  cooldown: { status: 422, retryable: false },
  on_hand_limit: { status: 422, retryable: false },
  period_limit: { status: 422, retryable: false },
  customer_blocked: { status: 403, retryable: false },
  customer_overlap: { status: 409, retryable: false },
  invalid_transition: { status: 409, retryable: false },
  already_enrolled: { status: 409, retryable: false },
  no_entitlement: { status: 422, retryable: false },
  amount_exceeds_due: { status: 422, retryable: false },
  exceeds_refundable: { status: 422, retryable: false },
  exceeds_creditable: { status: 422, retryable: false },
  has_payments: { status: 409, retryable: false },
  currency_mismatch: { status: 422, retryable: false },
  idempotency_key_reused: { status: 409, retryable: false },
  in_progress: { status: 409, retryable: true },
  stale_version: { status: 409, retryable: false },
  confirmation_invalid: { status: 409, retryable: false },
  approval_stale: { status: 409, retryable: false },
  approval_expired: { status: 409, retryable: false },
  outside_service_window: { status: 422, retryable: false },
  consent_missing: { status: 422, retryable: false },
  suppressed: { status: 422, retryable: false },
  quota_exceeded: { status: 429, retryable: false },
  already_merged: { status: 409, retryable: false },
  nonexistent_local_time: { status: 422, retryable: false },
  ambiguous_local_time: { status: 422, retryable: false },
  provider_error: { status: 502, retryable: true },
  internal: { status: 500, retryable: true },
} as const

export type RefusalCode = keyof typeof vocabulary

/** What a caller sees of a refusal, the same on every surface. */
export interface RefusalBody {
  code: RefusalCode
  message: string
  retryable: boolean
  /** Facts a program can act on; never text from outside as if it were ours. */
  details: Record<string, unknown>
  /** Tools that help from here, best first. */
  next_tools: string[]
}

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: RefusalCode
  readonly details: Record<string, unknown>
  readonly nextTools: string[]

  constructor(
    code: RefusalCode,
    message: string,
    details: Record<string, unknown> = {},
    nextTools: string[] = [],
  ) {
    super(message)
    this.code = code
    this.details = details
    this.nextTools = nextTools
  }

  get status(): number {
    return vocabulary[this.code].status
  }

  toBody(): RefusalBody {
    const { code, message, details, nextTools } = this
    return { code, message, retryable: vocabulary[code].retryable, details, next_tools: nextTools }
  }
}

/** An id that names nothing here: a foreign workspace's id and a random one answer alike. */
export function notFound(kind: string, nextTools: string[] = []): Refusal {
  return new Refusal(
    'not_found',
    `No such ${kind.replaceAll('_', ' ')} in this workspace.`,
    { kind },
    nextTools,
  )
}
