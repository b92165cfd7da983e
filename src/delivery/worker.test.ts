import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { done, fresh } from '../../test/support/caller.ts'
import { emptyDatabase, openTestDatabase } from '../../test/support/database.ts'
import { jobsIn, until } from '../../test/support/jobs.ts'
import { startServer } from '../../test/support/server.ts'
import { type MailServer, startMailServer } from '../../test/support/smtp.ts'
import { stack, type Things } from '../../test/support/stack.ts'
import { FRONT_DESK } from '../access/principal.ts'
import { enqueue } from '../database/jobs.ts'
import { openPools } from '../database/pool.ts'

const FROM = 'Backdesk <no-reply@desk.example>'

function smtpOf(mail: MailServer) {
  return { smtp: { url: mail.url, from: FROM } }
}

function requestCode(url: string, n = 0): Promise<unknown> {
  return done({ url }, 'register_organisation_request', {
    email: `ada+${n}@studio.example`,
    organisation_name: 'Studio Norte',
    time_zone: 'Europe/Madrid',
    currency: 'EUR',
    country: 'ES',
    idempotency_key: fresh(),
  })
}

test('two hosts of one database send each mail once', async t => {
  const things = stack(t)
  const mail = await startMailServer(things)
  const one = await startServer(things, smtpOf(mail))
  const { owner: databaseUrl, app: appDatabaseUrl } = one.databaseUrls
  const other = await startServer(things, { ...smtpOf(mail), databaseUrl, appDatabaseUrl })
  await Promise.all(Array.from({ length: 20 }, (_, n) => requestCode(n % 2 ? one.url : other.url, n)))
  await until(async () => (await jobsIn(one.house.database.owner)).length === 0)
  assert.equal(mail.taken.length, 20)
})

test('a server that stops waits for the mail it is sending', async t => {
  const things = stack(t)
  const mail = await startMailServer(things)
  const database = await openTestDatabase(things)
  const server = await startServer(things, { ...smtpOf(mail), ...urlsOf(database) })
  mail.manner = 'is silent'
  await requestCode(server.url)
  await until(() => mail.waiting === 1)
  const closed = server.close()
  mail.relent()
  await closed
  assert.equal(mail.taken.length, 1)
  assert.deepEqual(await jobsIn(database.owner), [])
})

test('what does not end in time is broken off, and free for the next host', async t => {
  const things = stack(t)
  const mail = await startMailServer(things)
  const database = await openTestDatabase(things)
  const server = await startServer(things, { ...smtpOf(mail), ...urlsOf(database) })
  mail.manner = 'is silent'
  await requestCode(server.url)
  await until(() => mail.waiting === 1)
  await server.close()
  const [job] = await jobsIn(database.owner)
  assert.deepEqual([job!.locked_by, job!.attempts], [null, 1])
})

test('a host that is killed while it sends leaves its job to the next', async t => {
  const things = stack(t)
  const mail = await startMailServer(things)
  const database = await openTestDatabase(things)
  const host = await startProcess(things, { ...environmentOf(database), SMTP_URL: mail.url })
  mail.manner = 'is silent'
  await requestCode(host.url)
  await until(() => mail.waiting === 1)
  host.process.kill('SIGKILL')
  await once(host.process, 'exit')
  mail.manner = 'takes'
  const [job] = await jobsIn(database.owner)
  assert.ok(job!.locked_by, 'it died with the job in its hands')
  await startServer(things, { ...smtpOf(mail), ...urlsOf(database) })
  await until(() => mail.taken.length === 1)
})

test('jobs of a host that lives are left to it, however often the roll is called', async t => {
  const things = stack(t)
  const mail = await startMailServer(things)
  const database = await openTestDatabase(things)
  const one = await startServer(things, { ...smtpOf(mail), ...urlsOf(database) })
  mail.manner = 'is silent'
  await requestCode(one.url)
  await until(() => mail.waiting === 1)
  const [held] = await jobsIn(database.owner)
  await database.owner.query("SELECT graphile_worker.add_job('of_a_dead_host')")
  await database.owner.query(
    "UPDATE graphile_worker._private_jobs SET locked_by = 'dead', locked_at = now() WHERE locked_by IS NULL",
  )
  await startServer(things, { ...smtpOf(mail), ...urlsOf(database) })
  await until(async () => (await jobsIn(database.owner))[1]!.locked_by === null)
  assert.equal((await jobsIn(database.owner))[0]!.locked_by, held!.locked_by)
  mail.relent()
})

test('a process that is asked to stop does, and comes back to what is left', async t => {
  const things = stack(t)
  const mail = await startMailServer(things)
  const database = await openTestDatabase(things)
  const environment = { ...environmentOf(database), SMTP_URL: mail.url }
  const host = await startProcess(things, environment)
  await requestCode(host.url)
  await until(() => mail.taken.length === 1)
  host.process.kill('SIGTERM')
  assert.deepEqual(await once(host.process, 'exit'), [0, null])
  await database.transaction(FRONT_DESK.id, {}, ({ db }) => enqueue(db, { task: 'forget_codes' }))
  await startProcess(things, environment)
  await until(async () => (await jobsIn(database.owner)).length === 0)
})

test('two hosts that start at once on an empty database make one queue', async t => {
  const things = stack(t)
  const database = await emptyDatabase(things)
  const hosts = await Promise.all([1, 2].map(() => startProcess(things, environmentOf(database))))
  const { owner, close } = openPools(database)
  things.after(close)
  const { rows } = await owner.query('SELECT count(*) = max(id) AS whole FROM graphile_worker.migrations')
  assert.deepEqual(rows, [{ whole: true }])
  assert.ok(hosts.every(host => host.process.exitCode === null))
})

function urlsOf({ ownerUrl, appUrl }: { ownerUrl: string; appUrl: string }) {
  return { databaseUrl: ownerUrl, appDatabaseUrl: appUrl }
}

function environmentOf({ ownerUrl, appUrl }: { ownerUrl: string; appUrl: string }) {
  const secret = { BACKDESK_SECRET: 'x'.repeat(32) }
  return { DATABASE_URL: ownerUrl, APP_DATABASE_URL: appUrl, ...secret, SMTP_URL: NOWHERE, MAIL_FROM: FROM }
}

/** Nobody listens there: a server of an external database has mail, or does not start. */
const NOWHERE = 'smtp://127.0.0.1:9'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** `npm start`, and where it says it is. */
async function startProcess(
  t: Things,
  environment: Record<string, string>,
): Promise<{ process: ChildProcess; url: string }> {
  const port = await freePort()
  const place = { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}` }
  const host = spawn(process.execPath, [join(import.meta.dirname, '../start.ts')], {
    env: { ...process.env, LOG_LEVEL: 'error', ...place, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(async () => {
    if (host.exitCode !== null || host.signalCode !== null) return
    host.kill('SIGKILL')
    await once(host, 'exit')
  })
  for await (const line of createInterface(host.stdout)) {
    const url = /^MCP\s+(\S+)\/mcp$/.exec(line)?.[1]
    if (url) return { process: host, url }
  }
  throw new Error('The host ended before it said where it is.')
}
