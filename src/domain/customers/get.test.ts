import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { call, signUp } from '../../../test/support/access.ts'
import { openBusiness } from '../../../test/support/customers.ts'
import { getCustomer } from './get.ts'

test('a merged id shows the survivor, through chains', async t => {
  const { create, merge, run } = await openBusiness(t)
  const [a, b, c] = [
    await create({ name: 'Ann' }),
    await create({ name: 'Bob' }),
    await create({ name: 'Cy' }),
  ]
  await merge(a.id, b.id)
  await merge(b.id, c.id)
  for (const [asked, merged_from] of [
    [a.id, a.id],
    [b.id, b.id],
    [c.id, null],
  ] as const) {
    const found = await run(ctx => getCustomer(ctx, asked))
    assert.deepEqual([found.id, found.name, found.merged_from], [c.id, 'Cy', merged_from])
  }
})

test("a random id and another business's customer are not found", async t => {
  const { create, database } = await openBusiness(t)
  const { id: foreign } = await create({ name: 'Ann' })
  const { caller } = await signUp(database, 'eve@example.com')
  for (const id of [foreign, randomUUID()]) {
    await assert.rejects(
      call(database, { caller }, ctx => getCustomer(ctx, id)),
      { code: 'not_found', details: { kind: 'customer' } },
    )
  }
})
