/** A whole host, as `main` starts it, in a process of its own that tests kill. It says where it listens. */

import { flushCompileCache } from 'node:module'
import '../../src/quick-imports.ts'

const { start } = await import('../../src/main.ts')
flushCompileCache() // Who is killed leaves none behind.
const { url } = await start(JSON.parse(process.env.HOST_CONFIG!))
process.stdout.write(`${url}\n`)
