/** Turns whatever was thrown into a refusal of the vocabulary; what nobody foresaw is logged whole and says only its request id. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Refusal } from '../catalog/refusal.ts'
import {
  isSerializationFailure,
  isUnstorableText,
  refusalForViolation,
  sqlState,
} from '../database/errors.ts'
import type { CallRequest } from './call.ts'

export function refusalFor(error: unknown, request: CallRequest, log: Logger): Refusal {
  const ruled = ruleBehind(error)
  if (ruled) return ruled
  log.error({ err: error, tool: request.tool, requestId: request.requestId }, 'call failed')
  return new Refusal('internal', request.surface === 'console' ? SEE_FIRST : RETRY, {
    request_id: request.requestId,
  })
}

const RETRY = 'Something went wrong on our side. It was logged; retry with the same idempotency key.'
/** A form has no key. */
const SEE_FIRST =
  'Something went wrong on our side, and it was logged. See whether it was done before you try again.'

/** The rule that said no: thrown by a verb, or held by a constraint of the database. Null where it was no rule. */
export function ruleBehind(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error
  const ruled = refusalForViolation(error)
  if (ruled instanceof Refusal) return ruled
  if (isUnstorableText(error))
    return new Refusal('invalid_input', 'A text contains a character that cannot be stored.')
  return null
}

/**
 * Of a call that waited: a fault of the code's own, which a second try would meet again. Null where the database was in
 * trouble, which passes: then nothing has been decided.
 */
export function faultOf(error: unknown, { tool, requestId }: CallRequest, log: Logger): Refusal | null {
  const state = sqlState(error)
  if (state !== null && !OURS.test(state)) return null
  log.error({ err: error, tool, requestId }, 'an approved call failed')
  return new Refusal(
    'internal',
    'Something went wrong on our side. It was logged, and nothing has changed.',
    {
      request_id: requestId,
    },
  )
}

/** SQLSTATE: what was sent is wrong (22), breaks a constraint (23) or is no statement of this schema (42). */
const OURS = /^(22|23|42)/

/** A caller never sees a database's race: five tries with growing, jittered pauses last under half a second. */
const TRIES = 5

export async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === TRIES || !isSerializationFailure(error)) throw error
      await pause(2 ** attempt * 5 * (0.5 + Math.random()))
    }
  }
}
