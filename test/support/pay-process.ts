/** A host that tests kill while it takes money: a process of its own with the worker that `main` starts, and none of the HTTP. */

import { flushCompileCache } from 'node:module'
import '../../src/quick-imports.ts'

const { openPools } = await import('../../src/database/pool.ts')
const { startCashier } = await import('./pay-host.ts')
flushCompileCache() // Who is killed leaves none behind.
const { ownerUrl, appUrl, stripe } = JSON.parse(process.env.WORKER!)
startCashier(openPools({ ownerUrl, appUrl }), stripe)
