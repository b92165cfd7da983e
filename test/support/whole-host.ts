/** Another host of the same business: a process of its own on a test server's database, with its secret. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { configOf, type TestServer } from './server.ts'

export interface WholeHost {
  url: string
  /** SIGKILL, and its end. */
  kill(): Promise<void>
}

/** @param appUrl default: as the server reaches it; a proxy's, to lose what it says */
export async function startHost(
  t: { after(work: () => unknown): void },
  { databaseUrls }: TestServer,
  appUrl = databaseUrls.app,
): Promise<WholeHost> {
  const config = configOf({ databaseUrl: databaseUrls.owner, appDatabaseUrl: appUrl })
  const host = spawn(process.execPath, [join(import.meta.dirname, 'whole-process.ts')], {
    env: { ...process.env, HOST_CONFIG: JSON.stringify(config) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = async () => {
    if (host.exitCode !== null || host.signalCode !== null) return
    host.kill('SIGKILL')
    await once(host, 'exit')
  }
  t.after(kill)
  const [said] = await once(host.stdout, 'data')
  return { url: String(said).trim(), kill }
}
