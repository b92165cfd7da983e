/** Handing out all that is held of a person, and forgetting them, over the whole house. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { unlimited } from './support/booking.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { openStudio, type Studio } from './support/classes.ts'
import { ownerOf } from './support/held.ts'
import { until } from './support/jobs.ts'
import type { Person } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after }, unlimited)

const NAME = 'Quasimodo Zyx'
const EMAIL = 'Quasimodo@zyx.example'
const PHONE = '+34612345678'

async function open(): Promise<{ desk: Studio; person: Person }> {
  const desk = await openStudio(server)
  return { desk, person: await ownerOf(desk) }
}

/** Somebody of whom every domain keeps something, twice in the list and merged. */
async function somebody(desk: Studio, person: Person): Promise<string> {
  const { id } = await made(desk, 'create_customer', {
    name: NAME,
    email: EMAIL,
    phone: PHONE,
    note: `${NAME} likes tea`,
    tags: ['zyx'],
  })
  const twin = (await made(desk, 'create_customer', { name: `${NAME} again`, phone: PHONE })).id
  const ids = { survivor_id: id, merged_id: twin, idempotency_key: fresh() }
  const asked = await callTool(desk, 'merge_customers', ids)
  await person.decide(asked.body.approval.id, 'approve')
  await done(desk, 'define_custom_field', { key: 'nick', label: 'Nick', type: 'text' })
  await done(desk, 'set_custom_field_values', { customer_id: id, values: { nick: NAME } })
  await made(desk, 'create_customer_note', { customer_id: id, text: `Call ${PHONE}`, visibility: 'private' })
  const text = { channel: 'email', purpose: 'transactional', subject: `Hello ${NAME}`, body: `Dear ${NAME}` }
  await made(desk, 'draft_message', { customer_id: id, ...text })
  const waits = await made(desk, 'draft_message', { customer_id: id, ...text })
  const send = { message_id: waits.id, idempotency_key: fresh() }
  await callTool(desk, 'send_message', send)
  const said = { channel: 'email', purpose: 'marketing', state: 'withdrawn', source: `Told by ${NAME}` }
  await made(desk, 'record_customer_consent', { customer_id: id, ...said })
  await made(desk, 'add_suppression', { channel: 'email', address: EMAIL }).catch(() => undefined)
  await desk.booked({ customer_id: id, note: `For ${NAME}` })
  return id
}

async function erase(desk: Studio, person: Person, args: Body): Promise<Body> {
  const { body } = await callTool(desk, 'erase_customer', { ...args, idempotency_key: fresh() })
  if (body.status !== 'needs_approval') return body
  const decided = await person.decide(body.approval.id, 'approve')
  return decided.body.answer ?? decided.body
}

test('export for one person contains everything held, and is kept nowhere', async () => {
  const { desk, person } = await open()
  const id = await somebody(desk, person)
  const { body } = await desk.confirmed('export_customer_data', { customer_id: id })
  const { held } = body.data
  for (const table of [
    'customers',
    'bookings',
    'booking_history',
    'messages',
    'consent_events',
    'customer_notes',
    'custom_field_values',
  ]) {
    assert.ok(held[table]?.length > 0, table)
  }
  assert.equal(held.customers.length, 2, 'and whoever was merged into them')
  const [kept] = await desk.rows(
    `SELECT answer FROM call_details WHERE workspace_id = $1 AND audit_id = $2`,
    uuidOf(body.audit_id),
  )
  assert.ok(!kept!.answer.includes('zyx'))
})

test('export of all customers is a sheet in which no cell is a formula', async () => {
  const { desk } = await open()
  await made(desk, 'create_customer', { name: '=1+1', phone: PHONE })
  const { body } = await desk.confirmed('export_customer_data', {})
  assert.match(body.data.csv, /'=1\+1/)
  assert.match(body.data.csv, /'\+34612345678/)
  assert.deepEqual([body.data.rows, body.data.next], [1, null])
})

test('erasure is blocked, with reasons, while something is open or to come', async () => {
  const { desk, person } = await open()
  const customer_id = await desk.customer()
  await desk.booked({ customer_id })
  await desk.enrol(await desk.session(), { customer_id })
  await desk.pass(customer_id, 5)
  const { code, details } = await erase(desk, person, { customer_id })
  assert.equal(code, 'invalid_transition')
  assert.deepEqual(
    details.reasons.map(({ reason }: Body) => reason),
    ['coming_booking', 'coming_class', 'unused_sessions'],
  )
})

test('after an erasure no table holds the name, the email or the phone, and no read shows them', async () => {
  const { desk, person } = await open()
  const id = await somebody(desk, person)
  const done1 = await erase(desk, person, { customer_id: id, force: true })
  assert.equal(done1.status, 'done', JSON.stringify(done1))
  assert.deepEqual(done1.data.forced, [{ reason: 'coming_booking', count: 1 }])

  const columns = await desk.rows(`
    SELECT c.relname AS table, a.attname AS column, $1::text AS w FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
      AND format_type(a.atttypid, NULL) IN ('text', 'jsonb', 'text[]')
      AND EXISTS (SELECT FROM pg_attribute w WHERE w.attrelid = c.oid AND w.attname = 'workspace_id')`)
  assert.ok(columns.length > 100)
  const traces = ['quasimodo', 'zyx', '612345678']
  for (const { table, column } of columns) {
    const left = await desk.rows(
      `SELECT ${column} FROM ${table} WHERE workspace_id = $1 AND ${column}::text ILIKE ANY ($2)`,
      traces.map(trace => `%${trace}%`),
    )
    assert.deepEqual(left, [], `${table}.${column}`)
  }
  for (const text of [NAME, EMAIL, PHONE])
    for (const status of ['active', 'archived'])
      assert.deepEqual(await done(desk, 'search_customers', { text, status }), [])
  for (const [tool, args] of [
    ['get_customer', { customer_id: id }],
    ['get_customer_timeline', { customer_id: id }],
    ['list_messages', {}],
    ['list_audit_events', { limit: 100 }],
    ['list_bookings', { customer_id: id }],
    ['list_approvals', {}],
  ] as const) {
    const shown = JSON.stringify(await done(desk, tool, args))
    for (const trace of traces) assert.ok(!shown.toLowerCase().includes(trace), `${tool} shows ${trace}`)
  }
  const { body } = await desk.confirmed('export_customer_data', {})
  assert.doesNotMatch(body.data.csv, /zyx/i)

  const again = await erase(desk, person, { customer_id: id })
  assert.deepEqual(
    [again.data.erased_at, again.data.forced],
    [done1.data.erased_at, []],
    'a second one does nothing',
  )
  const queued = await desk.rows("SELECT * FROM jobs WHERE workspace_id = $1 AND kind = 'erase_at_providers'")
  assert.equal(queued.length, 1, 'deletion at the providers is queued')
})

test('a re-import does not restore the consent of one who was erased', async () => {
  const { desk, person } = await open()
  const { id: customer_id } = await made(desk, 'create_customer', { name: NAME, email: EMAIL })
  await erase(desk, person, { customer_id })
  const file = { csv: `Name,Email,OK\n${NAME},${EMAIL},yes`, mapping: { OK: 'consent:email:marketing' } }
  const { plan } = await done(desk, 'import_customers_preview', file)
  const { body } = await desk.confirmed('import_customers_commit', { ...file, plan })
  const job = async () => done(desk, 'get_job_status', { job_id: body.data.job_id })
  await until(async () => (await job()).state === 'done')
  const { result } = await job()
  assert.deepEqual([result.created, result.opted_out], [1, 1])
})

test('an approval that is decided while the same person is being erased, or previewed to be, waits for it', {
  timeout: 60_000,
}, async () => {
  const { desk, person } = await open()
  const { id: customer_id } = await made(desk, 'create_customer', { name: NAME, email: EMAIL })
  const ask = () => callTool(desk, 'erase_customer', { customer_id, idempotency_key: fresh() })
  const { body } = await ask()
  const { owner } = server.house.database
  const holder = await owner.connect()
  try {
    await holder.query('BEGIN')
    await holder.query('SELECT FROM customers WHERE id = $1 FOR UPDATE', [uuidOf(customer_id)])
    const all = Promise.all([person.decide(body.approval.id, 'approve'), ask(), ask()])
    // Each asks at once for the lock that it needs: who had a weaker one before would be in the others' way.
    await until(async () => (await owner.query(WAITING)).rows[0].waiting === 3)
    await holder.query('COMMIT')
    const [decided, ...others] = await all
    assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
    for (const other of others) assert.ok(!other.isError, JSON.stringify(other.body))
  } finally {
    holder.release()
  }
})

const WAITING = `
  SELECT count(*)::int AS waiting FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%from "customers"%for update'`

test('a name that is a part of other words takes nothing else away, and one in Chinese is found where no space is', async () => {
  const { desk, person } = await open()
  const { id: other } = await made(desk, 'create_customer', { name: 'Alicia' })
  const credit = { customer_id: other, amount: 500, reason: 'Approval of all' }
  const { body } = await callTool(desk, 'adjust_store_credit', { ...credit, idempotency_key: fresh() })
  const said = (text: string) => made(desk, 'create_customer_note', { customer_id: other, text })
  await said('Came with Al.')
  await said('请王伟来')
  for (const name of ['Al', '王伟']) {
    const { id: customer_id } = await made(desk, 'create_customer', { name })
    assert.equal((await erase(desk, person, { customer_id })).status, 'done')
  }
  const [kept] = await desk.rows(
    'SELECT state FROM approvals WHERE workspace_id = $1 AND id = $2',
    uuidOf(body.approval.id),
  )
  assert.equal(kept!.state, 'pending')
  const calls = await desk.rows('SELECT arguments FROM call_details WHERE workspace_id = $1')
  const left = calls.map(({ arguments: text }) => text ?? '').join()
  assert.match(left, /Alicia/)
  assert.doesNotMatch(left, /with Al\.|王伟/)
})
