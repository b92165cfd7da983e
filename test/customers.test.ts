/** Customers over the whole house: what every domain keeps of them, found in one place. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, unlimited } from './support/booking.ts'
import { type Body, callTool, done, refused } from './support/caller.ts'
import { openStudio } from './support/classes.ts'
import { holdEverything, ownerOf } from './support/held.ts'
import { until } from './support/jobs.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after }, unlimited)

test('the timeline is one feed over all domains, newest first, in pages that show each entry once', async () => {
  const desk = await openStudio(server)
  const named = { name: 'Ana Ruiz', email: 'ana@example.com' }
  const customer_id = (await made(desk, 'create_customer', named)).id
  await holdEverything(desk, await ownerOf(desk), customer_id, { ...named, words: 'Likes tea' })
  const whole: Body[] = await done(desk, 'get_customer_timeline', { customer_id, limit: 100 })
  assert.deepEqual(
    new Set(whole.map(({ kind, event }) => `${kind} ${event}`)),
    new Set([
      'booking confirm',
      'consent granted',
      'enrolment enrolled',
      'giftcard activate',
      'inbound received',
      'invoice drafted',
      'invoice finalized',
      'lot consume',
      'lot grant',
      'loyalty adjust',
      'loyalty earn',
      'loyalty lock',
      'loyalty redeem',
      'message draft',
      'note noted',
      'payment succeeded',
    ]),
  )
  const paged: Body[] = []
  for (let cursor: string | undefined, n = 0; n === 0 || cursor; n++) {
    const { body } = await callTool(desk, 'get_customer_timeline', { customer_id, limit: 2, cursor })
    paged.push(...body.data)
    cursor = body.next_cursor
  }
  assert.deepEqual(paged, whole)
  const notes: Body[] = await done(desk, 'get_customer_timeline', { customer_id, only: ['notes'] })
  assert.deepEqual(
    notes.map(({ text }) => text),
    ['Likes tea'],
  )
  assert.equal(
    await refused(desk, 'get_customer_timeline', { customer_id, cursor: 'bm9uZQ' }),
    'invalid_input',
  )
})

test('of a domain that a caller may not read the timeline shows nothing', async () => {
  const desk = await openStudio(server)
  const named = { name: 'Ana Ruiz', email: 'ana@example.com' }
  const customer_id = (await made(desk, 'create_customer', named)).id
  await holdEverything(desk, await ownerOf(desk), customer_id, { ...named, words: 'Likes tea' })
  const { api_key } = await made(desk, 'create_api_key', { name: 'Narrow', scopes: ['customers:read'] })
  const narrow = { url: desk.url, key: api_key }
  const seen: Body[] = await done(narrow, 'get_customer_timeline', { customer_id })
  assert.deepEqual(new Set(seen.map(({ kind }) => kind)), new Set(['consent', 'note']))
  const only = { customer_id, only: ['payments'] }
  assert.equal(await refused(narrow, 'get_customer_timeline', only), 'forbidden_scope')
})

test('customers are found by a custom field, and by how long they have not come', async () => {
  const desk = await openStudio(server)
  await done(desk, 'define_custom_field', { key: 'city', label: 'City', type: 'text' })
  const [came, coming, lapsed] = await Promise.all([desk.customer(), desk.customer(), desk.customer()])
  await done(desk, 'set_custom_field_values', { customer_id: lapsed, values: { city: 'Málaga' } })
  const found = async (args: Record<string, unknown>) =>
    ((await done(desk, 'search_customers', args)) as Body[]).map(({ id }) => id).sort()
  assert.deepEqual(await found({ fields: { city: 'malaga' } }), [lapsed])
  assert.deepEqual(await found({ fields: { city: 'Madrid' } }), [])
  assert.equal(await refused(desk, 'search_customers', { fields: { town: 'Málaga' } }), 'invalid_input')

  await desk.booked({ customer_id: came })
  await desk.booked({ customer_id: coming, start: desk.morning(60).toString({ timeZoneName: 'never' }) })
  assert.deepEqual(await found({ inactive_days: 30 }), [], 'they are new')
  await desk.jumpTo(desk.morning(40).toInstant())
  assert.deepEqual(await found({ inactive_days: 30 }), [came, lapsed].sort())
  assert.deepEqual(await found({ inactive_days: 40 }), [lapsed])
})

test('archiving names what is still booked, and changes nothing of it', async () => {
  const desk: Desk = await openStudio(server)
  const customer_id = await desk.customer()
  const { id } = await desk.booked({ customer_id })
  const { body } = await desk.confirmed('archive_customer', { customer_id })
  assert.equal(body.data.status, 'archived')
  assert.match(body.warnings[0], new RegExp(id))
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).state, 'confirmed')
})

test('the profile shows custom fields, relationships and pinned notes', async () => {
  const desk = await openStudio(server)
  const [customer_id, mother] = [await desk.customer(), await desk.customer()]
  await done(desk, 'define_custom_field', { key: 'size', label: 'Size', type: 'number' })
  await done(desk, 'set_custom_field_values', { customer_id, values: { size: 38 } })
  const relationships = [{ kind: 'guardian', customer_id: mother }]
  await done(desk, 'set_customer_relationships', { customer_id, relationships })
  await made(desk, 'create_customer_note', { customer_id, text: 'Nut allergy', pinned: true })
  const profile = await done(desk, 'get_customer', { customer_id })
  assert.deepEqual(profile.custom_fields, { size: 38 })
  assert.deepEqual(profile.relationships, [{ relation: 'guardian', customer_id: mother, name: 'Ana Ruiz' }])
  assert.deepEqual(profile.pinned_notes, ['Nut allergy'])
})

test('a hostile file is refused, or its rows are, and nobody is half made of it', async () => {
  const desk = await openStudio(server)
  const rest = async (path: string, body: Body) => {
    const answer = await fetch(`${server.url}/v1/customers/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${desk.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as Body }
  }
  for (const [what, csv] of [
    ['a cell of 10 MB', `Name,Email\nAna,${'x'.repeat(10_000_000)}`],
    ['100,000 columns', `${'c,'.repeat(100_000)}Name\n${'1,'.repeat(100_000)}Ana`],
    ['UTF-16', Buffer.from('\ufeffName,Email\nAna,ana@example.com', 'utf16le').toString('latin1')],
    ['a quote without end', `Name,Email\nAna,"ana@example.com\n${'x\n'.repeat(10_000)}`],
    ['nothing but quotes', '"'.repeat(200_001)],
    ['no name', 'Email\nana@example.com'],
    ['too many rows', `Name\n${'Ana\n'.repeat(50_001)}`],
  ] as const) {
    const preview = await rest('import/preview', { csv })
    assert.deepEqual([preview.status, preview.body.code], [422, 'invalid_input'], what)
    const key = { plan: '0'.repeat(64), idempotency_key: crypto.randomUUID() }
    assert.equal((await rest('import', { csv, ...key })).status, 422, what)
  }
  const csv = [
    '\ufeffName;Email;Note',
    'Café;cafe@example.com;"two\nlines"\r',
    'Caf\ufffd;broken@example.com;',
    '=cmd|calc;formula@example.com;+1+1',
    `Long;long@example.com;${'x'.repeat(5_000)}`,
    'Bea;not an email;',
  ].join('\n')
  const { body } = await rest('import/preview', { csv })
  assert.deepEqual(
    body.data.faults.map(({ row, column }: Body) => [row, column]),
    [
      [2, 'Name'],
      [4, 'Note'],
      [5, 'Email'],
    ],
  )
  const file = { csv, plan: body.data.plan }
  const committed = await desk.confirmed('import_customers_commit', file)
  const job_id = committed.body.data.job_id
  await until(async () => (await done(desk, 'get_job_status', { job_id })).state === 'done')
  const made = await desk.rows('SELECT name, note FROM customers WHERE workspace_id = $1 ORDER BY name')
  assert.deepEqual(made, [
    { name: '=cmd|calc', note: '+1+1' },
    { name: 'Café', note: 'two\nlines' },
  ])
})
