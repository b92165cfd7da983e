/** Puts a job into the queue, in the caller's transaction: undone with it, and taken up as soon as it commits. */

import { sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Db } from './transaction.ts'

export interface Job {
  /** Names the handler in `src/delivery`. */
  task: string
  /** Ids alone: the queue outlives an erasure, so nothing of a person and no secret may stand in it. */
  ids?: Record<string, string>
  /** In real time; default: at once. */
  runAt?: Temporal.Instant
  /** Jobs of one task, key and workspace are one while they wait, and the last says when. */
  jobKey?: string
}

/** The job belongs to the workspace that the transaction is in, and is done there. */
export async function enqueue(db: Db, { task, ids = {}, runAt, jobKey }: Job): Promise<void> {
  await db.execute(
    sql`SELECT enqueue_job(${task}, ${JSON.stringify(ids)}::jsonb, ${runAt?.toString() ?? null}, ${jobKey ?? null})`,
  )
}

/**
 * Wakes a workspace's due work at the end of the minute of `at`: what falls due in one minute shares one job. The
 * second more is for clocks: by the host's, too, it must be over.
 */
export function dueWorkAt(at: Temporal.Instant): Job {
  const minute = at.round({ smallestUnit: 'minute', roundingMode: 'ceil' })
  return { task: 'due_work', runAt: minute.add({ seconds: 1 }), jobKey: minute.toString() }
}
