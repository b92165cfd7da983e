/**
 * Known and unknown emails, ids and keys answer alike, by the same work done: the same status, headers and body but for
 * ids and times of their own, and the same statements sent to the database, one by one.
 */

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { newKey } from '../src/access/api-key.ts'
import { linkToken } from '../src/access/signed-link.ts'
import { idText, uuidOf } from '../src/catalog/kinds.ts'
import { newId } from '../src/database/columns.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { inputOf, newSandbox, type Sandbox } from './support/example.ts'
import { jobsIn, until } from './support/jobs.ts'
import { connectClient } from './support/oauth.ts'
import { signIn } from './support/person.ts'
import { type SignedUp, startServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { signInCustomer } from './support/storefront.ts'
import { colleague, invite } from './support/team.ts'

const rateLimit = { perMinute: 1_000_000, burst: 1_000_000 }
const server = await startServer({ after }, { rateLimit })
let owner: SignedUp

before(async () => {
  owner = await server.signUp()
})

/** What one request answered, and what it had the database do. */
interface Observed {
  status: number
  headers: Record<string, string>
  body: string
  statements: string[]
}

async function observe(path: string, init: RequestInit = {}): Promise<Observed> {
  await until(async () =>
    (await jobsIn(server.house.database.owner)).every(job => !job.locked_by && job.run_at > new Date()),
  )
  const statements = await statementsOf(server.databaseUrls.app)
  const answer = await fetch(server.url + path, { redirect: 'manual', ...init })
  const body = alikeText(await answer.text())
  const headers = Object.fromEntries(answer.headers)
  for (const name of ['date', 'request-id', 'ratelimit', 'keep-alive']) delete headers[name]
  return {
    status: answer.status,
    headers: JSON.parse(alikeText(JSON.stringify(headers))),
    body,
    statements: statements.end(),
  }
}

function post(path: string, body: Body, key?: string): Promise<Observed> {
  return observe(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'idempotency-key': fresh(),
      ...(key && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
  })
}

const call = (name: string, args: Body, key?: string) =>
  post('/mcp/all', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }, key)

/** A key's first use in a minute is noted: more work, that tells of nothing. */
async function used(key: string): Promise<void> {
  await callTool({ url: server.url, key }, 'list_services')
}

/** Without what is each answer's own: ids, times, tokens. */
function alikeText(text: string): string {
  return text
    .replace(/_[0-7][0-9a-hjkmnp-tv-z]{25}/g, '_ID')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
}

/** The texts of what the application sends, which nothing but the request has it do: the worker has nothing to do. */
async function statementsOf(appUrl: string): Promise<{ end(): string[] }> {
  const user = new URL(appUrl).username || new URL(appUrl).searchParams.get('user')
  const sent: string[] = []
  const { query } = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown }
  const spied = function (this: { user: string }, ...args: unknown[]) {
    const [first] = args as [string | { text: string; name?: string }]
    if (this.user === user)
      sent.push(alikeText(typeof first === 'string' ? first : (first.name ?? first.text)))
    return query.apply(this, args)
  }
  Object.assign(pg.Client.prototype, { query: spied })
  return {
    end() {
      Object.assign(pg.Client.prototype, { query })
      return sent
    },
  }
}

/** All of them answer as the first does, with one and the same work. */
function sameAll(observed: Record<string, Observed>): void {
  const [[first, one], ...others] = Object.entries(observed) as [[string, Observed], ...[string, Observed][]]
  assert.ok(one.statements.length > 2, `${first} asked the database`)
  for (const [name, other] of others) assert.deepEqual(other, one, `${name} is told from ${first}`)
}

test('to begin to sign in: an email that is known, and one that is not', async () => {
  const ask = (email: string) => post('/console/session/request', { email })
  sameAll({ known: await ask(owner.email), unknown: await ask('nobody@alike.example') })
})

test('to sign up: an email that is known, and one that is not', async () => {
  const ask = (email: string) =>
    post('/v1/sign-ups', {
      email,
      organisation_name: 'Alike',
      time_zone: 'Europe/Madrid',
      currency: 'EUR',
      country: 'ES',
    })
  sameAll({ known: await ask(owner.email), unknown: await ask('nobody2@alike.example') })
})

test('a customer’s sign-in at a site: an email or a phone that is known, and one that is not', async () => {
  const desk = { url: server.url, key: owner.key }
  const asked = { name: 'Site', origins: ['https://alike.example'] }
  const { publishable_key } = await made(desk, 'create_publishable_key', asked)
  const phone = '+34612000444'
  await made(desk, 'create_customer', { name: 'Zoe', email: 'zoe@alike.example', phone })
  await used(publishable_key)
  const ask = (who: Body) => post('/v1/customer-sign-ins', who, publishable_key)
  sameAll({
    known: await ask({ email: 'zoe@alike.example' }),
    unknown: await ask({ email: 'eoz@alike.example' }),
  })
  sameAll({ known: await ask({ phone }), unknown: await ask({ phone: '+34612000555' }) })
})

test('a wrong code: of a request that exists, of a known email or not, and of none', async () => {
  const none = idText('request', newId())
  const requestOf = async (email: string) => {
    const answer = await fetch(`${server.url}/console/session/request`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email }),
    })
    return ((await answer.json()) as Body).request_id
  }
  const signIn = (request_id: string) => post('/console/session', { request_id, code: '000000' })
  sameAll({
    'a known email’s': await signIn(await requestOf(owner.email)),
    'an unknown email’s': await signIn(await requestOf('nobody3@alike.example')),
    none: await signIn(none),
  })
  const signUp = (request_id: string) => post(`/v1/sign-ups/${request_id}/verify`, { code: '000000' })
  sameAll({ 'of another purpose': await signUp(await requestOf(owner.email)), none: await signUp(none) })
})

test('an invitation: forged, of an invitation that never was, used, replaced, and of a workspace that is none', async () => {
  const owner = await server.signUp()
  const person = await signIn(server, owner.email, owner.workspaceId)
  const [accepted, replaced] = ['accepted@alike.example', 'replaced@alike.example']
  const old = await invite(server, owner, { email: replaced, person })
  await invite(server, owner, { email: replaced, person })
  await colleague(server, owner, { email: accepted, person })
  const { rows } = await server.house.database.owner.query(
    `SELECT id, workspace_id, extract(epoch FROM expires_at)::int AS expires FROM team_invites WHERE email = $1`,
    [accepted],
  )
  const [{ id, workspace_id, expires }] = rows
  const token = (workspaceId: string, subjectId: string) =>
    linkToken(server.house.secrets, 'team invite', { workspaceId, subjectId, number: expires })
  const join = (given: string) => post('/v1/team-invites/accept', { token: given })
  sameAll({
    used: await join(token(workspace_id, id)),
    replaced: await join(old),
    'never was': await join(token(workspace_id, newId())),
    'of no workspace': await join(token(newId(), newId())),
    forged: await join(randomBytes(54).toString('base64url')),
  })
})

test('a key: revoked, expired, never issued, of a workspace that is none', async () => {
  const desk = { url: server.url, key: owner.key }
  const issued = async () => made(desk, 'create_api_key', { name: 'Alike' })
  const [revoked, expired] = [await issued(), await issued()]
  const { body } = await callTool(desk, 'revoke_api_key', { key_id: revoked.id })
  await done(desk, 'revoke_api_key', { key_id: revoked.id, confirm_token: body.confirm_token })
  await server.house.database.owner.query(
    'UPDATE api_keys SET expires_at = clock_timestamp() WHERE id = $1',
    [uuidOf(expired.id)],
  )
  const ask = (key: string) => observe('/v1/services', { headers: { authorization: `Bearer ${key}` } })
  sameAll({
    revoked: await ask(revoked.api_key),
    expired: await ask(expired.api_key),
    unknown: await ask(newKey('live', uuidOf(owner.workspaceId)).text),
    'of no workspace': await ask(newKey('live', newId()).text),
  })
})

test('a customer’s token: ended, and never issued', async () => {
  const desk = { url: server.url, key: owner.key }
  const asked = { name: 'Site', origins: ['https://alike.example'] }
  const { publishable_key } = await made(desk, 'create_publishable_key', asked)
  const who = { email: 'token@alike.example', name: 'Toke' }
  const { customer_token: key } = await signInCustomer(server, publishable_key, who)
  await done({ url: server.url, key }, 'sign_out_customer')
  const ask = (token: string) => observe('/v1/bookings', { headers: { authorization: `Bearer ${token}` } })
  sameAll({
    ended: await ask(key),
    unknown: await ask(newKey('cus', uuidOf(owner.workspaceId)).text),
  })
})

test('OAuth: a token that is revoked and one that never was, and a client that is not registered', async () => {
  const { email } = await server.signUp()
  const { client_id, access_token, refresh_token } = await connectClient(server, email)
  const token = (path: string, fields: Record<string, string>) =>
    observe(`/oauth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id, ...fields }),
    })
  await token('revoke', { token: refresh_token })
  const never = randomBytes(32).toString('base64url').slice(0, access_token.length)
  const ask = (given: string) => call('list_services', {}, given)
  sameAll({ revoked: await ask(access_token), never: await ask(never) })
  const refresh = (given: string) => token('token', { grant_type: 'refresh_token', refresh_token: given })
  sameAll({ revoked: await refresh(refresh_token), never: await refresh(never) })
  // RFC 6749, section 5.2, has a word of its own for a client that is unknown; which of two that are, nothing tells.
  const unregistered = (given: string) => token('token', { client_id: given, grant_type: 'refresh_token' })
  sameAll({ one: await unregistered('a'.repeat(21)), other: await unregistered('b'.repeat(21)) })
})

test('an id of another workspace, and one that is nobody’s: each tool that gets one thing', async () => {
  const own = await newSandbox(server, await server.signUp('Own'))
  await used(own.key)
  let tried = 0
  for (const { tool } of server.house.catalog.entries) {
    if (!/^get_.*|^preview_/.test(tool.name) || tool.role === 'nobody') continue
    if (!JSON.stringify(tool.example.input).includes('"$')) continue
    const other: Sandbox = await newSandbox(server, await server.signUp('Other'))
    const foreign = await inputOf(other, tool)
    const random = JSON.parse(
      JSON.stringify(foreign, (_, field) => {
        const [, kind] = /^([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$/.exec(field) ?? []
        return kind ? idText(kind as never, newId()) : field
      }),
    )
    const answers = {
      foreign: await call(tool.name, foreign, own.key),
      random: await call(tool.name, random, own.key),
    }
    assert.match(answers.foreign.body, /not_found/, tool.name)
    sameAll(answers)
    tried++
  }
  assert.ok(tried > 10, `${tried} tools`)
})
