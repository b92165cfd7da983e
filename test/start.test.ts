/** `npm start` as a newcomer runs it: what it prints, how it stops, and that nothing answered is ever lost. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { callTool, done, fresh } from './support/caller.ts'
import { send } from './support/person.ts'

const main = join(import.meta.dirname, '../src/start.ts')

test('it says where it is, signs a business up, and Ctrl-C stops it cleanly', {
  timeout: 120_000,
}, async t => {
  const dataDir = await newDirectory(t)
  const server = await startProcess(t, dataDir)
  const named = server.lines.map(line => line.split(/\s{2,}/)[0])
  assert.deepEqual(named, ['MCP', 'Catalog', 'Console', 'Mailbox', 'Claude Code', 'Cursor'])
  assert.equal((await send(server.url, 'GET', '/healthz')).status, 200)
  assert.equal((await send(server.url, 'GET', '/readyz')).status, 200)
  await signUp(server.url)
  server.process.kill('SIGINT')
  const [code] = await once(server.process, 'exit')
  assert.equal(code, 0)
})

test('kill -9 loses nothing that was answered, and the next start finds it all', {
  timeout: 120_000,
}, async t => {
  const dataDir = await newDirectory(t)
  const first = await startProcess(t, dataDir)
  const key = await signUp(first.url)
  const made = await done({ url: first.url, key }, 'create_api_key', {
    name: 'Survivor',
    idempotency_key: fresh(),
  })
  first.process.kill('SIGKILL')
  await once(first.process, 'exit')

  const second = await startProcess(t, dataDir)
  const keys = await done({ url: second.url, key }, 'list_api_keys')
  assert.ok(keys.some((other: { id: string }) => other.id === made.id))
  await done({ url: second.url, key: made.api_key }, 'get_current_context')
})

test('bad settings are named, each with what is wrong, and nothing is started', async t => {
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      PORT: 'eighty',
      DATABASE_URL: 'postgres://x',
      BACKDESK_DATA_DIR: await newDirectory(t),
    },
  })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const [code] = await once(child, 'exit')
  assert.equal(code, 1)
  assert.match(said, /PORT/)
})

interface Running {
  url: string
  lines: string[]
  process: ChildProcess
}

async function startProcess(t: { after(work: () => unknown): void }, dataDir: string): Promise<Running> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: '0', BACKDESK_DATA_DIR: dataDir },
  })
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGINT')
    await once(child, 'exit')
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (said.includes('Cursor') && said.endsWith('\n')) break
  }
  const lines = said.trim().split('\n')
  const url = /http:\/\/\S+?(?=\/mcp)/.exec(said)![0]
  return { url, lines, process: child }
}

async function newDirectory(t: { after(work: () => unknown): void }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'backdesk-start-'))
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }))
  return directory
}

async function signUp(url: string): Promise<string> {
  const asked = await done({ url }, 'register_organisation_request', {
    email: 'ana@studio.example',
    organisation_name: 'Studio',
    time_zone: 'Europe/Madrid',
    currency: 'EUR',
    country: 'ES',
    idempotency_key: fresh(),
  })
  const mailbox = await send(url, 'GET', '/dev/mailbox', undefined, { accept: 'application/json' })
  const code = /\d{6}/.exec(mailbox.body[0].text)![0]
  const { body } = await callTool({ url }, 'register_organisation_verify', {
    request_id: asked.request_id,
    code,
    idempotency_key: fresh(),
  })
  return body.data.api_key
}
