import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, signUp } from '../../../test/support/access.ts'
import { openBusiness } from '../../../test/support/customers.ts'
import type { Context } from '../context.ts'
import { createCustomer } from './create.ts'
import { setFieldValues } from './field-values.ts'
import { defineField } from './fields.ts'
import { type CustomerSearch, searchCustomers } from './search.ts'

type Business = Awaited<ReturnType<typeof openBusiness>>

async function found({ run }: Business, asked: Partial<CustomerSearch>): Promise<string[]> {
  const { rows } = await run(ctx => searchCustomers(ctx, { limit: 100, ...asked }))
  return rows.map(row => row.name)
}

async function withPeople(t: Parameters<typeof openBusiness>[0]): Promise<Business> {
  const business = await openBusiness(t)
  for (const fields of [
    { name: 'Lucía García', email: 'lucia@example.com', phone: '030 1234567', tags: ['vip', 'gel'] },
    { name: 'Søren Kierkegård', email: 'sk+gym@philosophy.example', tags: ['vip'] },
    { name: '田中太郎', phone: '+81 3 1234 5678' },
    { name: '100%_off\\club' },
  ]) {
    await business.create(fields)
  }
  return business
}

test('a part of a name finds it, without accents and case, in any order and any script', async t => {
  const business = await withPeople(t)
  for (const [text, name] of [
    ['garcia', 'Lucía García'],
    ['GARCÍA luc', 'Lucía García'],
    ['soren kierke', 'Søren Kierkegård'],
    ['田中', '田中太郎'],
    ['中太郎', '田中太郎'],
    ['%_off\\c', '100%_off\\club'],
  ] as const) {
    assert.deepEqual(await found(business, { text }), [name], text)
  }
  for (const text of ['garcia pablo', 'g%a', 'l_c', 'soren garcia']) {
    assert.deepEqual(await found(business, { text }), [], text)
  }
})

test('a part of an email finds it, its +tag too', async t => {
  const business = await withPeople(t)
  for (const text of ['philosophy', 'SK+gym@', 'sk+gym@philosophy.example', 'soren philosophy']) {
    assert.deepEqual(await found(business, { text }), ['Søren Kierkegård'], text)
  }
})

test('a phone is found in any way of writing, and by a part', async t => {
  const business = await withPeople(t)
  for (const text of [
    '030 1234567',
    '(030) 123-4567',
    '+49 30 1234567',
    '0049 30 1234567',
    '0301234567',
    '030 123',
    '234567',
    '０３０１２３４５６７',
  ]) {
    assert.ok((await found(business, { text })).includes('Lucía García'), text)
  }
  assert.deepEqual(await found(business, { text: '+81-3-1234-5678' }), ['田中太郎'])
  assert.deepEqual(await found(business, { text: '030 7654321' }), [])
})

test('all tags must be there, whatever their case; only the asked status shows, and never the merged', async t => {
  const business = await withPeople(t)
  assert.deepEqual(await found(business, { tags: ['VIP'] }), ['Søren Kierkegård', 'Lucía García'])
  assert.deepEqual(await found(business, { tags: ['vip', ' Gel '] }), ['Lucía García'])
  assert.deepEqual(await found(business, { tags: ['gel'], text: 'soren' }), [])

  await business.database.owner.query("UPDATE customers SET status = 'archived' WHERE name LIKE '100%'")
  const { rows } = await business.database.owner.query(
    "SELECT id FROM customers WHERE name LIKE 'S%' OR name LIKE 'L%' ORDER BY name",
  )
  await business.merge(rows[1].id, rows[0].id)
  assert.deepEqual(await found(business, {}), ['田中太郎', 'Lucía García'])
  assert.deepEqual(await found(business, { status: 'archived' }), ['100%_off\\club'])
})

test('pages show everyone once, newest first, while others arrive', async t => {
  const business = await openBusiness(t)
  for (let n = 0; n < 7; n++) await business.create({ name: `Person ${n}` })
  const seen: string[] = []
  for (let cursor: string | undefined, n = 0; n === 0 || cursor; n++) {
    const page = await business.run(ctx => searchCustomers(ctx, { text: 'person', limit: 3, cursor }))
    seen.push(...page.rows.map(row => row.name))
    cursor = page.nextCursor
    await business.create({ name: `Person late ${n}` })
  }
  assert.deepEqual(
    seen.sort(),
    [0, 1, 2, 3, 4, 5, 6].map(n => `Person ${n}`),
  )
})

test("another business's customers are not found", async t => {
  const { database } = await withPeople(t)
  const { caller } = await signUp(database, 'eve@example.com')
  for (const text of [undefined, 'garcia', '030 1234567']) {
    const { rows } = await call(database, { caller }, ctx => searchCustomers(ctx, { text, limit: 5 }))
    assert.deepEqual(rows, [])
  }
})

test('a search reads the newest and what it finds, not the workspace; so does the look for namesakes', async t => {
  const { database, caller, run, create } = await openBusiness(t)
  await run(ctx => defineField(ctx, { key: 'city', label: 'City', type: 'text' }))
  const { id } = await create({ name: 'Quasimodo Quux 花木', tags: ['rare'] })
  await run(ctx => setFieldValues(ctx, id, { city: 'Zyx' }))
  await database.owner.query(
    `INSERT INTO customers (workspace_id, id, name, name_key, tags, created_at, updated_at)
     SELECT $1, uuidv7(), name, name, '{common}', now(), now()
     FROM (SELECT translate(md5(n::text), '0123456789', 'ghijklmnop') AS name FROM generate_series(1, 5000) AS n) AS names`,
    [caller.workspace.id],
  )
  await database.owner.query('VACUUM ANALYZE customers')
  const search = (asked: Partial<CustomerSearch>) => (ctx: Context) =>
    searchCustomers(ctx, { limit: 5, ...asked })
  for (const [work, most] of [
    [search({ text: 'quasimodo' }), NEWEST],
    [search({ text: '花木' }), NEWEST],
    [search({ text: '木' }), NEWEST],
    [search({ tags: ['rare'] }), NEWEST],
    [search({ fields: { city: 'zyx' } }), NEWEST],
    [search({ tags: ['common'] }), 50],
    [search({ tags: ['common'], text: 'a' }), 100],
    [(ctx: Context) => createCustomer(ctx, { name: 'Quasimodo Quu', email: 'quasi@example.com' }), 50],
  ] as const) {
    const read = await run(async ctx => {
      const before = await rowsRead(ctx)
      await work(ctx)
      return (await rowsRead(ctx)) - before
    })
    assert.ok(read > 0 && read < most, `${read} rows read by ${work}`)
  }
})

/** As many as the function of migration 0033 looks through first, and a few. */
const NEWEST = 2_050

async function rowsRead({ db }: Context): Promise<number> {
  const { rows } = await db.execute<{ read: number }>(
    `SELECT (seq_tup_read + idx_tup_fetch)::int AS read FROM pg_stat_xact_user_tables WHERE relname = 'customers'`,
  )
  return rows[0]!.read
}
