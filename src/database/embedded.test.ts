import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { fastDirectory } from '../../test/support/database.ts'
import { type Embedded, startEmbedded } from './embedded.ts'

const asRoot = process.getuid?.() === 0

test('a fresh start makes a database that knows the letters of the world', async t => {
  const place = await scratch(t)
  const { ownerUrl } = await start(place)

  await ask(ownerUrl, 'CREATE EXTENSION pg_trgm')
  const [row] = await ask(
    ownerUrl,
    "SELECT lower('É'), cardinality(show_trgm('東京都')) > 0 AS trigrams, 'b' < 'é' AS sorted",
  )
  assert.deepEqual(row, { lower: 'é', trigrams: true, sorted: true })
  for (const secret of ['owner.password', 'app.password']) {
    assert.equal((await stat(join(place.dataDir, 'postgres', secret))).mode & 0o777, 0o600)
  }
})

test('a stop ends the server, and a restart has the data', async t => {
  const place = await scratch(t)
  const first = await startEmbedded(place)
  await ask(first.ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS n')
  await first.stop()
  assert.equal(await isUp(first.ownerUrl), false)

  const second = await start(place)
  assert.deepEqual(await ask(second.ownerUrl, 'SELECT n FROM kept'), [{ n: 7 }])
})

test('hosts that start at once on a fresh directory share one server', async t => {
  const place = await scratch(t)
  const hosts = await Promise.all([startHost(place), startHost(place), startHost(place)])
  const servers = await Promise.all(
    hosts.map(host => ask(host.ownerUrl, 'SELECT pg_postmaster_start_time()::text')),
  )
  assert.deepEqual(servers[0], servers[1])
  assert.deepEqual(servers[0], servers[2])
  assert.deepEqual(
    await readdir(place.dataDir),
    ['postgres'],
    'the drafts of those that were slower are gone',
  )
})

test('the first host to leave does not pull the server from under the other', async t => {
  const place = await scratch(t)
  const first = await startHost(place)
  const second = await startEmbedded(place)
  await first.stop()
  assert.equal(await isUp(second.ownerUrl), true)

  await second.stop()
  assert.equal(await isUp(second.ownerUrl), false)
})

test('a host that comes after one that was killed finds its server and all it committed', async t => {
  const place = await scratch(t)
  const killed = await startHost(place)
  await ask(killed.ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS n')
  const [before] = await ask(killed.ownerUrl, 'SELECT pg_postmaster_start_time()::text AS at')
  // A session that is still there holds the server's watch off, as the next host's lock would.
  const next = startEmbedded(place)
  await killed.kill()

  const { ownerUrl, stop } = await next
  place.leaving.defer(stop)
  assert.deepEqual(await ask(ownerUrl, 'SELECT n FROM kept'), [{ n: 7 }])
  assert.deepEqual(await ask(ownerUrl, 'SELECT pg_postmaster_start_time()::text AS at'), [before])
})

test('a server whose last host was killed stops by itself', async t => {
  const host = await startHost(await scratch(t))
  await host.kill()
  await until(async () => !(await isUp(host.ownerUrl)))
})

test('a server that is killed under its host comes back', async t => {
  const place = await scratch(t)
  const { ownerUrl } = await start(place)
  await ask(ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS n')
  const [postmaster] = (await readFile(join(place.dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split(
    '\n',
  )
  process.kill(Number(postmaster), 'SIGKILL')

  await until(() => isUp(ownerUrl))
  assert.deepEqual(await ask(ownerUrl, 'SELECT n FROM kept'), [{ n: 7 }])
})

test('what a kill during the first start left behind is cleared away', async t => {
  const place = await scratch(t)
  const gone = spawn(process.execPath, ['-e', ''])
  await once(gone, 'exit')
  await mkdir(join(place.dataDir, `postgres.draft-${gone.pid}`, 'data'), { recursive: true })

  await start(place)
  assert.deepEqual(await readdir(place.dataDir), ['postgres'])
})

test('a path too long for a socket is served on loopback, to a second host as well', async t => {
  const place = await scratch(t, 'long'.repeat(25))
  const first = await start(place)
  const second = await start(place)
  assert.equal(new URL(first.ownerUrl).hostname, '127.0.0.1')
  assert.equal(first.ownerUrl, second.ownerUrl)
  assert.equal(await isUp(second.ownerUrl), true)
})

test('under a directory that is private to root the data lives where the server may go', {
  skip: !asRoot,
}, async t => {
  const place = await scratch(t, 'data')
  await chmod(dirname(place.dataDir), 0o700)
  const { ownerUrl } = await start(place)
  const data = await readlink(join(place.dataDir, 'postgres'))
  t.after(() => rm(data, { recursive: true }))

  assert.match(data, /^\/var\/lib\/backdesk\//)
  assert.equal(await isUp(ownerUrl), true)
})

interface Place {
  dataDir: string
  /** What is to be undone when the test ends, the last first. */
  leaving: AsyncDisposableStack
}

/** A data directory, made anew and removed. */
async function scratch(t: TestContext, within = ''): Promise<Place> {
  const leaving = new AsyncDisposableStack()
  t.after(() => leaving.disposeAsync())
  const directory = await mkdtemp(join(await fastDirectory(), 'bd-'))
  leaving.defer(() => rm(directory, { recursive: true }))
  await chmod(directory, 0o755)
  return { dataDir: join(directory, within), leaving }
}

async function start(place: Place): Promise<Embedded> {
  const embedded = await startEmbedded(place)
  place.leaving.defer(() => embedded.stop())
  return embedded
}

/** A host in a process of its own. */
async function startHost({ dataDir, leaving }: Place) {
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(import.meta.resolve('./embedded.ts'))})
    const embedded = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
    console.log(embedded.ownerUrl)
    process.stdin.once('data', async () => process.exit(await embedded.stop()))`
  const host = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  leaving.defer(() => end(host, () => host.stdin.write('stop\n')))
  const [ownerUrl] = (await once(createInterface(host.stdout), 'line')) as [string]
  return {
    ownerUrl,
    stop: () => end(host, () => host.stdin.write('stop\n')),
    kill: () => end(host, () => host.kill('SIGKILL')),
  }
}

async function end(host: ChildProcess, how: () => void): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return
  how()
  await once(host, 'exit')
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

function isUp(url: string): Promise<boolean> {
  return ask(url, 'SELECT').then(
    () => true,
    () => false,
  )
}

/** Waits for a condition; the test's own time limit ends it. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20)
}
