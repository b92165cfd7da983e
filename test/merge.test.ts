/** Merging two customers, over the whole house. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { unlimited } from './support/booking.ts'
import { type Body, callTool, done, fresh, refused } from './support/caller.ts'
import { openStudio, type Studio } from './support/classes.ts'
import { approved, holdEverything, referencesTo } from './support/held.ts'
import { type Person, signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after }, unlimited)

interface Pair {
  desk: Studio
  person: Person
  survivor: string
  merged: string
}

async function pair(one: Body = {}, other: Body = {}): Promise<Pair> {
  const desk = await openStudio(server)
  const { email } = (
    await desk.rows(
      'SELECT a.email FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.workspace_id = $1',
    )
  )[0]!
  const { workspace } = await done(desk, 'get_current_context')
  const person = await signIn(server, email, workspace.id)
  const survivor = (await made(desk, 'create_customer', { name: 'Lucía García', ...one })).id
  const merged = (await made(desk, 'create_customer', { name: 'Lucia Garcia', ...other })).id
  return { desk, person, survivor, merged }
}

const idsOf = ({ survivor, merged }: Pair) => ({ survivor_id: survivor, merged_id: merged })

/** The answer of the merge once a person has said yes. */
async function merge({ desk, person }: Pick<Pair, 'desk' | 'person'>, ids: Body): Promise<Body> {
  const { body } = await callTool(desk, 'merge_customers', { ...ids, idempotency_key: fresh() })
  assert.equal(body.status, 'needs_approval', JSON.stringify(body))
  const decided = await person.decide(body.approval.id, 'approve')
  return decided.body
}

async function merged(two: Pair): Promise<Body> {
  const { state, answer, ...more } = await merge(two, idsOf(two))
  assert.equal(state, 'executed', JSON.stringify(more))
  return answer.data
}

test('merge has a preview that equals its commit', async () => {
  const two = await pair(
    { phone: '+34 612 345 678', tags: ['vip'] },
    { email: 'lu@example.com', tags: ['new'] },
  )
  const { desk, survivor, merged: gone } = two
  await desk.pass(gone, 5)
  await desk.booked({ customer_id: gone })
  const session = await desk.session()
  await desk.enrol(session, { customer_id: survivor })
  await desk.enrol(session, { customer_id: gone })
  await made(desk, 'create_customer_note', { customer_id: gone, text: 'Tea' })
  const preview = await done(desk, 'preview_customer_merge', idsOf(two))
  assert.deepEqual(await merged(two), preview)
  assert.equal(preview.refunds.length, 1)
  assert.equal(preview.moved.coming_bookings, 1)
})

test("the survivor's non-empty fields win, empty ones are filled, tags are united", async () => {
  const two = await pair(
    { phone: '+34 612 345 678', tags: ['vip'], note: 'Hers' },
    {
      email: 'lu@example.com',
      phone: '+34 600 000 000',
      language: 'es',
      note: 'Other',
      tags: ['vip', 'new'],
    },
  )
  const { desk, survivor } = two
  for (const key of ['size', 'city'])
    await done(desk, 'define_custom_field', { key, label: key, type: 'text' })
  await done(desk, 'set_custom_field_values', { customer_id: survivor, values: { size: 'S' } })
  await done(desk, 'set_custom_field_values', {
    customer_id: two.merged,
    values: { size: 'L', city: 'Cádiz' },
  })
  const outcome = await merged(two)
  assert.deepEqual(outcome.filled, ['email', 'language', 'city'])
  assert.deepEqual(outcome.given_up, ['phone', 'note', 'size'])
  const now = await done(desk, 'get_customer', { customer_id: survivor })
  assert.deepEqual(
    [now.name, now.phone, now.email, now.language, now.note, now.tags.sort(), now.custom_fields],
    [
      'Lucía García',
      '+34612345678',
      'lu@example.com',
      'es',
      'Hers',
      ['new', 'vip'],
      { city: 'Cádiz', size: 'S' },
    ],
  )
})

test('the more restrictive consent wins per channel and purpose', async () => {
  const two = await pair(
    { email: 'lu@example.com', phone: '+34 612 345 678' },
    { name: 'Lucy', email: 'lu@example.com' },
  )
  const { desk, survivor, merged: gone } = two
  const says = (customer_id: string, channel: string, purpose: string, state: string) =>
    made(desk, 'record_customer_consent', { customer_id, channel, purpose, state, source: 'Desk' })
  await says(gone, 'email', 'marketing', 'withdrawn')
  await says(survivor, 'email', 'marketing', 'granted')
  await says(survivor, 'sms', 'marketing', 'granted')
  await says(gone, 'sms', 'transactional', 'withdrawn')
  await merged(two)
  const { consents } = await done(desk, 'get_customer_consent', { customer_id: survivor })
  const state = Object.fromEntries(consents.map((c: Body) => [`${c.channel} ${c.purpose}`, c.state]))
  assert.deepEqual(
    [
      state['email marketing'],
      state['sms marketing'],
      state['sms transactional'],
      state['email transactional'],
    ],
    ['withdrawn', 'granted', 'withdrawn', null],
  )
})

test('ledgers move as entries: the lot is the survivor\u2019s, and a credit that is out comes back to it', async () => {
  const two = await pair()
  const { desk, survivor, merged: gone } = two
  await desk.pass(gone, 5)
  const session = await desk.session()
  const { enrolment_id } = await desk.enrol(session, { customer_id: gone })
  assert.equal(await desk.left(gone), 4)
  await merged(two)
  assert.equal(await desk.left(survivor), 4)
  const [lot] = await done(desk, 'list_customer_entitlements', { customer_id: survivor })
  assert.deepEqual(
    lot.ledger.map(({ kind, sessions }: Body) => [kind, sessions]),
    [
      ['move', 0],
      ['consume', -1],
      ['grant', 5],
    ],
  )
  await desk.leaves(enrolment_id)
  assert.equal(await desk.left(survivor), 5)
})

test('future bookings move, and those that overlap are named', async () => {
  const two = await pair()
  const { desk, survivor, merged: gone } = two
  const other = (await made(desk, 'create_staff', { name: 'Eva', location_ids: [desk.locationId] })).id
  await done(desk, 'set_staff_services', { staff_id: other, services: [{ service_id: desk.serviceId }] })
  const first = await desk.booked({ customer_id: survivor })
  const second = await desk.booked({ customer_id: gone, staff_id: other })
  const { conflicts } = await merged(two)
  assert.deepEqual(
    conflicts.map(({ id, other_id }: Body) => [id, other_id]),
    [[second.id, first.id]],
  )
  const bookings: Body[] = await done(desk, 'list_bookings', { customer_id: survivor })
  assert.deepEqual(
    bookings.map(({ id, state }) => [id, state]).sort(),
    [
      [first.id, 'confirmed'],
      [second.id, 'confirmed'],
    ].sort(),
  )
})

test('the same class twice becomes one enrolment plus a flagged refund, and its credit comes back', async () => {
  const two = await pair()
  const { desk, survivor, merged: gone } = two
  await desk.pass(gone, 5)
  const session = await desk.session()
  const kept = (await desk.enrol(session, { customer_id: survivor })).enrolment_id
  const given = (await desk.enrol(session, { customer_id: gone })).enrolment_id
  const { refunds } = await merged(two)
  assert.deepEqual(refunds, [
    { enrolment_id: given, session_id: session.id, paid_with: 'entitlement', amount: 0 },
  ])
  const roster = await desk.roster(session)
  assert.deepEqual(
    roster.filter(({ state }) => state === 'enrolled').map(({ id }) => id),
    [kept],
  )
  assert.equal(await desk.left(survivor), 5)
})

test('the merged id resolves to the survivor, through chains, wherever a tool takes a customer', async () => {
  const two = await pair({ email: 'lu@example.com' })
  const { desk, person, survivor, merged: gone } = two
  const third = (await made(desk, 'create_customer', { name: 'Third' })).id
  await merged(two)
  await merge({ desk, person }, { survivor_id: third, merged_id: survivor })
  assert.equal((await done(desk, 'get_customer', { customer_id: gone })).id, third)
  assert.equal((await desk.booked({ customer_id: gone })).customer_id, third)
  const session = await desk.session({ start_time: '20:00' })
  await desk.enrol(session, { customer_id: gone })
  assert.equal((await desk.roster(session))[0].customer_id, third)
  await desk.pass(gone, 3)
  assert.equal(await desk.left(gone), 3)
  assert.equal((await done(desk, 'list_bookings', { customer_id: gone })).length, 1)
  const relative = await desk.customer()
  const { relationships } = await done(desk, 'set_customer_relationships', {
    customer_id: relative,
    relationships: [{ kind: 'payer', customer_id: gone }],
  })
  assert.equal(relationships[0].customer_id, third)
})

test('opposite merges in parallel: one wins, the other is already_merged', async () => {
  const two = await pair()
  const { desk, person, survivor, merged: gone } = two
  const asks = await Promise.all(
    [
      { survivor_id: survivor, merged_id: gone },
      { survivor_id: gone, merged_id: survivor },
    ].map(ids => callTool(desk, 'merge_customers', { ...ids, idempotency_key: fresh() })),
  )
  const decided = await Promise.all(asks.map(({ body }) => person.decide(body.approval.id, 'approve')))
  const states = decided.map(({ body }) => body.state).sort()
  assert.equal(states[0], 'executed', JSON.stringify(decided))
  const left = await desk.rows("SELECT id FROM customers WHERE workspace_id = $1 AND status = 'active'")
  assert.equal(left.length, 1)
  for (const ids of [idsOf(two), { survivor_id: gone, merged_id: survivor }]) {
    assert.equal(await refused(desk, 'preview_customer_merge', ids), 'already_merged')
  }
  const { body } = await callTool(desk, 'merge_customers', { ...idsOf(two), idempotency_key: fresh() })
  assert.deepEqual([body.code, uuidOf(body.details.survivor_id)], ['already_merged', left[0]!.id])
})

test('a merge triggers no "new customer"', async () => {
  const two = await pair()
  await merged(two)
  const events = await two.desk.rows(
    "SELECT type FROM events WHERE workspace_id = $1 AND subject_kind = 'customer'",
  )
  const types = events.map(({ type }) => type)
  assert.equal(types.filter(type => type === 'customer.created').length, 2)
  assert.equal(types.filter(type => type === 'customer.merged').length, 1)
})

/** Columns whose rows stay with whom they were said by or happened to: history that must. */
const HISTORY = new Set([
  'consent_events.customer_id',
  'customers.merged_into',
  'ledger_accounts.customer_id',
])

test('a merge leaves no live reference behind: every foreign key to customers is walked, none of them empty', async () => {
  const email = 'lu@example.com'
  const two = await pair({}, { email })
  const { desk, person, survivor, merged: gone } = two
  await holdEverything(desk, person, gone, { name: 'Lucia Garcia', email, words: 'Tea' })
  const before = await referencesTo(desk, gone)
  const empty = [...before].filter(
    ([column, rows]) => rows.length === 0 && column !== 'customers.merged_into',
  )
  assert.deepEqual(
    empty.map(([column]) => column),
    [],
    'make a row of it in holdEverything()',
  )
  const preview = await done(desk, 'preview_customer_merge', idsOf(two))
  const answer = await merged(two)
  assert.deepEqual(answer, preview)
  for (const kind of [
    'payments',
    'payment_methods',
    'gift_cards',
    'invoices',
    'loyalty_accounts',
    'packages',
  ])
    assert.ok(answer.moved[kind] > 0, kind)

  for (const [column, left] of await referencesTo(desk, gone))
    if (!HISTORY.has(column)) assert.deepEqual(left, [], column)
  const after = await referencesTo(desk, survivor)
  for (const [column, rows] of before)
    if (!HISTORY.has(column))
      assert.equal(after.get(column)!.length, rows.length, `${column} came along, whole`)
})

test('what a merged customer owes and holds is owed and held by the survivor, and their own ledger is at zero', async () => {
  const email = 'lu@example.com'
  const two = await pair({}, { email })
  const { desk, person, survivor, merged: gone } = two
  await holdEverything(desk, person, gone, { name: 'Lucia Garcia', email, words: 'Tea' })
  const balances = async (id: string): Promise<Body> =>
    Object.fromEntries(
      (
        await desk.rows(
          `SELECT a.kind, sum(CASE WHEN e.debit_id = a.id THEN e.amount ELSE -e.amount END)::int AS amount
           FROM ledger_accounts a JOIN ledger_entries e ON e.workspace_id = a.workspace_id AND a.id IN (e.debit_id, e.credit_id)
           WHERE a.workspace_id = $1 AND a.customer_id = $2 GROUP BY 1 HAVING sum(CASE WHEN e.debit_id = a.id THEN e.amount ELSE -e.amount END) <> 0`,
          uuidOf(id),
        )
      ).map(({ kind, amount }) => [kind, amount]),
    )
  const points = async (id: string) =>
    (await done(desk, 'get_loyalty_account', { customer_id: id })).available
  const [owed, held] = [await balances(gone), await points(gone)]
  assert.ok(owed.receivable > 0 && held > 0)
  await merged(two)
  assert.deepEqual(await balances(gone), {})
  assert.deepEqual(await balances(survivor), owed)
  assert.equal(await points(survivor), held)
  const invoices = await done(desk, 'list_invoices', { customer_id: survivor })
  const payments = await done(desk, 'list_payments', { customer_id: survivor })
  const methods = await done(desk, 'list_payment_methods', { customer_id: survivor })
  assert.deepEqual([invoices.length, payments.length, methods.length], [1, 2, 1])
  const due = { invoice_id: invoices[0].id, method_id: methods[0].id }
  await approved(desk, person, 'charge_saved_method', due) // Their card pays what is left.
})

test('a card that both have is one after a merge, and what was paid with the other was paid with it', async () => {
  const two = await pair()
  const { desk, person, survivor, merged: gone } = two
  for (const customer_id of [survivor, gone])
    await done(desk, 'script_sandbox_provider', { card_on_file: { customer_id, card: 'success' } })
  await desk.rows("UPDATE payment_methods SET provider_ref = 'same' WHERE workspace_id = $1")
  const [theirs] = await done(desk, 'list_payment_methods', { customer_id: gone })
  const card = await made(desk, 'issue_gift_card', {
    customer_id: gone,
    value: { amount: 5000, currency: 'EUR' },
  })
  await approved(desk, person, 'charge_saved_method', { gift_card_id: card.id, method_id: theirs.id })
  await merged(two)
  const methods = await done(desk, 'list_payment_methods', { customer_id: survivor })
  const [payment] = await desk.rows('SELECT method_id FROM payments WHERE workspace_id = $1')
  assert.deepEqual([methods.length, payment!.method_id], [1, uuidOf(methods[0].id)])
})
