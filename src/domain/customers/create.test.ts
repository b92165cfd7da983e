import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, signUp } from '../../../test/support/access.ts'
import { openBusiness } from '../../../test/support/customers.ts'
import { createCustomer } from './create.ts'

const ana = { name: 'Ana García', email: 'ana@example.com', phone: '0151 23456789' }

test('a customer is as given, with the phone in E.164 and the zone of the business', async t => {
  const { create, events } = await openBusiness(t)
  const { created_at, updated_at, id, ...rest } = await create({
    ...ana,
    email: 'Ana+Gym@Example.com',
    phone: '0151 23456789 ext. 7',
    note: 'Allergic to latex',
    tags: ['VIP', ' vip ', 'Regular'],
  })
  assert.deepEqual(rest, {
    name: 'Ana García',
    email: 'Ana+Gym@Example.com',
    phone: '+4915123456789',
    phone_extension: '7',
    time_zone: 'Europe/Berlin',
    language: null,
    note: 'Allergic to latex',
    tags: ['vip', 'regular'],
    status: 'active',
    blocked: false,
    version: 1,
    existing: false,
    possible_duplicates: [],
  })
  assert.equal(String(created_at), String(updated_at))
  assert.deepEqual(events, [{ type: 'customer.created', subject: { kind: 'customer', id } }])
})

test('a name alone is enough, and says nothing of who is meant', async t => {
  const { create } = await openBusiness(t)
  const first = await create({ name: 'Walk-in' })
  const second = await create({ name: 'Walk-in' })
  assert.notEqual(second.id, first.id)
  assert.deepEqual(second.possible_duplicates, [
    {
      customer_id: first.id,
      name: 'Walk-in',
      evidence: ['similar_name'],
      name_likeness: 1,
    },
  ])
})

test('a known email or phone with the same name is the same customer, unchanged', async t => {
  const { create, events } = await openBusiness(t)
  const { id } = await create(ana)
  for (const again of [
    { name: '  ANA   garcia', email: 'ANA@example.com' },
    { name: 'Ana Garcia', phone: '+49 151 23456789', note: 'Another note' },
    { name: 'Ana García', email: 'new@example.com', phone: '0151/23456789' },
  ]) {
    const customer = await create(again)
    assert.deepEqual(
      [customer.id, customer.existing, customer.version, customer.note, customer.email],
      [id, true, 1, null, 'ana@example.com'],
    )
  }
  assert.equal(events.length, 1)
})

test('of two namesakes the email tells who is meant, before the phone', async t => {
  const { create } = await openBusiness(t)
  await create({ name: 'Kim', phone: ana.phone })
  const other = await create({ name: 'Kim', email: ana.email })
  const { id, existing, possible_duplicates } = await create({ ...ana, name: 'Kim' })
  assert.deepEqual([id, existing, possible_duplicates.length], [other.id, true, 1])
})

test('a +tag is another address', async t => {
  const { create } = await openBusiness(t)
  await create(ana)
  const tagged = await create({ name: ana.name, email: 'ana+kids@example.com' })
  assert.equal(tagged.existing, false)
})

test('a shared phone is allowed, and flagged', async t => {
  const { create } = await openBusiness(t)
  const mother = await create(ana)
  const child = await create({ name: 'Pablo García', phone: ana.phone })
  assert.equal(child.existing, false)
  assert.deepEqual(
    child.possible_duplicates.map(({ customer_id, evidence }) => ({ customer_id, evidence })),
    [{ customer_id: mother.id, evidence: ['same_phone'] }],
  )
})

test('likely duplicates come with their evidence, the likeliest first, and the merged are none', async t => {
  const { create, merge } = await openBusiness(t)
  const samePhone = await create({ name: 'Somebody Else', phone: ana.phone })
  const sameEmail = await create({ name: 'Reception', email: ana.email })
  const similar = await create({ name: 'Anna Garcia' })
  const gone = await create({ name: 'Anita', email: ana.email })
  await create({ name: 'Ana' })
  await merge(gone.id, similar.id)

  const { possible_duplicates } = await create(ana)
  assert.deepEqual(
    possible_duplicates.map(({ customer_id, evidence }) => [customer_id, evidence]),
    [
      [sameEmail.id, ['same_email']],
      [samePhone.id, ['same_phone']],
      [similar.id, ['similar_name']],
    ],
  )
  assert.equal(possible_duplicates[2]!.name_likeness, 0.91)
})

test('who was merged is known as the survivor', async t => {
  const { create, merge } = await openBusiness(t)
  const old = await create(ana)
  const survivor = await create({ name: 'Ana García López', email: 'ana@work.example' })
  await merge(old.id, survivor.id)
  const again = await create(ana)
  assert.deepEqual([again.id, again.existing, again.email], [survivor.id, true, 'ana@work.example'])
})

test('ten creating the same person at once make one', async t => {
  const { create, run, database } = await openBusiness(t)
  // Ten connections, open already, or the first call is over before the last has one.
  await Promise.all(Array.from({ length: 10 }, () => run(ctx => ctx.db.execute('SELECT pg_sleep(0.1)'))))
  for (const contact of [
    { email: ana.email },
    { phone: ana.phone },
    { email: 'b@example.com', phone: '0151 987654' },
  ]) {
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, n) => create({ name: n % 2 ? 'ANA GARCIA' : 'Ana García', ...contact })),
    )
    assert.equal(new Set(made.map(customer => customer.id)).size, 1)
    assert.equal(made.filter(customer => !customer.existing).length, 1)
  }
  const { rows } = await database.owner.query('SELECT count(*)::int AS count FROM customers')
  assert.equal(rows[0].count, 3)
})

test('two who need the same two locks never wait for each other', async t => {
  const { create } = await openBusiness(t)
  const [email, phone] = ['ana@example.com', '0151 23456789']
  const others = ['bea@example.com', '0151 98765432']
  const calls = Array.from({ length: 20 }, (_, n) =>
    create({ name: `Person ${n}`, email: n % 2 ? email : others[0], phone: n % 3 ? phone : others[1] }),
  )
  assert.equal(new Set((await Promise.all(calls)).map(customer => customer.id)).size, 20)
})

test("another business's customers are neither known nor alike", async t => {
  const { create, database } = await openBusiness(t)
  await create(ana)
  const { caller } = await signUp(database, 'eve@example.com')
  const made = await call(database, { caller }, ctx => createCustomer(ctx, ana))
  assert.deepEqual([made.existing, made.possible_duplicates], [false, []])
})

test('an impossible phone number makes nobody', async t => {
  const { create, database } = await openBusiness(t)
  await assert.rejects(create({ ...ana, phone: '12' }), { code: 'invalid_input' })
  const { rows } = await database.owner.query('SELECT FROM customers')
  assert.equal(rows.length, 0)
})
