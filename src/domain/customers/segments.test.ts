import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { openBusiness } from '../../../test/support/customers.ts'
import { recordConsent } from '../messaging/consent.ts'
import { bulkTag } from './bulk-tag.ts'
import { setFieldValues } from './field-values.ts'
import { defineField } from './fields.ts'
import { searchCustomers } from './search.ts'
import { type Rule, RuleTree } from './segment-rule.ts'
import { previewSegment, upsertSegment } from './segments.ts'

const later = (days: number) => Temporal.Now.instant().add({ hours: 24 * days })

async function people(t: Parameters<typeof openBusiness>[0]) {
  const business = await openBusiness(t)
  const { create, run, merge } = business
  const ana = await create({ name: 'Ana', email: 'ana@example.com', tags: ['vip'], language: 'es' })
  const bea = await create({ name: 'Bea', phone: '0151 23456789', tags: ['vip', 'new'] })
  await create({ name: 'Cid', tags: ['new'] })
  const gone = await create({ name: 'Gone', tags: ['vip'] })
  await merge(gone.id, ana.id)
  await run(ctx => defineField(ctx, { key: 'size', label: 'Size', type: 'number' }))
  await run(ctx => defineField(ctx, { key: 'born', label: 'Born', type: 'date' }))
  await run(ctx => setFieldValues(ctx, ana.id, { size: 38, born: '1990-05-01' }))
  await run(ctx => setFieldValues(ctx, bea.id, { size: 40 }))
  const said = { channel: 'email', purpose: 'marketing', source: 'Desk' } as const
  await run(ctx => recordConsent(ctx, { customerId: ana.id, state: 'granted', ...said }))
  const who = async (rule: Rule, at?: Temporal.Instant) => {
    const { count, sample } = await run(ctx => previewSegment(ctx, rule, { at, limit: 20 }))
    assert.equal(count, sample.length)
    return sample
      .map(({ name }) => name)
      .sort()
      .join(' ')
  }
  return { ...business, who }
}

test('a segment is a rule tree, compiled to SQL: each condition, and all, any and not of them', async t => {
  const { who } = await people(t)
  const cases: [Rule, string][] = [
    [{ tag: 'VIP' }, 'Ana Bea'],
    [{ all: [{ tag: 'vip' }, { tag: 'new' }] }, 'Bea'],
    [{ any: [{ tag: 'vip' }, { tag: 'new' }] }, 'Ana Bea Cid'],
    [{ not: { tag: 'vip' } }, 'Cid'],
    [{ language: 'es' }, 'Ana'],
    [{ not: { language: 'es' } }, 'Bea Cid'],
    [{ has: 'email' }, 'Ana'],
    [{ has: 'phone' }, 'Bea'],
    [{ field: 'size', op: 'is', value: 38 }, 'Ana'],
    [{ field: 'size', op: 'is_not', value: 38 }, 'Bea Cid'],
    [{ field: 'size', op: 'more', value: 38 }, 'Bea'],
    [{ field: 'size', op: 'at_least', value: 38 }, 'Ana Bea'],
    [{ field: 'size', op: 'less', value: 40 }, 'Ana'],
    [{ field: 'size', op: 'at_most', value: 40 }, 'Ana Bea'],
    [{ field: 'born', op: 'less', value: '2000-01-01' }, 'Ana'],
    [{ field: 'born', op: 'is_set' }, 'Ana'],
    [{ field: 'born', op: 'is_not_set' }, 'Bea Cid'],
    [{ visits: { at_most: 0 } }, 'Ana Bea Cid'],
    [{ visits: { at_least: 1 } }, ''],
    [{ coming: true }, ''],
    [{ created_within_days: 5 }, 'Ana Bea Cid'],
    [{ consent: { channel: 'email', purpose: 'marketing' } }, 'Ana'],
  ]
  for (const [rule, names] of cases) assert.equal(await who(rule), names, JSON.stringify(rule))
})

test('a rule is evaluated at a time T', async t => {
  const { who } = await people(t)
  assert.equal(await who({ inactive_days: 30 }), '')
  assert.equal(await who({ inactive_days: 30 }, later(31)), 'Ana Bea Cid')
  assert.equal(await who({ created_within_days: 5 }, later(6)), '')
  const before = later(-1)
  assert.equal(await who({ consent: { channel: 'email', purpose: 'marketing' } }, before), '')
})

test('what a rule names must be defined, and be of a type that is compared so', async t => {
  const { run } = await people(t)
  for (const rule of [
    { field: 'none', op: 'is_set' },
    { field: 'size', op: 'more', value: 'x' },
    { field: 'size', op: 'is' },
  ] as Rule[]) {
    await assert.rejects(
      run(ctx => upsertSegment(ctx, { key: 'k', name: 'K', rule })),
      { code: 'invalid_input' },
    )
  }
})

test('saving is an upsert by key', async t => {
  const { run } = await people(t)
  const save = (rule: Rule) => run(ctx => upsertSegment(ctx, { key: 'k', name: 'K', rule }))
  const first = await save({ tag: 'a' })
  const again = await save({ tag: 'b' })
  assert.deepEqual([again.id, again.version, again.rule], [first.id, 2, { tag: 'b' }])
})

test('a tree is bounded, and what is no rule says where', () => {
  let deep: unknown = { tag: 'x' }
  for (let n = 0; n < 20; n++) deep = { not: deep }
  for (const wrong of [
    deep,
    { all: Array.from({ length: 200 }, () => ({ tag: 'x' })) },
    { all: [] },
    { all: [{ tag: 'x' }], any: [] },
    { not: { tag: 'x' }, tag: 'y' },
    JSON.parse('{"__proto__":{"tag":"x"}}'),
    { all: { length: 1, 0: { tag: 'x' } } },
    { all: Array.from({ length: 10 }, () => ({ any: Array.from({ length: 10 }, () => ({ tag: 'x' })) })) },
    { tag: 'x', field: 'y' },
    { '; DROP TABLE customers': 1 },
    {},
  ]) {
    assert.equal(RuleTree.safeParse(wrong).success, false, JSON.stringify(wrong).slice(0, 80))
  }
  const { error } = RuleTree.safeParse({ all: [{ tag: 'x' }, { nope: 1 }] })
  assert.deepEqual(error?.issues[0]?.path, ['all', 1])
})

test('a value is a value, whatever SQL stands in it', async t => {
  const { run, create } = await openBusiness(t)
  await run(ctx => defineField(ctx, { key: 'city', label: 'City', type: 'text' }))
  await create({ name: 'Ana' })
  for (const text of ["x' OR true --", "{x}') OR ('1'='1", '%', '\\'])
    for (const rule of [
      { tag: text },
      { language: text },
      { field: 'city', op: 'is', value: text },
    ] as Rule[])
      assert.equal((await run(ctx => previewSegment(ctx, rule, { limit: 3 }))).count, 0, text)
})

test('bulk tags change whoever meets the rule, say how many and show three; done again they change nobody', async t => {
  const { run, create } = await people(t)
  for (let n = 0; n < 4; n++) await create({ name: `More ${n}`, tags: ['new'] })
  const all = { rule: { tag: 'new' }, add: ['Spring', 'new'], remove: ['vip'] }
  const first = await run(ctx => bulkTag(ctx, all))
  assert.deepEqual([first.count, first.sample.length], [6, 3])
  const tagsOf = async (text: string) =>
    (await run(ctx => searchCustomers(ctx, { text, limit: 1 }))).rows[0]!.tags
  assert.deepEqual(await tagsOf('Bea'), ['new', 'spring'])
  assert.deepEqual(await tagsOf('Ana'), ['vip'])
  assert.equal((await run(ctx => bulkTag(ctx, all))).count, 0)
  await assert.rejects(
    run(ctx => bulkTag(ctx, { rule: { tag: 'x' }, add: ['a'], remove: ['a'] })),
    {
      code: 'invalid_input',
    },
  )
})
