/** Handing out all that is held of a person, and forgetting them, over the whole house. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { unlimited } from './support/booking.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { openStudio, type Studio } from './support/classes.ts'
import { approved, holdEverything, ownerOf, referencesTo } from './support/held.ts'
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

/** Somebody of whom every table keeps something, twice in the list and merged. */
async function somebody(desk: Studio, person: Person): Promise<string> {
  const { id } = await made(desk, 'create_customer', {
    name: NAME,
    email: EMAIL,
    phone: PHONE,
    note: `${NAME} likes tea`,
    tags: ['quasimodo'],
  })
  const twin = (await made(desk, 'create_customer', { name: `${NAME} again`, phone: PHONE })).id
  await approved(desk, person, 'merge_customers', { survivor_id: id, merged_id: twin })
  await holdEverything(desk, person, id, { name: NAME, email: EMAIL, words: `Said ${NAME}, ${PHONE}` })
  const text = { channel: 'email', purpose: 'transactional', subject: `Hello ${NAME}`, body: `Dear ${NAME}` }
  const byWhatsApp = { key: 'hello', channel: 'whatsapp', purpose: 'transactional' }
  await done(desk, 'upsert_message_template', {
    ...byWhatsApp,
    language: 'en',
    body: 'Hi {{customer_name}}.',
  })
  await made(desk, 'draft_message', { customer_id: id, channel: 'whatsapp', template_key: 'hello' })
  const waits = await made(desk, 'draft_message', { customer_id: id, ...text })
  await callTool(desk, 'send_message', { message_id: waits.id, idempotency_key: fresh() })
  const lines = [{ description: `For ${NAME}`, unit_price: { amount: 100, currency: 'EUR' } }]
  await made(desk, 'create_invoice', { customer_id: id, lines, memo: NAME })
  await made(desk, 'add_suppression', { channel: 'email', address: EMAIL }).catch(() => undefined)
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
  const columns = new Set([...(await referencesTo(desk, id)).keys()].map(column => column.split('.')[0]!))
  for (const table of [
    ...columns,
    'booking_history',
    'loyalty_entries',
    'loyalty_redemptions',
    'gift_card_entries',
  ])
    assert.ok(held[table]?.length > 0, table)
  for (const table of ['invoice_lines', 'invoice_payments', 'ledger_entries', 'entitlement_entries'])
    assert.ok(held[table]?.length > 0, table)
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
  const balances = await done(desk, 'get_ledger_balances')
  const [invoice] = (await done(desk, 'list_invoices', { customer_id: id, status: 'open' })) as Body[]
  const done1 = await erase(desk, person, { customer_id: id, force: true })
  assert.equal(done1.status, 'done', JSON.stringify(done1))
  const forced = Object.fromEntries(done1.data.forced.map(({ reason, count }: Body) => [reason, count]))
  assert.deepEqual(forced, {
    coming_booking: 3,
    coming_class: 1,
    draft_invoice: 1,
    open_balance: 1,
    unused_sessions: 1,
  })

  const columns = await desk.rows(`
    SELECT c.relname AS table, a.attname AS column, $1::text AS w FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
      AND format_type(a.atttypid, NULL) IN ('text', 'jsonb', 'text[]')
      AND EXISTS (SELECT FROM pg_attribute w WHERE w.attrelid = c.oid AND w.attname = 'workspace_id')`)
  assert.ok(columns.length > 100)
  const traces = ['quasimodo', 'zyx.example', '612345678'] // Longer than what an id may say by chance.
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
    ['list_invoices', { customer_id: id }],
    ['get_invoice', { invoice_id: invoice.id }],
    ['list_payments', { customer_id: id }],
    ['list_payment_methods', { customer_id: id }],
    ['list_ledger_entries', { customer_id: id }],
    ['get_loyalty_account', { customer_id: id }],
    ['list_loyalty_events', { customer_id: id }],
    ['list_customer_entitlements', { customer_id: id }],
    ['get_customer_consent', { customer_id: id }],
    ['find_duplicate_customers', {}],
  ] as const) {
    const shown = JSON.stringify(await done(desk, tool, args))
    for (const trace of traces) assert.ok(!shown.toLowerCase().includes(trace), `${tool} shows ${trace}`)
  }
  const { body } = await desk.confirmed('export_customer_data', {})
  assert.doesNotMatch(body.data.csv, /zyx/i)
  const kept = await done(desk, 'get_invoice', { invoice_id: invoice!.id })
  assert.deepEqual(
    [kept.number, kept.total, kept.customer_name],
    [invoice!.number, invoice!.total, 'Erased customer'],
    'invoices stay',
  )
  assert.deepEqual(await done(desk, 'get_ledger_balances'), balances, 'and ledger totals')
  const [card] = await desk.rows('SELECT removed_at, last4 FROM payment_methods WHERE workspace_id = $1')
  assert.ok(card!.removed_at && card!.last4 === null, 'a card on file is charged no more')

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
