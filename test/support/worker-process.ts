/** A host that tests kill: a process of its own with the worker that `main` starts, and none of the HTTP. It says `working` with its first job. */

import { flushCompileCache } from 'node:module'
import '../../src/quick-imports.ts'

const { openPools } = await import('../../src/database/pool.ts')
const { runDeliveries } = await import('./worker-host.ts')
flushCompileCache() // Who is killed leaves none behind.
const { ownerUrl, appUrl, reach } = JSON.parse(process.env.WORKER!)
let said = false
function onJob(): void {
  if (!said) process.stdout.write('working\n')
  said = true
}
runDeliveries(openPools({ ownerUrl, appUrl }), { ...reach, onJob })
