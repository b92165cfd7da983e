/** The application role: a login that owns nothing and bypasses nothing, so that row security binds it. */

import pg from 'pg'
import { sqlState } from './errors.ts'

/**
 * Makes the role that `appUrl` names where it is missing, and refuses one that row security would not hold.
 * Safe in two hosts at once.
 */
export async function ensureRoles(ownerUrl: string, appUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  try {
    const app = roleOf(appUrl)
    const { rows } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [app])
    if (rows.length === 0) await create(owner, appUrl)
    const power = await powerOf(owner, app)
    if (power) {
      throw new Error(
        `The application role ${app} ${power}, so row-level security would not keep workspaces apart. ` +
          'APP_DATABASE_URL must name a role of its own, without powers; leave it to Backdesk to make one.',
      )
    }
  } finally {
    await owner.end()
  }
  await logIn(appUrl)
}

/** The user that a database URL names. */
export function roleOf(url: string): string {
  const name = decodeURIComponent(new URL(url).username)
  if (!name) throw new Error('A database URL names its user: postgres://user:password@host/database.')
  return name
}

async function create(owner: pg.Client, appUrl: string): Promise<void> {
  const app = pg.escapeIdentifier(roleOf(appUrl))
  const attributes = 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE'
  const password = decodeURIComponent(new URL(appUrl).password)
  try {
    await owner.query(
      `CREATE ROLE ${app} ${attributes} ${password && `PASSWORD ${pg.escapeLiteral(password)}`}`,
    )
  } catch (error) {
    const state = sqlState(error)
    if (state === '42710' || state === '23505') return // Another host has just made it.
    if (state !== '42501') throw error
    throw new Error(
      'The role of APP_DATABASE_URL does not exist, and the role of DATABASE_URL may not create it. ' +
        `Run as an administrator: CREATE ROLE ${app} ${attributes} PASSWORD '…';`,
      { cause: error },
    )
  }
}

/** What frees a role from row security, in words; null where nothing does. Counts what it may turn into by SET ROLE. */
async function powerOf(owner: pg.Client, app: string): Promise<string | null> {
  const { rows } = await owner.query<{ power: string }>(
    `SELECT CASE WHEN rolname = $1 THEN power ELSE power || ' by way of ' || rolname END AS power
     FROM (
       SELECT rolname, CASE
         WHEN rolsuper THEN 'is a superuser'
         WHEN rolbypassrls THEN 'has BYPASSRLS'
         WHEN rolcreaterole THEN 'has CREATEROLE'
         WHEN rolname = current_user THEN 'is the owner (DATABASE_URL)'
         WHEN EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) THEN 'owns tables'
       END AS power
       FROM pg_roles r
       WHERE pg_has_role($1, oid, 'MEMBER')
     ) AS reachable
     WHERE power IS NOT NULL
     ORDER BY rolname = $1 DESC
     LIMIT 1`,
    [app],
  )
  return rows[0]?.power ?? null
}

async function logIn(appUrl: string): Promise<void> {
  const app = new pg.Client({ connectionString: appUrl })
  try {
    await app.connect()
  } catch (error) {
    throw new Error(`The application role cannot log in with APP_DATABASE_URL: ${(error as Error).message}`, {
      cause: error,
    })
  }
  await app.end()
}
