/**
 * The embedded PostgreSQL: a child process that any number of hosts on one data directory share.
 *
 * Every host holds a shared advisory lock for as long as it lives. A host that starts finds the server that is
 * running, be it another's or left over from one that was killed, or starts it. The last one out, which alone
 * can take the lock exclusively, stops it; where that one was killed, a watch inside the server does.
 */

import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { APP, type Cluster, OWNER, prepareCluster } from './cluster.ts'
import { sqlState } from './errors.ts'
import { type Address, addressOf, endOfLog, startServer, stopServer, urlOf } from './server.ts'

export interface Embedded {
  /** For `pg`: the superuser that owns the database. */
  ownerUrl: string
  /** For `pg`: the application role, once `ensureRoles` has made it. */
  appUrl: string
  /** Leaves the server, and stops it where no other host uses it. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  dataDir: string
  log?: (message: string) => void
  /** PostgreSQL's settings; only the host that starts the server is heard. */
  settings?: Record<string, string>
}

export async function startEmbedded({
  dataDir,
  log = () => {},
  settings = {},
}: EmbeddedOptions): Promise<Embedded> {
  const cluster = await prepareCluster(dataDir)
  const address = await addressOf(cluster)
  let stopping = false
  let stay = enter()
  await stay

  return {
    ownerUrl: urlOf(address, OWNER, cluster.ownerPassword, DATABASE),
    appUrl: urlOf(address, APP, cluster.appPassword, DATABASE),
    async stop() {
      stopping = true
      await leave(await stay, cluster)
    },
  }

  async function enter(): Promise<Session> {
    const session = await joinOrStart(cluster, address, settings)
    await createDatabase(session)
    await watch(cluster, address)
    session.once('end', comeBack)
    session.unref() // A host that forgets to stop can still end.
    return session
  }

  /** The server went down under us: killed, or out of memory. */
  function comeBack(): void {
    if (stopping) return
    log('The embedded database went away; starting it again.')
    stay = enter()
    stay.catch(error => log(String(error)))
  }
}

const DATABASE = 'backdesk'

// Advisory locks in the database `postgres`, where nothing else takes any.
const IN_USE = 1
const WATCHED = 2

/** @types/pg has yet to learn the two. */
type Session = pg.Client & { ref(): void; unref(): void }

/**
 * A server of ours is given all the time it needs, for it may have a crash to recover from. One that does not
 * start at all has mostly met a rival that is starting or stopping, so we try again for a while.
 */
async function joinOrStart(
  cluster: Cluster,
  address: Address,
  settings: Record<string, string>,
): Promise<Session> {
  const patience = Date.now() + 10_000
  let server: ChildProcess | null = null
  for (;;) {
    const session = await tryToJoin(cluster, address)
    if (session) return session
    if (server?.exitCode === null && server.signalCode === null) {
      await delay(10)
    } else if (Date.now() < patience) {
      if (server) await delay(100)
      server = await startServer(cluster, address, settings)
    } else {
      throw new Error(`The embedded database does not start. Its log ends:\n${await endOfLog(cluster)}`)
    }
  }
}

/** A session that holds the lock; null where no server answers, or one of another data directory. */
async function tryToJoin(cluster: Cluster, address: Address): Promise<Session | null> {
  const session = sessionOn(cluster, address)
  try {
    await session.connect()
    const { rowCount } = await session.query(
      "SELECT pg_advisory_lock_shared($1) WHERE current_setting('data_directory') = $2",
      [IN_USE, cluster.data],
    )
    if (rowCount) return session
  } catch {
    // Not there, still starting, or on its way out.
  }
  await session.end()
  return null
}

function sessionOn(cluster: Cluster, address: Address): Session {
  const session = new pg.Client({
    connectionString: urlOf(address, OWNER, cluster.ownerPassword, 'postgres'),
    application_name: 'backdesk host',
    connectionTimeoutMillis: 5_000,
  })
  session.on('error', () => {}) // Followed by 'end', or told to whoever awaits a query.
  return session as Session
}

async function createDatabase(session: Session): Promise<void> {
  const { rowCount } = await session.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
  if (rowCount) return
  try {
    await session.query(`CREATE DATABASE ${DATABASE}`)
  } catch (error) {
    if (!ALREADY_THERE.includes(sqlState(error) ?? '')) throw error
  }
}

const ALREADY_THERE = ['42P04', '23505'] // duplicate_database; or a rival was quicker by a hair: unique_violation

/**
 * Leaves a session behind in the server that outlives its host: once it can take the lock, nobody holds it any
 * more, and it sends its own server the signal of a clean stop. One watches; others find that and go.
 */
async function watch(cluster: Cluster, address: Address): Promise<void> {
  const session = sessionOn(cluster, address)
  await session.connect()
  session.unref()
  session
    .query(`DO $$ BEGIN
      IF NOT pg_try_advisory_lock(${WATCHED}) THEN RETURN; END IF;
      WHILE NOT pg_try_advisory_lock(${IN_USE}) LOOP
        COMMIT; -- An open transaction would hold back vacuum.
        PERFORM pg_sleep(2);
      END LOOP;
      COPY (SELECT) TO PROGRAM 'kill -INT $(head -n 1 postmaster.pid)';
    END $$`)
    .catch(() => {}) // The server was stopped.
    .finally(() => session.end())
}

async function leave(session: Session, cluster: Cluster): Promise<void> {
  session.ref()
  if (await isLastOut(session)) await stopServer(cluster)
  await session.end()
}

async function isLastOut(session: Session): Promise<boolean> {
  try {
    await session.query('SELECT pg_advisory_unlock_shared($1)', [IN_USE])
    const { rows } = await session.query('SELECT pg_try_advisory_lock($1) AS last', [IN_USE])
    return rows[0].last
  } catch {
    return false // It is down already.
  }
}
