/** Packages and passes as an agent sees them: sold, read, corrected by hand, and over in time. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Body, callTool, done, fresh, refused } from './support/caller.ts'
import { newSandbox, type Sandbox } from './support/example.ts'
import { startServer, type TestServer } from './support/server.ts'
import { made } from './support/shop.ts'

const closing: (() => unknown)[] = []
let server: TestServer
before(async () => {
  server = await startServer({ after: work => void closing.push(work) })
})
after(async () => {
  for (const close of closing) await close()
})

interface Counter {
  agent: Sandbox
  customer: string
  sell(terms?: Body, sale?: Body): Promise<Body>
  held(args?: Body): Promise<Body[]>
}

/** A sandbox on 7 January 2030, 10:00 in Madrid. */
async function openCounter(): Promise<Counter> {
  const agent = await newSandbox(server, await server.signUp())
  await done(agent, 'set_sandbox_clock', { to: '2030-01-07T09:00:00Z' })
  const { id: customer } = await made(agent, 'create_customer', { name: 'Ana Ruiz' })
  return {
    agent,
    customer,
    async sell(terms = {}, sale = {}) {
      const price = { amount: 12_000, currency: 'EUR' }
      const pack = await made(agent, 'create_package', {
        name: 'Pack',
        sessions: 3,
        validity: 'P10D',
        price,
        ...terms,
      })
      return made(agent, 'sell_package', { package_id: pack.id, customer_id: customer, ...sale })
    },
    held: args => done(agent, 'list_customer_entitlements', { customer_id: customer, ...args }),
  }
}

const adjustment = (lot_id: string, sessions = 1) => ({
  lot_id,
  sessions,
  reason: 'The heating was off',
  idempotency_key: fresh(),
})

test('what is sold is the customer’s at once, with its price, to the end of its last local day', async () => {
  const { customer, sell, held } = await openCounter()
  const sold = await sell()
  assert.deepEqual(
    [sold.customer_id, sold.status, sold.sessions, sold.remaining, sold.held, sold.price],
    [customer, 'valid', 3, 3, 0, { amount: 12_000, currency: 'EUR' }],
  )
  assert.deepEqual(
    [sold.activated_at, sold.expires_at, sold.valid_through, sold.time_zone],
    ['2030-01-07T09:00:00.000Z', '2030-01-17T23:00:00.000Z', '2030-01-17', 'Europe/Madrid'],
  )
  const [listed] = await held()
  const { ledger, ...lot } = listed
  assert.deepEqual({ ...lot, invoice_id: null }, sold)
  assert.deepEqual(
    ledger.map(({ number, kind, sessions }: Body) => [number, kind, sessions]),
    [[1, 'grant', 3]],
  )
})

test('days are those of the location where it is sold', async () => {
  const { agent, sell } = await openCounter()
  const { id } = await made(agent, 'create_location', { name: 'Tokyo', time_zone: 'Asia/Tokyo' })
  const sold = await sell({ validity: 'P0D' }, { location_id: id })
  assert.deepEqual([sold.expires_at, sold.valid_through], ['2030-01-07T15:00:00.000Z', '2030-01-07'])
})

test('a pass that begins with its first visit has no end until then', async () => {
  const { sell } = await openCounter()
  const sold = await sell({ sessions: null, activation: 'on_first_visit' })
  assert.deepEqual(
    [sold.status, sold.remaining, sold.activated_at, sold.expires_at, sold.valid_through],
    ['not_begun', null, null, null, null],
  )
})

test('a validity that is none is refused', async () => {
  const { agent } = await openCounter()
  for (const validity of ['3 months', 'P', 'PT24H', 'P99Y', '-P1D']) {
    const input = { name: 'Pack', sessions: 1, validity, price: { amount: 1, currency: 'EUR' } }
    assert.equal(
      await refused(agent, 'create_package', { ...input, idempotency_key: fresh() }),
      'invalid_input',
    )
  }
})

test('the clock passes the end: it counts nothing, leaves the list, and the ledger says when', async () => {
  const { agent, sell, held } = await openCounter()
  const sold = await sell()
  await done(agent, 'set_sandbox_clock', { to: '2030-01-17T22:59:59.999Z' })
  assert.equal((await held())[0]!.remaining, 3)
  await done(agent, 'set_sandbox_clock', { to: '2030-02-17T22:00:00Z' })
  assert.deepEqual(await held(), [])
  const [over] = await held({ include_expired: true })
  assert.deepEqual([over.id, over.status, over.remaining], [sold.id, 'expired', 0])
  const [{ kind, sessions, at }] = over.ledger
  assert.deepEqual([kind, sessions, at], ['expire', -3, sold.expires_at])
})

test('sessions are corrected by hand once a person approves, and never below none', async () => {
  const { agent, sell, held } = await openCounter()
  const { id } = await sell()
  const asked = await callTool(agent, 'adjust_entitlement', adjustment(id))
  assert.deepEqual([asked.body.status, asked.body.data.remaining], ['needs_approval', 4])
  assert.equal((await held())[0]!.remaining, 3)
  assert.equal((await agent.person.decide(asked.body.approval.id, 'approve')).body.state, 'executed')
  assert.equal((await held())[0]!.remaining, 4)
  assert.equal(await refused(agent, 'adjust_entitlement', adjustment(id, -5)), 'invalid_input')
})

test('an approval rests on the lot as it was: once that has moved, it is stale', async () => {
  const { agent, sell, held } = await openCounter()
  const { id } = await sell()
  const [one, other] = await Promise.all([
    callTool(agent, 'adjust_entitlement', adjustment(id, -2)),
    callTool(agent, 'adjust_entitlement', adjustment(id, -3)),
  ])
  await agent.person.decide(one.body.approval.id, 'approve')
  assert.equal((await agent.person.decide(other.body.approval.id, 'approve')).body.state, 'stale')
  assert.equal((await held())[0]!.remaining, 1)
})

test('an extension is shown first; what had expired is good again', async () => {
  const { agent, sell, held } = await openCounter()
  const { id } = await sell()
  await done(agent, 'set_sandbox_clock', { to: '2030-01-20T09:00:00Z' })
  const input = { lot_id: id, valid_through: '2030-01-31', reason: 'Works', idempotency_key: fresh() }
  const shown = await callTool(agent, 'extend_entitlement', input)
  assert.deepEqual([shown.body.status, shown.body.data.remaining], ['needs_confirmation', 3])
  assert.deepEqual(await held(), [])
  const extended = await done(agent, 'extend_entitlement', {
    ...input,
    confirm_token: shown.body.confirm_token,
  })
  assert.deepEqual([extended.remaining, extended.expires_at], [3, '2030-01-31T23:00:00.000Z'])
})

test('who works there sells and reads; correcting takes an admin', async () => {
  const { agent, customer, sell } = await openCounter()
  const sold = await sell()
  const scopes = ['entitlements:read', 'entitlements:write']
  const { api_key } = await made(agent, 'create_api_key', { name: 'Desk', scopes, role: 'member' })
  const desk = { url: agent.url, key: api_key }
  const again = { package_id: sold.package_id, customer_id: customer }
  assert.equal((await made(desk, 'sell_package', again)).remaining, 3)
  assert.equal((await done(desk, 'list_customer_entitlements', { customer_id: customer })).length, 2)
  assert.equal(await refused(desk, 'adjust_entitlement', adjustment(sold.id)), 'forbidden_scope')
})

test('lots come a page at a time, and a long ledger from its end', async () => {
  const { agent, customer, sell } = await openCounter()
  const first = await sell()
  await sell()
  const page = (cursor?: string) =>
    callTool(agent, 'list_customer_entitlements', { customer_id: customer, limit: 1, cursor })
  const { data, next_cursor } = (await page()).body
  const rest = (await page(next_cursor)).body
  assert.deepEqual([data[0].id, rest.data.length, rest.next_cursor], [first.id, 1, undefined])

  await server.house.database.owner.query(
    `INSERT INTO entitlement_entries (workspace_id, lot_id, number, kind, sessions, reason, at, principal_kind)
     SELECT workspace_id, lot_id, n, 'adjust', 1, 'Any', at, 'system' FROM entitlement_entries, generate_series(2, 30) AS n
     WHERE lot_id = $1`,
    [uuidOf(first.id)],
  )
  const numbers = async (before?: number) => {
    const [lot] = await done(agent, 'list_customer_entitlements', {
      customer_id: customer,
      lot_id: first.id,
      before,
    })
    return lot.ledger.map(({ number }: Body) => number)
  }
  const newest = await numbers()
  assert.deepEqual([newest[0], newest.length], [30, 20])
  assert.deepEqual(await numbers(newest.at(-1)), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
})

test('a lot of somebody else is not this customer’s', async () => {
  const { agent, sell } = await openCounter()
  const { id } = await sell()
  const { id: other } = await made(agent, 'create_customer', { name: 'Bea' })
  const input = { customer_id: other, lot_id: id }
  assert.equal(await refused(agent, 'list_customer_entitlements', input), 'not_found')
})
