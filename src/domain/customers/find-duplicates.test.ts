import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBusiness } from '../../../test/support/customers.ts'
import { findDuplicates, scoreOf } from './find-duplicates.ts'

test('pairs come with evidence and a score, the surest first; the merged are in none', async t => {
  const { create, merge, run } = await openBusiness(t)
  const ana = await create({ name: 'Ana García', email: 'ana@example.com', phone: '0151 23456789' })
  const sameMail = await create({ name: 'Anna Garcia', email: 'ANA@example.com' })
  const child = await create({ name: 'Pablo', phone: '0151 23456789' })
  const gone = await create({ name: 'Ana G.', email: 'ana@example.com' })
  await merge(gone.id, ana.id)
  await create({ name: 'Nobody else' })
  const pairs = await run(ctx => findDuplicates(ctx, { limit: 10 }))
  assert.deepEqual(
    pairs.map(({ customers, evidence }) => [customers.map(({ customer_id }) => customer_id), evidence]),
    [
      [[ana.id, sameMail.id].sort(), ['same_email', 'similar_name']],
      [[ana.id, child.id].sort(), ['same_phone']],
    ],
  )
  assert.ok(pairs[0]!.score > pairs[1]!.score)
  assert.equal((await run(ctx => findDuplicates(ctx, { customerId: child.id, limit: 10 }))).length, 1)
})

test('names that are alike are found of one customer, also without a contact', async t => {
  const { create, run } = await openBusiness(t)
  const one = await create({ name: 'Katharina Schmidt' })
  await create({ name: 'Catharina Schmidt' })
  const [pair] = await run(ctx => findDuplicates(ctx, { customerId: one.id, limit: 10 }))
  assert.deepEqual(pair?.evidence, ['similar_name'])
})

test('more evidence never scores less, and the score is from 0 to 1', () => {
  const flags = [false, true]
  for (const likeness of [0, 0.5, 0.8, 0.95, 1])
    for (const sameEmail of flags)
      for (const samePhone of flags) {
        const base = { likeness, sameEmail, samePhone, otherEmail: false }
        const score = scoreOf(base)
        assert.ok(score >= 0 && score <= 1)
        assert.ok(scoreOf({ ...base, sameEmail: true }) >= score)
        assert.ok(scoreOf({ ...base, samePhone: true }) >= score)
        assert.ok(scoreOf({ ...base, likeness: 1 }) >= score)
      }
})
