/** A business's own site: a publishable key in its pages, and customers who sign in there and see only themselves. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Body, callTool, done, fresh, refused } from './support/caller.ts'
import { send, signIn } from './support/person.ts'
import { type SignedUp, startServer } from './support/server.ts'
import { made, openShop, type Shop } from './support/shop.ts'
import { codeIn, customerToken, signInCustomer } from './support/storefront.ts'

const rateLimit = { perMinute: 1_000_000, burst: 1_000_000 }
const server = await startServer({ after }, { rateLimit })
const SITE = 'https://studio.example'

let shop: Shop
let owner: SignedUp
/** The shop's publishable key. */
let site: string
let zoe: Visitor
let max: Visitor

interface Visitor {
  url: string
  key: string
  id: string
  email: string
}

before(async () => {
  shop = await openShop(server, { staff: 2 })
  owner = await server.signUp('Other')
  site = await published(shop)
  zoe = await visitor('zoe@home.example', 'Zoe')
  max = await visitor('max@home.example', 'Max')
})

async function published(desk: { url: string; key: string }, origins = [SITE]): Promise<string> {
  return (await made(desk, 'create_publishable_key', { name: 'Site', origins })).publishable_key
}

async function visitor(email: string, name: string): Promise<Visitor> {
  const { customer_id: id, customer_token: key } = await signInCustomer(server, site, { email, name })
  return { url: server.url, key, id, email }
}

const page = () => ({ url: server.url, key: site })

function slot(days = 1, more: Body = {}): Body {
  const start = shop.morning(days).toString({ timeZoneName: 'never' })
  return { service_id: shop.serviceId, location_id: shop.locationId, start, ...more }
}

const book = (who: Visitor, days: number, more: Body = {}) =>
  made(who, 'create_booking', { ...slot(days, more), customer_id: who.id })

/** As a browser at an origin sends it. */
async function fromPage(
  path: string,
  { origin = SITE, method = 'GET', key, headers = {} }: Body = {},
): Promise<{ status: number; allowed: string | null; headers: Headers; body: Body }> {
  const authorization = key && { authorization: `Bearer ${key}` }
  const answer = await fetch(server.url + path, { method, headers: { origin, ...authorization, ...headers } })
  const text = await answer.text()
  return {
    status: answer.status,
    allowed: answer.headers.get('access-control-allow-origin'),
    headers: answer.headers,
    body: text === '' ? null : JSON.parse(text),
  }
}

const preflight = (path: string, origin: string) =>
  fromPage(path, {
    origin,
    method: 'OPTIONS',
    headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  })

test('CORS by allowed origin per key: the preflight is answered for an origin that a key names, and for no other', async () => {
  for (const path of ['/v1/services', '/mcp', '/mcp/x/bookings']) {
    const { status, allowed, headers } = await preflight(path, SITE)
    assert.deepEqual([status, allowed], [204, SITE], path)
    assert.match(headers.get('access-control-allow-headers')!, /Authorization.*Idempotency-Key.*Mcp-Protocol/)
    assert.equal(headers.get('access-control-allow-credentials'), null)
    assert.match(headers.get('vary')!, /Origin/)
  }
  for (const origin of ['https://evil.example', 'http://studio.example', `${SITE}:8443`, 'null']) {
    const { status, allowed } = await preflight('/v1/services', origin)
    assert.deepEqual([status, allowed], [403, null], origin)
  }
  // The console takes a cookie, and no page of another site gets near it.
  assert.equal((await preflight('/console/session', SITE)).allowed, null)
})

test('a call is held to its own key’s origins, whatever another key names', async () => {
  const elsewhere = 'https://elsewhere.example'
  const other = await published({ url: server.url, key: owner.key }, [elsewhere])
  const own = await fromPage('/v1/services', { key: site })
  assert.deepEqual([own.status, own.allowed], [200, SITE])
  assert.match(own.headers.get('access-control-expose-headers')!, /Retry-After/)
  const foreign = await fromPage('/v1/services', { key: site, origin: elsewhere })
  assert.deepEqual([foreign.status, foreign.body.code], [403, 'forbidden_scope'])
  assert.equal((await fromPage('/v1/services', { key: other, origin: elsewhere })).status, 200)
  // The customer who signed in with it as well.
  assert.equal((await fromPage('/v1/bookings', { key: zoe.key })).status, 200)
  assert.equal((await fromPage('/v1/bookings', { key: zoe.key, origin: elsewhere })).status, 403)
})

test('a secret key is of no use in a page, and the page is let read no answer', async () => {
  const { status, allowed } = await fromPage('/v1/services', { key: shop.key })
  assert.deepEqual([status, allowed], [403, null])
  assert.equal((await fromPage('/v1/services')).status, 403)
})

test('a page is told by 401 that its visitor must sign in again', async () => {
  const gone = `${zoe.key.slice(0, -7)}1234567`
  const { status, allowed } = await fromPage('/v1/bookings', { key: gone })
  assert.deepEqual([status, allowed], [401, SITE])
})

test('an origin is one: no path, no wildcard, TLS but on one’s own machine', async () => {
  const bad = ['https://studio.example/', '*', 'https://*.example', 'http://studio.example', 'studio.example']
  for (const origin of bad) {
    const asked = { name: 'Site', origins: [origin], idempotency_key: fresh() }
    assert.equal(await refused(shop, 'create_publishable_key', asked), 'invalid_input', origin)
  }
  const local = await published(shop, ['http://localhost:5173'])
  const { status, allowed } = await fromPage('/v1/services', { key: local, origin: 'http://localhost:5173' })
  assert.deepEqual([status, allowed], [200, 'http://localhost:5173'])
})

test('nobody makes a publishable key that hands out what they lack', async () => {
  const scopes = ['platform:read', 'platform:write', 'services:read']
  const narrow = await made(shop, 'create_api_key', { name: 'Narrow', role: 'admin', scopes })
  const asked = { name: 'Site', origins: [SITE], idempotency_key: fresh() }
  const code = await refused({ url: server.url, key: narrow.api_key }, 'create_publishable_key', asked)
  assert.equal(code, 'forbidden_scope')
})

test('a browser may list services and see availability, and nothing else before it signs in', async () => {
  assert.equal((await done(page(), 'list_services'))[0].id, shop.serviceId)
  assert.equal((await done(page(), 'get_service', { service_id: shop.serviceId })).id, shop.serviceId)
  assert.ok((await done(page(), 'list_locations')).some(({ id }: Body) => id === shop.locationId))
  const { service_id, location_id } = slot()
  assert.ok((await done(page(), 'get_available_slots', { service_id, location_id })).slots.length > 0)
  const mine = { ...slot(), customer_id: zoe.id, idempotency_key: fresh() }
  assert.equal(await refused(page(), 'create_booking', mine), 'forbidden_scope')
  assert.equal(await refused(page(), 'list_bookings'), 'forbidden_scope')
  assert.equal(await refused(page(), 'list_services', { status: 'archived' }), 'forbidden_scope')
})

test('the list of tools is short: what a visitor may call, and then what a customer may', async () => {
  const listed = async (key: string): Promise<string[]> => {
    const answer = await fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${key}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    const text = await answer.text()
    const { result } = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text)
    return result.tools.map(({ name }: Body) => name)
  }
  const visitors = await listed(site)
  assert.ok(visitors.includes('sign_in_customer_request') && !visitors.includes('create_booking'))
  const theirs = await listed(zoe.key)
  assert.ok(theirs.includes('create_booking') && theirs.includes('sign_out_customer'))
  assert.ok(!theirs.includes('search_customers') && !theirs.includes('sign_in_customer_request'))
  assert.ok(!(await listed(shop.key)).includes('sign_in_customer_request'))
})

test('an end customer proves an email by code: who is new gives a name, with the same code again', async () => {
  const email = 'new@home.example'
  const { request_id, code } = await made(page(), 'sign_in_customer_request', { email })
  assert.equal(code, await codeIn(server, email), 'a sandbox says what its mail would')
  const guess = { request_id, code, idempotency_key: fresh() }
  const asked = await callTool(page(), 'sign_in_customer_verify', guess)
  assert.deepEqual([asked.body.code, asked.body.details.field], ['invalid_input', 'name'])
  const named = await made(page(), 'sign_in_customer_verify', { request_id, code, name: 'Ines' })
  const customer = await done(shop, 'get_customer', { customer_id: named.customer_id })
  assert.deepEqual([customer.name, customer.email], ['Ines', email])
  // A code serves once.
  const again = { request_id, code, name: 'Ines', idempotency_key: fresh() }
  assert.equal(await refused(page(), 'sign_in_customer_verify', again), 'invalid_input')
})

test('who is known needs no name; who shares an email is told apart by it', async () => {
  const email = 'family@home.example'
  const ana = await made(shop, 'create_customer', { name: 'Ana Gil', email })
  assert.equal((await signInCustomer(server, site, { email })).customer_id, ana.id)
  const leo = await made(shop, 'create_customer', { name: 'Leo Gil', email })
  assert.equal((await signInCustomer(server, site, { email, name: 'leo gil' })).customer_id, leo.id)
  const { request_id, code } = await made(page(), 'sign_in_customer_request', { email })
  const guess = { request_id, code, idempotency_key: fresh() }
  assert.equal(await refused(page(), 'sign_in_customer_verify', guess), 'invalid_input')
  const eva = await made(page(), 'sign_in_customer_verify', { request_id, code, name: 'Eva Gil' })
  assert.ok(![ana.id, leo.id].includes(eva.customer_id))
})

test('a phone is proved as an email is: written in any way, and of a family by the name', async () => {
  const pia = await made(shop, 'create_customer', { name: 'Pia Gil', phone: '612 000 111' })
  const ask = (phone: string) => made(page(), 'sign_in_customer_request', { phone })
  const enter = ({ request_id, code }: Body, name?: string) =>
    callTool(page(), 'sign_in_customer_verify', {
      request_id,
      code,
      ...(name && { name }),
      idempotency_key: fresh(),
    })
  const asked = await ask('0034 612-000-111')
  const [sms] = await server.mailbox()
  assert.deepEqual([sms!.channel, sms!.to], ['sms', '+34612000111'])
  assert.ok(sms!.text.startsWith(`${asked.code} is the code to sign in at`))
  assert.equal((await enter(asked)).body.data.customer_id, pia.id)

  const tom = await made(shop, 'create_customer', { name: 'Tom Gil', phone: '+34 612 000 111' })
  const second = await ask('612000111')
  assert.deepEqual((await enter(second)).body.details, { field: 'name' })
  assert.equal((await enter(second, 'tom gil')).body.data.customer_id, tom.id)

  const { customer_id } = (await enter(await ask('699 000 222'), 'Nora')).body.data
  assert.equal((await done(shop, 'get_customer', { customer_id })).phone, '+34699000222')
})

test('a sign-in takes an email or a phone, and one that there may be', async () => {
  const ask = (who: Body) => refused(page(), 'sign_in_customer_request', { ...who, idempotency_key: fresh() })
  assert.equal(await ask({}), 'invalid_input')
  assert.equal(await ask({ email: 'both@home.example', phone: '612 000 111' }), 'invalid_input')
  assert.equal(await ask({ phone: '12' }), 'invalid_input')
})

test('a code has five tries, and serves at the key that asked for it alone', async () => {
  const { request_id, code } = await made(page(), 'sign_in_customer_request', { email: 'tries@home.example' })
  const wrong = code === '000000' ? '000001' : '000000'
  const guess = (key: string, given: string) =>
    refused({ url: server.url, key }, 'sign_in_customer_verify', {
      request_id,
      code: given,
      name: 'T',
      idempotency_key: fresh(),
    })
  const second = await published(shop)
  assert.equal(await guess(second, code), 'invalid_input')
  for (let n = 0; n < 4; n++) assert.equal(await guess(site, wrong), 'invalid_input')
  assert.equal(await guess(site, code), 'invalid_input', 'the right one comes too late')
})

test('one address is sent five codes an hour, and no more', async () => {
  const email = 'flood@home.example'
  for (let n = 0; n < 5; n++) await made(page(), 'sign_in_customer_request', { email })
  const sixth = { email, idempotency_key: fresh() }
  assert.equal(await refused(page(), 'sign_in_customer_request', sixth), 'rate_limited')
})

test('the mail says whose site it is', async () => {
  const live = { url: server.url, key: owner.key }
  const email = 'reader@home.example'
  const answer = await made({ ...live, key: await published(live) }, 'sign_in_customer_request', { email })
  assert.equal(answer.code, undefined, 'a live business keeps its codes to the mail')
  const mail = (await server.mailbox()).find(({ to }) => to === email)!
  assert.match(mail.text, /^\d{6} is the code to sign in at Other\./)
})

test('a customer books, sees, moves and cancels their own bookings, over MCP', async () => {
  const booking = await book(zoe, 2)
  assert.equal(booking.state, 'confirmed')
  assert.deepEqual(
    (await done(zoe, 'list_bookings')).map(({ id }: Body) => id),
    [booking.id],
  )
  const { start } = slot(3)
  await made(zoe, 'reschedule_booking', { booking_id: booking.id, start })
  assert.equal(
    (await done(zoe, 'get_booking', { booking_id: booking.id })).starts_at,
    shop.morning(3).toInstant().toString({ smallestUnit: 'millisecond' }),
  )
  const cancel = { booking_id: booking.id, by: 'customer', idempotency_key: fresh() }
  const preview = await callTool(zoe, 'cancel_booking', cancel)
  assert.equal(preview.body.status, 'needs_confirmation')
  const { state } = await done(zoe, 'cancel_booking', {
    ...cancel,
    confirm_token: preview.body.confirm_token,
  })
  assert.equal(state, 'cancelled')
})

test('and over REST, from a page', async () => {
  const asked = (path: string, method: string, body?: Body) =>
    send(server.url, method, path, body, {
      origin: SITE,
      authorization: `Bearer ${max.key}`,
      'idempotency-key': fresh(),
    })
  const quoted = await asked('/v1/bookings/quote', 'POST', { ...slot(4), customer_id: max.id })
  assert.equal(quoted.status, 200, JSON.stringify(quoted.body))
  const booked = await asked('/v1/bookings', 'POST', {
    ...slot(4),
    customer_id: max.id,
    quote: quoted.body.data.quote,
  })
  assert.equal(booked.status, 200, JSON.stringify(booked.body))
  const { id } = booked.body.data
  const own = await asked(`/v1/bookings/${id}`, 'GET')
  assert.equal(own.body.data.customer_id, max.id)
  const cancelled = await asked(`/v1/bookings/${id}/cancel`, 'POST', { by: 'customer' })
  assert.equal(cancelled.body.status, 'needs_confirmation')
})

test('an end customer sees only themself: another customer’s ids answer as ids that do not exist', async () => {
  const theirs = await book(max, 5)
  const nobody = theirs.id.replace(/.{6}$/, '000000')
  const nobodysCustomer = max.id.replace(/.{6}$/, '000000')
  const calls: [string, (ids: { booking: string; customer: string }) => Body][] = [
    ['get_booking', ({ booking }) => ({ booking_id: booking })],
    ['preview_booking_cancellation', ({ booking }) => ({ booking_id: booking, by: 'customer' })],
    ['cancel_booking', ({ booking }) => ({ booking_id: booking, by: 'customer', idempotency_key: fresh() })],
    [
      'reschedule_booking',
      ({ booking }) => ({ booking_id: booking, start: slot(6).start, idempotency_key: fresh() }),
    ],
    ['submit_intake_form', ({ booking }) => ({ booking_id: booking, form_version: 1, answers: {} })],
    ['create_booking', ({ customer }) => ({ ...slot(6), customer_id: customer, idempotency_key: fresh() })],
    ['quote_booking', ({ customer }) => ({ ...slot(6), customer_id: customer })],
  ]
  for (const [tool, args] of calls) {
    const other = await callTool(zoe, tool, args({ booking: theirs.id, customer: max.id }))
    const random = await callTool(zoe, tool, args({ booking: nobody, customer: nobodysCustomer }))
    assert.equal(other.body.code, 'not_found', tool)
    assert.deepEqual(other, random, tool)
  }
  assert.deepEqual(await done(zoe, 'list_bookings', { state: 'confirmed' }), [])
})

test('within policy: no rule is set aside, no price is named, and nobody is the business', async () => {
  const overridden = { ...slot(7), customer_id: zoe.id, overrides: ['min_notice'], idempotency_key: fresh() }
  assert.equal(await refused(zoe, 'create_booking', overridden), 'forbidden_scope')
  const own = await book(zoe, 8)
  const asBusiness = { booking_id: own.id, by: 'business', idempotency_key: fresh() }
  assert.equal(await refused(zoe, 'cancel_booking', asBusiness), 'forbidden_scope')
  const noNote = { booking_id: own.id, version: own.version, note: 'x' }
  assert.equal(await refused(zoe, 'update_booking_details', noNote), 'forbidden_scope')
})

test('the team’s words are not the customer’s to read: note, history, who is away', async () => {
  const own = await book(zoe, 9)
  await done(shop, 'update_booking_details', { booking_id: own.id, version: own.version, note: 'Pays late' })
  const shown = await done(zoe, 'get_booking', { booking_id: own.id })
  assert.deepEqual([shown.note, shown.history, shown.resources], [null, [], []])
  const [staff_id] = shop.staffIds
  const time = (days: number) => shop.morning(days).toString({ timeZoneName: 'never' })
  await made(shop, 'create_time_off', { staff_id, from: time(10), to: time(11), reason: 'Operation' })
  const then = { ...slot(10, { staff_id }), customer_id: zoe.id, idempotency_key: fresh() }
  const { body } = await callTool(zoe, 'create_booking', then)
  assert.deepEqual([body.code, Object.keys(body.details)], ['outside_hours', ['rule']])
})

test('two customers with the same idempotency key do not meet', async () => {
  const idempotency_key = 'one'
  const first = await done(zoe, 'create_booking', { ...slot(12), customer_id: zoe.id, idempotency_key })
  const second = await done(max, 'create_booking', { ...slot(12), customer_id: max.id, idempotency_key })
  assert.notEqual(first.id, second.id)
})

test('the session is bound to its key, and ends with it, with sign-out, and by itself', async () => {
  const key = await published(shop)
  const email = 'ends@home.example'
  const signedIn = async () => (await signInCustomer(server, key, { email, name: 'Ende' })).customer_token
  const works = async (token: string) =>
    (await callTool({ url: server.url, key: token }, 'list_bookings')).status === 200
  const [one, two, three, four] = [await signedIn(), await signedIn(), await signedIn(), await signedIn()]
  await done({ url: server.url, key: one }, 'sign_out_customer')
  assert.deepEqual([await works(one), await works(two)], [false, true])
  const { owner: database } = server.house.database
  const age = (token: string, change: string) =>
    database.query(
      `UPDATE customer_sessions SET ${change} WHERE token_hash = sha256(convert_to($1, 'UTF8'))`,
      [token],
    )
  await age(two, `last_seen_at = clock_timestamp() - interval '12 hours 1 second'`)
  await age(three, `expires_at = clock_timestamp()`)
  assert.deepEqual([await works(two), await works(three), await works(four)], [false, false, true])
  const [{ id: key_id }] = await done(shop, 'list_api_keys', { limit: 1 })
  const { body } = await callTool(shop, 'revoke_api_key', { key_id })
  await done(shop, 'revoke_api_key', { key_id, confirm_token: body.confirm_token })
  assert.equal(await works(four), false)
})

test('a merge takes the session along, and an erasure ends it', async () => {
  const email = 'merge@home.example'
  const token = await customerToken(server, site, { email, name: 'Merge' })
  const here = { url: server.url, key: token }
  const { principal } = await done(here, 'get_current_context')
  const { email: boss } = await ownerOf(shop)
  const person = await signIn(server, boss, (await done(shop, 'get_current_context')).workspace.id)
  const approved = async (tool: string, args: Body) => {
    const { body } = await callTool(shop, tool, { ...args, idempotency_key: fresh() })
    const decided = await person.decide(body.approval.id, 'approve')
    assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
  }
  const survivor = await made(shop, 'create_customer', { name: 'Stays' })
  await approved('merge_customers', { survivor_id: survivor.id, merged_id: principal.id })
  assert.equal((await done(here, 'get_current_context')).principal.id, survivor.id)
  await approved('erase_customer', { customer_id: survivor.id, force: true })
  assert.equal((await callTool(here, 'get_current_context')).status, 401)
  const { rows } = await server.house.database.owner.query('SELECT FROM one_time_codes WHERE address = $1', [
    email,
  ])
  assert.equal(rows.length, 0)
})

async function ownerOf({ key }: Shop): Promise<{ email: string }> {
  const { workspace } = await done({ url: server.url, key }, 'get_current_context')
  const { rows } = await server.house.database.owner.query(
    `SELECT a.email FROM members m JOIN accounts a ON a.id = m.account_id JOIN workspaces w ON w.id = m.workspace_id WHERE w.name = $1 ORDER BY m.created_at DESC LIMIT 1`,
    [workspace.name],
  )
  return rows[0]
}

test('what a customer does stands in the audit under their id, and the token nowhere', async () => {
  const booking = await book(max, 15)
  const [event] = await done(shop, 'list_audit_events', { tool: 'create_booking', limit: 1 })
  assert.ok(JSON.stringify(event).includes(max.id), JSON.stringify(event))
  assert.ok(JSON.stringify(event).includes(booking.id))
})
