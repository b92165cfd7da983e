/** What PostgreSQL said, read out of an error however deep Drizzle has wrapped it. */

import pg from 'pg'

/** The five characters of SQLSTATE, as `23505`; null where the error is not the server's. */
export function sqlState(error: unknown): string | null {
  return databaseError(error)?.code ?? null
}

/** The violated constraint's name, as `members_email_key`. */
export function constraintOf(error: unknown): string | null {
  return databaseError(error)?.constraint ?? null
}

/** Another transaction was in the way, and the same one run again may succeed. */
export function isSerializationFailure(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40001' || state === '40P01' // serialization_failure, deadlock_detected
}

/** Text that PostgreSQL cannot hold: NUL, or bytes that are no UTF-8. */
export function isUnstorableText(error: unknown): boolean {
  const state = sqlState(error)
  return state === '22021' || state === '22P05' // character_not_in_repertoire, untranslatable_character
}

/**
 * The server's own error inside `error`. Prefer it in a log: the message of Drizzle's wrapper holds every
 * parameter of the query, personal data with them.
 */
export function databaseError(error: unknown): pg.DatabaseError | null {
  for (let at = error, depth = 0; at instanceof Error && depth < MAX_DEPTH; at = at.cause, depth++) {
    if (at instanceof pg.DatabaseError) return at
  }
  return null
}

const MAX_DEPTH = 8 // An error can be its own cause.

const refusals = new Map<string, () => Error>()

/** Says beside a table what its constraint means to a caller. Only the first word counts: a name has one meaning. */
export function refuseOnViolation(constraint: string, refusal: () => Error): void {
  if (refusals.has(constraint)) throw new Error(`The constraint ${constraint} has its refusal already.`)
  refusals.set(constraint, refusal)
}

/** The refusal registered for the constraint that `error` violated, or null. */
export function refusalForViolation(error: unknown): Error | null {
  const constraint = constraintOf(error)
  return (constraint && refusals.get(constraint)?.()) || null
}
