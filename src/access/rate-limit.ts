/**
 * How often one subject may call: GCRA (a leaky bucket kept as one instant) in one row and one statement, the same
 * for every host, because the clock is the database's.
 */

import { and, eq, type SQL, sql } from 'drizzle-orm'
import { Refusal } from '../catalog/refusal.ts'
import { type Db, prepared } from '../database/pool.ts'
import { rateBuckets } from './tables.ts'

export interface RateLimit {
  perMinute: number
  /** Calls that a rested caller may make at once. */
  burst: number
}

export const defaultRateLimit: RateLimit = { perMinute: 1200, burst: 300 }

export interface RateState {
  /** Calls that a full bucket holds. */
  limit: number
  /** Calls it holds now. */
  remaining: number
  /** 0: a refused call throws instead. */
  retryAfterSeconds: number
}

/**
 * Takes one call from the subject's bucket. A refused call takes nothing.
 * @throws rate_limited with `retry_after_seconds`
 */
export async function spend(
  db: Db,
  workspaceId: string,
  subject: string,
  rate: RateLimit,
): Promise<RateState> {
  const spacing = 60 / rate.perMinute
  const [admitted] = await spendOne(db).execute({
    workspaceId,
    subject,
    spacing,
    capacity: spacing * rate.burst,
  })
  if (!admitted)
    throw rateLimited((await debtOf(db, workspaceId, subject)) - spacing * (rate.burst - 1), rate.burst)
  return {
    limit: rate.burst,
    remaining: Math.floor(rate.burst - admitted.debt / spacing),
    retryAfterSeconds: 0,
  }
}

function spendOne(db: Db) {
  return prepared(db, 'spend_one', db =>
    db
      .insert(rateBuckets)
      .values({
        workspaceId: sql.placeholder('workspaceId'),
        subject: sql.placeholder('subject'),
        arrival: sql`${now} + ${seconds('spacing')}`,
      })
      .onConflictDoUpdate({
        target: [rateBuckets.workspaceId, rateBuckets.subject],
        set: { arrival: nextArrival },
        setWhere: sql`${nextArrival} <= ${now} + ${seconds('capacity')}`,
      })
      .returning({ debt })
      .prepare('spend_one'),
  )
}

/** Real time, that of the statement and not of its transaction's beginning: it may have waited for the row. */
const now = sql`clock_timestamp()`

const nextArrival = sql`greatest(${rateBuckets.arrival}, ${now}) + ${seconds('spacing')}`

function seconds(placeholder: string): SQL {
  return sql`make_interval(secs => ${sql.placeholder(placeholder)})`
}

/** Seconds until the bucket is full again. */
const debt = sql<number>`extract(epoch FROM ${rateBuckets.arrival} - ${now})::float8`

async function debtOf(db: Db, workspaceId: string, subject: string): Promise<number> {
  const [bucket] = await db
    .select({ debt })
    .from(rateBuckets)
    .where(and(eq(rateBuckets.workspaceId, workspaceId), eq(rateBuckets.subject, subject)))
  return bucket!.debt
}

/**
 * @param seconds until the same call may succeed; the caller is told whole ones, at least 1.
 * @param limit calls that the full bucket holds, where it is one
 */
export function rateLimited(seconds: number, limit?: number): Refusal {
  const retryAfter = Math.max(1, Math.ceil(seconds))
  return new Refusal('rate_limited', `Too many calls. The next one is free in ${retryAfter} s.`, {
    retry_after_seconds: retryAfter,
    ...(limit !== undefined && { limit }),
  })
}
