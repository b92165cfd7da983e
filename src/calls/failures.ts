/** Turns whatever was thrown into a refusal of the vocabulary; what nobody foresaw is logged whole and says only its request id. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { Refusal } from '../catalog/refusal.ts'
import { isSerializationFailure, isUnstorableText, refusalForViolation } from '../database/errors.ts'
import type { CallRequest } from './call.ts'

export function refusalFor(error: unknown, request: CallRequest, log: Logger): Refusal {
  const ruled = ruleBehind(error)
  if (ruled) return ruled
  log.error({ err: error, tool: request.tool, requestId: request.requestId }, 'call failed')
  return new Refusal(
    'internal',
    'Something went wrong on our side. It was logged; retry with the same idempotency key.',
    {
      request_id: request.requestId,
    },
  )
}

/** The rule that said no: thrown by a verb, or held by a constraint of the database. Null where it was no rule. */
export function ruleBehind(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error
  const ruled = refusalForViolation(error)
  if (ruled instanceof Refusal) return ruled
  if (isUnstorableText(error))
    return new Refusal('invalid_input', 'A text contains a character that cannot be stored.')
  return null
}

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
