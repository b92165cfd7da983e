/** Brings a database to this code's schema: the files of migrations/, forward only, each once and whole. */

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { databaseError } from './errors.ts'
import { roleOf } from './roles.ts'

export const MIGRATIONS = resolve(import.meta.dirname, '../../migrations')

export interface Migration {
  version: number
  /** The file's name. */
  name: string
  sql: string
  checksum: string
}

export interface MigrateOptions {
  ownerUrl: string
  /** Names the role that tables are granted to. */
  appUrl: string
  directory?: string
}

/**
 * Of two hosts that start at once one waits and then finds nothing to do.
 * @returns the names of the files it applied
 */
export async function migrate({
  ownerUrl,
  appUrl,
  directory = MIGRATIONS,
}: MigrateOptions): Promise<string[]> {
  const migrations = await readMigrations(directory)
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'backdesk migrate' })
  await owner.connect()
  try {
    await requireVersion(owner)
    await owner.query('SELECT pg_advisory_lock($1)', [MIGRATING])
    const pending = migrations.slice(await countApplied(owner, migrations, roleOf(appUrl)))
    for (const migration of pending) await apply(owner, migration, roleOf(appUrl))
    return pending.map(migration => migration.name)
  } finally {
    await owner.end() // The lock ends with the session.
  }
}

const MIGRATING = 0x6d696772 // 'migr'; any number that nothing else locks.

/** The files in their order. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter(name => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(/^(\d{4})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
      if (version !== index + 1) {
        throw new Error(
          `Migrations are numbered without gaps, NNNN_name.sql: ${name} is number ${index + 1}.`,
        )
      }
      const sql = (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n')
      return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function requireVersion(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query('SHOW server_version_num')
  const major = Math.floor(rows[0].server_version_num / 10_000)
  if (major < 15) throw new Error(`Backdesk needs PostgreSQL 15 or later; DATABASE_URL is version ${major}.`)
}

/** How many of `migrations` the database has. Throws where its history is not the beginning of ours. */
async function countApplied(owner: pg.Client, migrations: Migration[], appRole: string): Promise<number> {
  await owner.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    app_role text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  )`)
  const { rows } = await owner.query(
    'SELECT version, name, checksum, app_role FROM schema_migrations ORDER BY version',
  )
  rows.forEach((applied, index) => {
    const ours = migrations[index]
    if (!ours) {
      throw new Error(
        `The database is newer than this code: it has ${applied.name}. Start the newer version of Backdesk.`,
      )
    }
    if (applied.checksum !== ours.checksum) {
      throw new Error(
        `migrations/${ours.name} has changed since it was applied (then: ${applied.name}). ` +
          'Put it back as it was, and write what should change as a new migration.',
      )
    }
    if (applied.app_role !== appRole) {
      throw new Error(
        `The tables are granted to the role ${applied.app_role}, but APP_DATABASE_URL names ${appRole}. Name the first.`,
      )
    }
  })
  return rows.length
}

async function apply(owner: pg.Client, migration: Migration, appRole: string): Promise<void> {
  const { version, name, sql, checksum } = migration
  await owner.query('BEGIN')
  try {
    await owner.query("SELECT set_config('backdesk.app_role', $1, true)", [appRole])
    await owner.query(sql)
    await owner.query(
      'INSERT INTO schema_migrations (version, name, checksum, app_role) VALUES ($1, $2, $3, $4)',
      [version, name, checksum, appRole],
    )
    await owner.query('COMMIT')
  } catch (error) {
    await owner.query('ROLLBACK')
    throw new Error(`migrations/${name}${lineOf(error, sql)}: ${(error as Error).message}`, { cause: error })
  }
}

/** `:12`, where the server says at which character it stumbled. */
function lineOf(error: unknown, sql: string): string {
  const position = Number(databaseError(error)?.position)
  return position ? `:${sql.slice(0, position).split('\n').length}` : ''
}
