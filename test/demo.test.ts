/** The demo is a promise: it must play to its end against a fresh server. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { startServer } from './support/server.ts'

const script = join(import.meta.dirname, '../demo/fitness-studio.ts')

test('npm run demo plays to its end', { timeout: 240_000 }, async t => {
  const server = await startServer(t)
  const { code, said } = await play(server.url)
  assert.equal(code, 0, said)
  for (let question = 1; question <= 9; question++) assert.match(said, new RegExp(`\\. ${question}\\. .+\\?`))
  assert.match(said, /All of it went as it should/)
})

test('it exits 1 where the server is not what it should be', { timeout: 240_000 }, async () => {
  assert.equal((await play('http://127.0.0.1:9')).code, 1)
})

async function play(url: string): Promise<{ code: number; said: string }> {
  const demo = spawn(process.execPath, [script], { env: { ...process.env, BACKDESK_URL: url } })
  let said = ''
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', chunk => {
      said += chunk
    })
  }
  const [code] = await once(demo, 'exit')
  return { code, said }
}
