/**
 * A fresh, migrated database for a test, in about 30 ms.
 *
 * All test processes of a checkout share one embedded server, found by its directory. It holds a template,
 * migrated once, that each database is a copy of. The server stops by itself once the last process is gone,
 * killed or not (see `embedded.ts`).
 */

import { createHash } from 'node:crypto'
import { statfs } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import pg from 'pg'
import { startEmbedded } from '../../src/database/embedded.ts'
import { MIGRATIONS, migrate, readMigrations } from '../../src/database/migrate.ts'
import { type Database, openPools } from '../../src/database/pool.ts'
import { ensureRoles, roleOf } from '../../src/database/roles.ts'

export interface TestDatabase {
  ownerUrl: string
  appUrl: string
  /** Ends its connections and removes it. */
  drop(): Promise<void>
}

/** Given a test's context, the database is dropped when the test ends. */
export async function testDatabase(t?: Pick<TestContext, 'after'>): Promise<TestDatabase> {
  return copyOf((await sharedServer()).template, t)
}

/** The same without any table: not even the migrations have run. */
export async function emptyDatabase(t?: Pick<TestContext, 'after'>): Promise<TestDatabase> {
  return copyOf('template1', t)
}

/** A migrated database with its pools open; closed and dropped when the test ends. */
export async function openTestDatabase(
  t: Pick<TestContext, 'after'>,
  options: { max?: number } = {},
): Promise<Database & TestDatabase> {
  const database = await testDatabase()
  const pools = openPools({ ...database, ...options })
  t.after(async () => {
    await pools.close()
    await database.drop()
  })
  return { ...database, ...pools }
}

/** Runs SQL in a test's database as a migration would, `tenant_table` and all. */
export async function asMigration(
  { ownerUrl, appUrl }: Pick<TestDatabase, 'ownerUrl' | 'appUrl'>,
  sql: string,
) {
  const appRole = pg.escapeLiteral(roleOf(appUrl))
  await asAdministrator(ownerUrl, owner =>
    owner.query(`BEGIN; SET LOCAL backdesk.app_role = ${appRole}; ${sql}; COMMIT`),
  )
}

async function copyOf(template: string, t?: Pick<TestContext, 'after'>): Promise<TestDatabase> {
  const { ownerUrl, appUrl } = await sharedServer()
  const name = `test_${process.pid}_${++count}`
  await asAdministrator(ownerUrl, admin =>
    admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`),
  )
  const database = {
    ownerUrl: within(ownerUrl, name),
    appUrl: within(appUrl, name),
    async drop() {
      await asAdministrator(ownerUrl, admin => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
    },
  }
  t?.after(() => database.drop())
  return database
}

let count = 0
let server: ReturnType<typeof startServer> | null = null

function sharedServer() {
  server ??= startServer()
  return server
}

async function startServer() {
  const checkout = createHash('sha256').update(MIGRATIONS).digest('hex').slice(0, 12)
  const { ownerUrl, appUrl } = await startEmbedded({
    dataDir: join(await fastDirectory(), `backdesk-test-${userInfo().uid}-${checkout}`),
    settings: SETTINGS,
  })
  const template = await asAdministrator(ownerUrl, async admin => {
    await admin.query('SELECT pg_advisory_lock(1)')
    await dropLeftOver(admin)
    return prepareTemplate(admin, ownerUrl, appUrl)
  })
  return { ownerUrl, appUrl, template }
}

const SETTINGS = {
  // Nothing here need survive a power cut.
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '64MB',
  autovacuum: 'off', // It would sit in the template while that is copied.
  max_connections: '200',
}

/** Memory that looks like a disk, where there is 1 GB of it: a copy of the template takes 12 ms there, not 200. */
export async function fastDirectory(): Promise<string> {
  const { bavail, bsize } = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize > 2 ** 30 ? '/dev/shm' : tmpdir()
}

/** Databases of test processes that were killed, one of which may have had the number of this one. */
async function dropLeftOver(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
  for (const { datname } of rows) {
    const pid = Number(datname.split('_')[1])
    if (pid === process.pid || !isAlive(pid))
      await admin.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Named by what the migrations say. Renamed into place when done, so a kill leaves none that is half migrated. */
async function prepareTemplate(admin: pg.Client, ownerUrl: string, appUrl: string): Promise<string> {
  const checksums = (await readMigrations(MIGRATIONS)).map(migration => migration.checksum)
  const template = `template_${createHash('sha256').update(checksums.join()).digest('hex').slice(0, 12)}`
  const { rows } = await admin.query("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%'")
  if (rows.some(({ datname }) => datname === template)) return template

  for (const { datname } of rows) await admin.query(`DROP DATABASE ${datname} WITH (FORCE)`)
  await admin.query('CREATE DATABASE template_draft')
  const draft = { ownerUrl: within(ownerUrl, 'template_draft'), appUrl: within(appUrl, 'template_draft') }
  await ensureRoles(draft.ownerUrl, draft.appUrl)
  await migrate(draft)
  await admin.query(`ALTER DATABASE template_draft RENAME TO ${template}`)
  return template
}

async function asAdministrator<T>(ownerUrl: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: ownerUrl })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

function within(url: string, database: string): string {
  return url.replace(/[^/]*$/, database)
}
