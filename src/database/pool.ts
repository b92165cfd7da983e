/** The connections: the application's, each lent to one transaction in one workspace, and a few of the owner's. */

import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { runTransaction, type Transaction, type TransactionOptions } from './transaction.ts'

export { type Db, prepared, type Transaction, type TransactionOptions } from './transaction.ts'

export interface Database {
  /**
   * Runs `work` as the application, seeing and writing the rows of one workspace, and commits.
   * What `work` throws rolls everything back and is thrown on.
   */
  transaction<T>(
    workspaceId: string,
    options: TransactionOptions,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T>
  /** The owner's connections, which see every workspace: for the job queue and the developer mailbox only. */
  owner: pg.Pool
  /** Waits for running transactions, then disconnects. */
  close(): Promise<void>
}

export interface PoolOptions {
  ownerUrl: string
  appUrl: string
  /** The application's connections; calls beyond them wait. */
  max?: number
}

export function openPools({ ownerUrl, appUrl, max = 10 }: PoolOptions): Database {
  const app = openPool({ connectionString: appUrl, max, pipeline: true })
  const owner = openPool({ connectionString: ownerUrl, max: 4 })
  return {
    owner,
    async transaction(workspaceId, options, work) {
      return runTransaction(await connect(app), workspaceId, options, work)
    },
    async close() {
      await Promise.all([app.end(), owner.end()])
    },
  }
}

// No call is worth more than these; a client that went away must not hold locks for longer.
const TIME_LIMITS = {
  statement_timeout: 15_000,
  lock_timeout: 10_000,
  idle_in_transaction_session_timeout: 30_000,
  connectionTimeoutMillis: 10_000,
}

function openPool(config: pg.PoolConfig & { pipeline?: boolean }): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    ...TIME_LIMITS,
    application_name: 'backdesk',
    // The first two are what `columns.ts` reads. Compiling a query takes longer than any of ours runs.
    options: '-c TimeZone=UTC -c DateStyle=ISO -c jit=off',
    keepAlive: true,
  })
  // A connection that breaks fails the call that is using it, if any, and the pool makes another. Without a
  // listener the event would end the process instead.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))
  return pool
}

/** A connection, waiting for a server that is just starting or restarting. */
async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  const deadline = Date.now() + 5_000
  for (;;) {
    try {
      return await pool.connect()
    } catch (error) {
      if (!isAway(error) || Date.now() > deadline) throw error
      await delay(50)
    }
  }
}

/** Refused, no socket there, shutting down, or starting up. */
function isAway(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ECONNREFUSED' || code === 'ENOENT' || code === '57P01' || code === '57P03'
}
