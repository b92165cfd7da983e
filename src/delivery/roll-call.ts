/**
 * Gives back the jobs of hosts that were killed; graphile-worker itself waits four hours for them.
 *
 * Each worker answers to its name by holding an advisory lock, which the database drops when the host is gone. Every
 * few seconds each calls the roll: who holds jobs and was silent twice in a row, so not just making its connection
 * anew, is taken to be dead. If it lives after all, a job is done twice, which handlers can bear.
 */

import { EventEmitter } from 'node:events'
import type { WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import type { Queue } from './queue.ts'

export interface Called extends Queue {
  /** Default: 2 s, so that what a dead host held is free after 2 to 4. */
  rollEveryMs?: number
}

export interface Roll {
  /** For the worker that answers: it tells its name here. */
  events: WorkerEvents
  stop(): Promise<void>
}

export function callRoll({ database, log, rollEveryMs = EVERY_MS }: Called): Roll {
  const events: WorkerEvents = new EventEmitter()
  let name: string | null = null
  let session: Session | null = null
  let silent: string[] = []
  let calls = Promise.resolve()
  const timer = setInterval(call, rollEveryMs)
  events.on('pool:create', ({ workerPool }) => {
    name = workerPool.id
    call()
  })

  return {
    events,
    async stop() {
      clearInterval(timer)
      await calls
      session?.client.release(true)
    },
  }

  function call(): void {
    calls = calls.then(callOnce).catch(error => {
      log.warn({ err: error }, 'the roll could not be called')
      session?.client.release(true)
      session = null
    })
  }

  async function callOnce(): Promise<void> {
    session ??= { client: await database.owner.connect(), name: null }
    if (session.name !== name) await answer(session, name)
    const unanswered = await whoIsSilent(session.client)
    const gone = unanswered.filter(other => silent.includes(other))
    if (gone.length > 0) await session.client.query('SELECT graphile_worker.force_unlock_workers($1)', [gone])
    silent = unanswered
  }
}

const EVERY_MS = 2_000

/** The connection whose lock is the answer. */
interface Session {
  client: pg.PoolClient
  name: string | null
}

async function answer(session: Session, name: string | null): Promise<void> {
  await session.client.query('SELECT pg_advisory_unlock_all()') // What the runner before left is to be found.
  await session.client.query('SELECT pg_advisory_lock_shared($1, hashtext($2))', [ROLL, name])
  session.name = name
}

const ROLL = 0x726f6c6c // 'roll'

async function whoIsSilent(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT DISTINCT locked_by AS name FROM graphile_worker.jobs
     WHERE locked_by IS NOT NULL AND NOT EXISTS (
       SELECT FROM pg_locks
       WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND classid = $1 AND objid::bigint = hashtext(locked_by)::bigint & 4294967295 -- oids have no sign
     )`,
    [ROLL],
  )
  return rows.map(({ name }) => name)
}
