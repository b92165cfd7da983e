/** What every measure finds: a whole server as `npm start` makes it, with a business in it and that business's key. */

import { mkdtemp, rm } from 'node:fs/promises'
import { arch, cpus, loadavg, platform, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { TypeID } from 'typeid-js'
import { startEmbedded } from '../../../src/database/embedded.ts'
import { startServer, type TestServer } from '../../support/server.ts'

export interface Stage extends AsyncDisposable {
  server: TestServer
  /** An owner's key, which may do everything. */
  key: string
  /** uuid */
  workspaceId: string
}

export async function openStage(): Promise<Stage> {
  const endings: (() => unknown)[] = []
  const end = async () => {
    for (const ending of endings.reverse()) await ending()
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'backdesk-bench-'))
  endings.push(() => rm(dataDir, { recursive: true }))
  try {
    const database = await startEmbedded({ dataDir })
    endings.push(() => database.stop())
    const server = await startServer(
      { after: ending => void endings.push(ending as () => unknown) },
      { databaseUrl: database.ownerUrl, appDatabaseUrl: database.appUrl, rateLimit: UNLIMITED },
    )
    const { key, workspaceId } = await server.signUp()
    return { server, key, workspaceId: TypeID.fromString(workspaceId).toUUID(), [Symbol.asyncDispose]: end }
  } catch (error) {
    await end()
    throw error
  }
}

/** The bucket is still there and still spent from: what it costs is measured. */
const UNLIMITED = { perMinute: 1e9, burst: 1e9 }

/** Where the numbers are taken, and how busy it is before the first of them. */
export async function machine({ server }: Stage): Promise<string> {
  const { rows } = await server.house.database.owner.query('SHOW server_version')
  const cores = `${cpus().length} cores (${cpus()[0]!.model})`
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  const versions = `Node.js ${process.versions.node}, PostgreSQL ${rows[0].server_version}`
  return `Machine: ${cores}, ${memory}, ${platform()} ${arch()}; ${versions}; load average ${loadavg()[0]!.toFixed(1)}.`
}
