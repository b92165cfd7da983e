/** `backdesk up`: starts the server as `npm start` does, in a checkout. */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { execPath, versions } from 'node:process'
import { fileURLToPath } from 'node:url'
import { usage } from './outcome.ts'

export async function up(): Promise<number> {
  const start = inCheckout('src/start.ts')
  if (!existsSync(start))
    throw usage(
      'up starts the server of a checkout, and this is an installed package. docker compose up is another way.',
    )
  // In a process group of its own: Ctrl-C would reach both else, and a second signal ends a server that is closing.
  const child = spawn(nodeFor(), [start], { stdio: 'inherit', detached: true })
  let told = false
  const tell = () => {
    if (!told) child.kill('SIGTERM')
    told = true
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, tell)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]))
  })
}

/** The project brings its own, for TypeScript runs as it is from Node 24 on. */
function nodeFor(): string {
  const own = inCheckout('node_modules/node/bin/node')
  if (existsSync(own)) return own
  if (Number(versions.node.split('.')[0]) >= 24) return execPath
  throw usage('The server needs Node 24: npm ci in the checkout brings it.')
}

function inCheckout(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}
