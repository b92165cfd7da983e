/** How a command ends: its exit code, and what went wrong in the words of the one vocabulary of errors. */

import type { RefusalBody, RefusalCode } from '../catalog/refusal.ts'

/** Documented in `backdesk --help`; scripts rest on them. */
export const exits = {
  done: 0,
  /** The server said no, or nobody confirmed. */
  refused: 1,
  /** The command line is wrong; nothing was sent. */
  usage: 2,
  /** No answer from the server, or none that is Backdesk's: whether it happened is not known. */
  notReached: 3,
  /** The call waits until a person decides. */
  waits: 4,
} as const
export type Exit = (typeof exits)[keyof typeof exits]

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exit: Exit
  readonly body: RefusalBody

  constructor(exit: Exit, body: RefusalBody) {
    super(body.message)
    this.exit = exit
    this.body = body
  }
}

export function usage(message: string, details: Record<string, unknown> = {}): Failure {
  return new Failure(exits.usage, bodyOf('invalid_input', message, false, details))
}

/** The vocabulary has no word for a server that is not there; the nearest is a provider that failed, retryable. */
export function notReached(message: string, details: Record<string, unknown> = {}): Failure {
  return new Failure(exits.notReached, bodyOf('provider_error', message, true, details))
}

export function refused(body: Partial<RefusalBody> & { code: RefusalCode; message: string }): Failure {
  const { code, message, retryable = false, details = {}, next_tools = [] } = body
  return new Failure(exits.refused, { code, message, retryable, details, next_tools })
}

function bodyOf(
  code: RefusalCode,
  message: string,
  retryable: boolean,
  details: Record<string, unknown>,
): RefusalBody {
  return { code, message, retryable, details, next_tools: [] }
}
