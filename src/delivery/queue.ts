/** graphile-worker's queue in our database: its own schema, which its owner alone may touch. */

import { Logger, type RunnerOptions, runMigrations } from 'graphile-worker'
import type { Logger as Log } from 'pino'
import type { Database } from '../database/pool.ts'

export interface Queue {
  database: Pick<Database, 'owner'>
  log: Log
}

/** Makes the queue, or brings it up to date. Of two hosts that start at once one waits, and finds nothing to do. */
export async function prepareQueue(queue: Queue): Promise<void> {
  const client = await queue.database.owner.connect()
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PREPARING])
    await runMigrations(queueOptions(queue))
  } finally {
    client.release(true) // The lock ends with the session.
  }
}

const PREPARING = 0x6a6f6273 // 'jobs'; any number that nothing else locks.

export function queueOptions({ database, log }: Queue): RunnerOptions {
  return {
    pgPool: database.owner,
    schema: 'graphile_worker', // As migrations/0008 names it; by default the environment could.
    logger: new Logger(() => (level, message) => log[levels[level]](message)), // Without the details: jobs are in them.
    // At -1, the default, nobody awaits the query that ends a job: a database that is away then brings the process
    // down, and a worker that stops leaves behind jobs that are done.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  }
}

const levels = { error: 'error', warning: 'warn', info: 'debug', debug: 'trace' } as const
