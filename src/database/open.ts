/** The database as `main` opens it: embedded, or wherever DATABASE_URL points; roles made, schema current. */

import { type Embedded, startEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import { type Database, openPools } from './pool.ts'
import { ensureRoles } from './roles.ts'

export interface DatabaseConfig {
  /** Where the embedded database lives. */
  dataDir: string
  /** The owner; without it the database is embedded. */
  databaseUrl?: string
  /** The application role. */
  appDatabaseUrl?: string
  log?: (message: string) => void
}

/** `close` of the answer stops an embedded server too. */
export async function openDatabase({
  dataDir,
  databaseUrl,
  appDatabaseUrl,
  log,
}: DatabaseConfig): Promise<Database> {
  const server = databaseUrl ? external(databaseUrl, appDatabaseUrl) : await startEmbedded({ dataDir, log })
  try {
    await ensureRoles(server.ownerUrl, server.appUrl)
    for (const name of await migrate(server)) log?.(`Applied migrations/${name}.`)
  } catch (error) {
    await server.stop()
    throw error
  }
  const pools = openPools(server)
  return {
    ...pools,
    async close() {
      await pools.close()
      await server.stop()
    },
  }
}

function external(ownerUrl: string, appUrl: string | undefined): Embedded {
  if (!appUrl) {
    throw new Error(
      'DATABASE_URL needs APP_DATABASE_URL beside it: the same database, as a role that owns nothing. ' +
        'Backdesk makes the role where DATABASE_URL may create roles.',
    )
  }
  return { ownerUrl, appUrl, stop: async () => {} }
}
