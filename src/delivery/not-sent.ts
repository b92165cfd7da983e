/** A mail that no provider has said to have taken. The message is for logs and jobs: it holds nothing of a person. */

import type { Finding } from '../domain/messaging/findings.ts'

export type NotSentOutcome =
  /** The provider has said no for good. */
  | 'refused'
  /** It could not be reached at all. */
  | 'unreachable'
  /** It has not taken it, and may later. */
  | 'deferred'
  /** The same, since it takes no more just now. */
  | 'rate_limited'
  /** Nobody can tell: the connection ended after the mail was offered and before the answer. */
  | 'unclear'

export class NotSent extends Error {
  override readonly name = 'NotSent'
  readonly outcome: NotSentOutcome
  /** When the provider asks to be tried again. */
  readonly retryAfterSeconds: number | undefined
  /** What it says of the recipient, where it refuses. */
  readonly finding: Finding | undefined

  constructor(outcome: NotSentOutcome, message: string, retryAfterSeconds?: number, finding?: Finding) {
    super(message)
    this.outcome = outcome
    this.retryAfterSeconds = retryAfterSeconds
    this.finding = finding
  }
}
