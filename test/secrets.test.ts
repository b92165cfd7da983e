/**
 * A wide run of a real server, its log at the most talkative, and then a search for every secret that it gave out or was
 * given, through all that it wrote: the log, every column of every table, the queue's among them, and its files. None
 * is there. Keys, tokens and cookies are kept as hashes; OAuth's artifacts and providers' credentials are sealed; codes
 * and links are derived from an id and kept not at all.
 */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'
import { countJobs, jobsIn, until } from './support/jobs.ts'
import { type Connected, connectClient } from './support/oauth.ts'
import { type Person, send, signIn } from './support/person.ts'
import type { TestServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { startMailServer } from './support/smtp.ts'
import { stack, type Things } from './support/stack.ts'

/** What was given out or taken in, by what it is. */
const secrets = new Map<string, string>()

function keep<Text extends string>(what: string, secret: Text): Text {
  assert.ok(secret.length >= 6, `${what} is no secret: ${secret}`)
  secrets.set(`${what} ${secrets.size}`, secret)
  return secret
}

interface World {
  url: string
  owner: pg.Pool
  /** As far as the helpers of other tests use it. */
  server: TestServer
  logFile: string
  dataDir: string
  restart(): Promise<void>
}

test('no secret that a full run issued stands in anything it wrote', { timeout: 180_000 }, async t => {
  const world = await open(t)
  const { url } = world
  const boss = await signUp(world)
  await issueKeys(boss)
  const person = await joinAndSignIn(world, boss)
  await makeLinks(boss)
  await signCustomerIn(world, boss)
  await giveCredentials(boss, person) // Of a mail server that is not there: no code would arrive by it.
  await connectByOAuth(world, boss.email)
  await failInEveryWay(world, boss)
  await world.restart()
  await done({ url, key: boss.key }, 'list_audit_events', { limit: 100 })
  await until(async () => (await countJobs(world.owner)).free === 0)

  const written = await everythingWritten(world)
  // The search finds what is there: a name in a table, and a request in the log.
  assert.ok(written.some(({ where, text }) => where.includes('customers') && text.includes('Zoe Grep')))
  assert.ok(written.some(({ where, text }) => where === 'the log' && text.includes('requestId')))
  assert.ok(secrets.size >= 40, `${secrets.size} secrets`)
  const found = [...secrets].flatMap(([what, secret]) =>
    written.filter(({ text }) => holds(text, secret)).map(({ where }) => `${what} in ${where}`),
  )
  assert.deepEqual(found, [])
  const hash = createHash('sha256').update(boss.key).digest('hex')
  assert.ok(written.some(({ where, text }) => where.includes('api_keys') && text.includes(hash)))
})

/** A code is six digits, so among other digits it proves nothing. */
function holds(text: string, secret: string): boolean {
  if (!/^\d{6}$/.test(secret)) return text.includes(secret)
  return new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(text)
}

interface Boss {
  url: string
  key: string
  email: string
  workspaceId: string
}

async function codeFor({ server }: World, email: string): Promise<string> {
  const mail = (await server.mailbox()).find(({ to }) => to === email)
  return keep('a code', /\d{6}/.exec(mail!.text)![0])
}

async function signUp(world: World): Promise<Boss> {
  const { url } = world
  const email = 'boss@grep.example'
  const asked = {
    email,
    organisation_name: 'Grep Studio',
    time_zone: 'Europe/Madrid',
    currency: 'EUR',
    country: 'ES',
  }
  const { request_id } = await made({ url }, 'register_organisation_request', asked)
  const code = await codeFor(world, email)
  const wrong = { request_id, code: code === '000000' ? '111111' : '000000', idempotency_key: fresh() }
  await callTool({ url }, 'register_organisation_verify', wrong)
  const again = { request_id, code, idempotency_key: fresh() }
  const founded = await done({ url }, 'register_organisation_verify', again)
  await callTool({ url }, 'register_organisation_verify', again) // From its stored answer.
  return { url, key: keep('a key', founded.api_key), email, workspaceId: founded.workspace.id }
}

async function issueKeys(boss: Boss): Promise<void> {
  const key = async (args: Body) => {
    const issued = await made(boss, 'create_api_key', args)
    keep('a key', issued.api_key)
    return issued
  }
  const staff = await made(boss, 'create_staff', { name: 'Eva' })
  await key({ name: 'Read-only' })
  await key({ name: 'Admin', role: 'admin', scopes: ['platform:read', 'platform:write'] })
  await key({ name: 'Of Eva', staff_id: staff.id, scopes: ['bookings:read'] })
  const { id: key_id } = await key({ name: 'Rotated' })
  keep('a key', (await confirmed(boss, 'rotate_api_key', { key_id, overlap_hours: 1 })).api_key)
  await confirmed(boss, 'revoke_api_key', { key_id })
  keep('a key', (await made(boss, 'create_sandbox', {})).api_key)
}

async function confirmed(caller: Boss, tool: string, args: Body): Promise<Body> {
  const key = tool === 'revoke_api_key' ? {} : { idempotency_key: fresh() }
  const { body } = await callTool(caller, tool, { ...args, ...key })
  return done(caller, tool, { ...args, ...key, confirm_token: keep('a confirmation', body.confirm_token) })
}

async function joinAndSignIn(world: World, boss: Boss): Promise<Person> {
  const { server, url } = world
  const person = await signIn(server, boss.email, boss.workspaceId)
  await codeFor(world, boss.email)
  keep('a cookie', person.cookie.split('=')[1]!)
  const email = 'marta@grep.example'
  const asked = await callTool(boss, 'create_team_invite', {
    email,
    role: 'member',
    idempotency_key: fresh(),
  })
  await person.decide(asked.body.approval.id, 'approve')
  const mail = (await server.mailbox()).find(({ to }) => to === email)!
  const token = keep('an invitation', /[\w-]{72}/.exec(mail.text)![0])
  const { request_id } = await made({ url }, 'accept_team_invite_request', { token })
  const code = await codeFor(world, email)
  // Through the tool that stands for others, and by who has a key already.
  const through = {
    tool: 'accept_team_invite_verify',
    arguments: { request_id, code, idempotency_key: fresh() },
  }
  keep('a key', (await done(boss, 'run_write_tool', through)).api_key)
  return person
}

async function giveCredentials({ url }: Boss, { cookie }: Person): Promise<void> {
  const secret = () => randomBytes(20).toString('hex')
  const given: Record<string, Record<string, string>> = {
    stripe: {
      secret_key: keep('a credential', `sk_live_${secret()}`),
      publishable_key: `pk_live_${secret()}`,
      webhook_secret: keep('a webhook’s secret', `whsec_${secret()}`),
    },
    smtp: { url: `smtp://u:${keep('a password', secret())}@127.0.0.1:9`, from: 'a@grep.example' },
    twilio: {
      account_sid: `AC${secret().slice(0, 32)}`,
      auth_token: keep('a credential', secret()),
      from: '+34612345678',
    },
  }
  for (const [provider, fields] of Object.entries(given)) {
    const answer = await fetch(`${url}/console/settings/providers/${provider}/save`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: url, cookie },
      body: new URLSearchParams(fields),
    })
    assert.equal(answer.status, 303, provider)
  }
}

async function makeLinks(boss: Boss): Promise<void> {
  const [location] = await done(boss, 'list_locations')
  const price = { amount: 5000, currency: 'EUR' }
  const service = await made(boss, 'create_service', { name: 'Session', duration_minutes: 60, price })
  const [staff] = await done(boss, 'list_staff')
  const version = { staff_id: staff.id, version: staff.version, location_ids: [location.id] }
  await done(boss, 'update_staff', version)
  await done(boss, 'set_staff_services', { staff_id: staff.id, services: [{ service_id: service.id }] })
  const where = { service_id: service.id, location_id: location.id }
  const { slots } = await done(boss, 'find_next_available_slot', where)
  const customer = await made(boss, 'create_customer', { name: 'Zoe Grep', email: 'zoe@grep.example' })
  const wish = { ...where, start: slots[0].start, customer_id: customer.id }
  const booking = await made(boss, 'create_booking', wish)
  const link = await made(boss, 'create_booking_self_service_link', { booking_id: booking.id })
  keep('a self-service link', link.url.split('/').at(-1))
  await fetch(link.url)
  const feed = await done(boss, 'get_calendar_feed_url', { staff_id: staff.id })
  const token = keep('a feed', /[\w-]{72}/.exec(feed.url)![0])
  await fetch(feed.url)
  await done(boss, 'reset_calendar_feed_url', { staff_id: staff.id }).catch(() => undefined)
  await fetch(feed.url.replace(token, token.replace(/.$/, 'x')))
}

async function signCustomerIn(world: World, boss: Boss): Promise<void> {
  const { url } = world
  const origins = ['https://grep.example']
  const { publishable_key: key } = await made(boss, 'create_publishable_key', { name: 'Site', origins })
  const email = 'zoe@grep.example'
  const { request_id } = await made({ url, key }, 'sign_in_customer_request', { email })
  const code = await codeFor(world, email)
  const signedIn = await made({ url, key }, 'sign_in_customer_verify', { request_id, code })
  const customer = { url, key: keep('a customer’s token', signedIn.customer_token) }
  await done(customer, 'list_bookings')
  await done(customer, 'sign_out_customer')
  await callTool(customer, 'list_bookings')
}

async function connectByOAuth(world: World, email: string): Promise<void> {
  const { url } = world
  const call = async ({ access_token }: Connected) =>
    (await callTool({ url, key: access_token }, 'list_services')).status
  const send = ({ client_id }: Connected, path: string, fields: Record<string, string>) =>
    fetch(`${url}/oauth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id, ...fields }),
    })
  const refresh = (connected: Connected) =>
    send(connected, 'token', { grant_type: 'refresh_token', refresh_token: connected.refresh_token })

  const stolen = await connect(world, email)
  assert.equal(await call(stolen), 200)
  const next = keepTokens({ ...stolen, ...((await (await refresh(stolen)).json()) as Connected) })
  assert.equal(await call(next), 200)
  await refresh(stolen)
  assert.equal(await call(next), 401)
  const { code, verifier: code_verifier } = stolen
  await send(stolen, 'token', { grant_type: 'authorization_code', code, code_verifier })

  const revoked = await connect(world, email)
  await send(revoked, 'revoke', { token: revoked.access_token })
  assert.equal(await call(revoked), 401)
}

async function connect(world: World, email: string): Promise<Connected> {
  const connected = keepTokens(await connectClient(world.server, email))
  await codeFor(world, email)
  keep('an authorization code', connected.code)
  keep('a verifier', connected.verifier)
  return connected
}

function keepTokens(connected: Connected): Connected {
  keep('an access token', connected.access_token)
  keep('a refresh token', connected.refresh_token)
  return connected
}

/** Refusals and failures: what goes wrong is what is written about. */
async function failInEveryWay({ url, owner, server }: World, boss: Boss): Promise<void> {
  const mistyped = keep('a key', `${boss.key.slice(0, -1)}${boss.key.endsWith('x') ? 'y' : 'x'}`)
  await callTool({ url, key: mistyped }, 'list_services')
  await callTool({ url, key: keep('a token', randomBytes(24).toString('base64url')) }, 'list_services')
  const forged = keep('an invitation', randomBytes(54).toString('base64url'))
  await callTool({ url }, 'accept_team_invite_request', { token: forged, idempotency_key: fresh() })
  const misspelt = { tokn: forged, token: forged, idempotency_key: fresh() }
  await callTool({ url }, 'accept_team_invite_request', misspelt)
  const { body } = await send(server.url, 'POST', '/console/session/request', { email: boss.email })
  const mail = (await server.mailbox()).find(({ to }) => to === boss.email)!
  const code = keep('a code', /\d{6}/.exec(mail.text)![0])
  await send(url, 'POST', '/console/session', { request_id: body.request_id, code: Number(code) })
  await send(url, 'POST', '/v1/sign-ups/x/verify', `{"code": "${code}`)

  // What nobody foresaw: the table is gone for a while.
  await owner.query('ALTER TABLE api_keys RENAME TO api_keys_gone')
  await owner.query('ALTER TABLE sessions RENAME TO sessions_gone')
  await owner.query('ALTER TABLE oauth_artifacts RENAME TO oauth_artifacts_gone')
  try {
    assert.equal((await callTool(boss, 'list_services')).status, 500)
    const guess = { request_id: body.request_id, code }
    assert.equal((await send(url, 'POST', '/console/session', guess)).status, 500)
    const cookie = `backdesk_session=${keep('a cookie', randomBytes(32).toString('base64url'))}`
    await fetch(`${url}/console/approvals`, { headers: { cookie } })
    const unknown = keep('a refresh token', randomBytes(32).toString('base64url'))
    const answer = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: unknown, client_id: 'x' }),
    })
    assert.equal(answer.status, 500)
  } finally {
    await owner.query('ALTER TABLE api_keys_gone RENAME TO api_keys')
    await owner.query('ALTER TABLE sessions_gone RENAME TO sessions')
    await owner.query('ALTER TABLE oauth_artifacts_gone RENAME TO oauth_artifacts')
  }
}

async function open(t: Things): Promise<World> {
  const things = stack(t)
  const database = await testDatabase(things as never)
  const mail = await startMailServer(things)
  const dataDir = await mkdtemp(join(tmpdir(), 'backdesk-secrets-'))
  things.after(() => rm(dataDir, { recursive: true, force: true }))
  const logFile = join(dataDir, 'server.log')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = environment(database, { port, url, dataDir, smtp: mail.url })
  const owner = new pg.Pool({ connectionString: database.ownerUrl, max: 2 })
  things.after(() => owner.end())
  let child = await startProcess(env, url, logFile)
  things.after(() => stop(child, 'SIGINT'))
  const mailbox = async () => {
    await until(async () =>
      (await jobsIn(owner)).every(({ task_identifier: task }) => !task.startsWith('mail_')),
    )
    return mail.taken.map(readMail).reverse()
  }
  return {
    url,
    owner,
    logFile,
    dataDir,
    server: { url, mailbox } as TestServer,
    async restart() {
      await stop(child, 'SIGKILL')
      child = await startProcess(env, url, logFile)
    },
  }
}

function environment(
  { ownerUrl, appUrl }: TestDatabase,
  { port, url, dataDir, smtp }: { port: number; url: string; dataDir: string; smtp: string },
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PORT: String(port),
    PUBLIC_URL: url,
    DATABASE_URL: ownerUrl,
    APP_DATABASE_URL: appUrl,
    BACKDESK_SECRET: keep('the server’s secret', randomBytes(32).toString('base64url')),
    BACKDESK_DATA_DIR: dataDir,
    SMTP_URL: smtp,
    MAIL_FROM: 'Desk <no-reply@grep.example>',
    LOG_LEVEL: 'debug',
    OVERLOADED_AFTER_MS: '0',
  }
}

/** All that it says goes into the log, its standard error too. */
async function startProcess(env: NodeJS.ProcessEnv, url: string, logFile: string): Promise<ChildProcess> {
  const log = openSync(logFile, 'a')
  const main = join(import.meta.dirname, '../src/start.ts')
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', log, log] })
  await until(async () => {
    assert.equal(child.exitCode, null, readFileSync(logFile, 'utf8').slice(-2000))
    return fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  })
  return child
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Its plain text, with the soft line breaks of quoted-printable taken out. */
function readMail(raw: string): { to: string; subject: string; text: string } {
  const whole = raw.replace(/=\r?\n/g, '')
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(whole)?.[1]?.trim() ?? ''
  return { to: header('To'), subject: header('Subject'), text: whole.split('text/html')[0]! }
}

async function everythingWritten({
  owner,
  logFile,
  dataDir,
}: World): Promise<{ where: string; text: string }[]> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  )
  assert.ok(tables.some(({ name }) => name.startsWith('graphile_worker.')))
  const inTables = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await owner.query({ text: `SELECT * FROM ${name}`, rowMode: 'array' })
      return { where: `the table ${name}`, text: rows.flat().map(textOf).join('\n') }
    }),
  )
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter(file => file.isFile())
  const inFiles = files.map(file => {
    const path = join(file.parentPath, file.name)
    return { where: path === logFile ? 'the log' : file.name, text: readFileSync(path, 'latin1') }
  })
  return [...inTables, ...inFiles]
}

/** Bytes both as they are and in hexadecimal digits, as a hash is read. */
function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return `${value.toString('latin1')}\n${value.toString('hex')}`
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
