import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBusiness } from '../../../test/support/customers.ts'
import { idText } from '../../catalog/kinds.ts'
import { getCustomer } from './get.ts'
import { searchCustomers } from './search.ts'
import { updateCustomer } from './update.ts'

const full = {
  name: 'Ana García',
  email: 'ana@example.com',
  phone: '0151 23456789 ext. 7',
  time_zone: 'Asia/Tokyo',
  language: 'es',
  note: 'Prefers mornings',
  tags: ['vip'],
}

test('what is named changes, the rest stays, and search and duplicates follow', async t => {
  const { create, run, events } = await openBusiness(t)
  const { existing, possible_duplicates, ...before } = await create(full)
  const { updated_at, merged_from, ...after } = await run(ctx =>
    updateCustomer(ctx, before.id, { version: 1, name: 'Ana Núñez', email: 'Nunez@example.com' }),
  )
  const { updated_at: _, ...expected } = before
  assert.deepEqual(after, {
    ...expected,
    name: 'Ana Núñez',
    email: 'Nunez@example.com',
    version: 2,
  })
  assert.deepEqual(events.at(-1), {
    type: 'customer.updated',
    subject: { kind: 'customer', id: before.id },
    data: { fields: ['name', 'email'] },
  })
  for (const [text, count] of [
    ['nunez', 1],
    ['garcia', 0],
    ['ana@', 0],
  ] as const) {
    const { rows } = await run(ctx => searchCustomers(ctx, { text, limit: 5 }))
    assert.equal(rows.length, count, text)
  }
  assert.equal((await create({ name: 'ana nunez', email: 'nunez@EXAMPLE.com' })).existing, true)
})

test('null takes away, and the zone is again that of the business', async t => {
  const { create, run } = await openBusiness(t)
  const { id } = await create(full)
  const bare = await run(ctx =>
    updateCustomer(ctx, id, {
      version: 1,
      email: null,
      phone: null,
      time_zone: null,
      language: null,
      note: null,
      tags: [],
    }),
  )
  const { email, phone, phone_extension, time_zone, language, note, tags } = bare
  assert.deepEqual(
    { email, phone, phone_extension, time_zone, language, note, tags },
    {
      email: null,
      phone: null,
      phone_extension: null,
      time_zone: 'Europe/Berlin',
      language: null,
      note: null,
      tags: [],
    },
  )
})

test('a new phone without an extension takes the old extension away', async t => {
  const { create, run } = await openBusiness(t)
  const { id } = await create(full)
  const { phone, phone_extension } = await run(ctx =>
    updateCustomer(ctx, id, { version: 1, phone: '0151 23456780' }),
  )
  assert.deepEqual([phone, phone_extension], ['+4915123456780', null])
})

test('of two changes to one version the second is refused with the current version', async t => {
  const { create, run } = await openBusiness(t)
  const { id } = await create(full)
  const outcomes = await Promise.allSettled(
    ['Ana', 'Anne'].map(name => run(ctx => updateCustomer(ctx, id, { version: 1, name }))),
  )
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  const { reason } = outcomes.find(outcome => outcome.status === 'rejected')!
  assert.deepEqual([reason.code, reason.details], ['stale_version', { current_version: 2 }])
})

test('a contact that another customer has is allowed, and flagged', async t => {
  const { create, run } = await openBusiness(t)
  const ana = await create(full)
  const { id } = await create({ name: 'Pablo' })
  const warnings: string[] = []
  const warn = (text: string) => void warnings.push(text)
  const { phone } = await run(ctx =>
    updateCustomer({ ...ctx, warn }, id, { version: 1, phone: '0151 23456789' }),
  )
  assert.equal(phone, ana.phone)
  assert.deepEqual(warnings, [`${idText('customer', ana.id)} may be the same person: same_phone.`])
})

test('a merged id changes the survivor', async t => {
  const { create, merge, run } = await openBusiness(t)
  const [old, survivor] = [await create({ name: 'Ann' }), await create({ name: 'Anna Bell' })]
  await merge(old.id, survivor.id)
  const updated = await run(ctx => updateCustomer(ctx, old.id, { version: 1, note: 'Both are one' }))
  assert.deepEqual([updated.id, updated.merged_from, updated.version], [survivor.id, old.id, 2])
  assert.equal((await run(ctx => getCustomer(ctx, survivor.id))).note, 'Both are one')
})
