/** Customers over the whole house: what every domain keeps of them, found in one place. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, unlimited } from './support/booking.ts'
import { type Body, callTool, done, refused } from './support/caller.ts'
import { openStudio } from './support/classes.ts'
import { holdEverything, ownerOf } from './support/held.ts'
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
