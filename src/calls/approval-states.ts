/** The life of an approval: from, event, to, who may. Everything but `pending` is final. */

import { and, eq, gt, lte, or, type SQL } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { approvals } from './tables.ts'

export const transitions = [
  { from: 'pending', event: 'approve', to: 'executed', who: 'a reviewer' },
  { from: 'pending', event: 'approve, and the run is refused', to: 'failed', who: 'a reviewer' },
  {
    from: 'pending',
    event: 'approve, and something it rests on has changed',
    to: 'stale',
    who: 'a reviewer',
  },
  {
    from: 'pending',
    event: 'ask the same again, and something it rests on has changed',
    to: 'stale',
    who: 'the asker',
  },
  { from: 'pending', event: 'somebody it is about is erased', to: 'stale', who: 'a reviewer' },
  { from: 'pending', event: 'reject', to: 'rejected', who: 'a reviewer' },
  { from: 'pending', event: 'withdraw', to: 'withdrawn', who: 'the asker' },
  { from: 'pending', event: 'time passes expires_at', to: 'expired', who: 'nobody' },
] as const

export type StoredState = 'pending' | (typeof transitions)[number]['to']

/** What an approval is at `now`: expiry is decided by time, whether or not anybody has noted it. At exactly `expiresAt` it is gone. */
export function stateAt(
  approval: { state: StoredState; expiresAt: Temporal.Instant },
  now: Temporal.Instant,
): StoredState {
  if (approval.state !== 'pending') return approval.state
  return Temporal.Instant.compare(now, approval.expiresAt) < 0 ? 'pending' : 'expired'
}

/** The same as a question to the database; every approval where no state is given. */
export function inState(state: StoredState | undefined, now: Temporal.Instant): SQL | undefined {
  if (state === undefined) return undefined
  if (state === 'pending') return and(eq(approvals.state, 'pending'), gt(approvals.expiresAt, now))
  const lapsed = and(eq(approvals.state, 'pending'), lte(approvals.expiresAt, now))
  return state === 'expired' ? or(eq(approvals.state, 'expired'), lapsed) : eq(approvals.state, state)
}
