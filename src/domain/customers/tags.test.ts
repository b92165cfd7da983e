import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBusiness } from '../../../test/support/customers.ts'
import { archiveCustomer } from './archive.ts'
import { searchCustomers } from './search.ts'
import { setTags } from './tags.ts'
import { updateCustomer } from './update.ts'

test('tags are set exactly, each once whatever its case; the same list again changes nothing', async t => {
  const { create, run, events } = await openBusiness(t)
  const { id } = await create({ name: 'Ana', tags: ['old'] })
  const set = await run(ctx => setTags(ctx, id, ['VIP', ' vip', 'Nut  Allergy']))
  assert.deepEqual([set.tags, set.version], [['vip', 'nut allergy'], 2])
  const again = await run(ctx => setTags(ctx, id, ['nut allergy', 'vip']))
  assert.equal(again.version, 2)
  assert.equal(events.filter(({ type }) => type === 'customer.updated').length, 1)
})

test('who is archived is in no search until they are brought back; archiving twice is archiving once', async t => {
  const { create, run } = await openBusiness(t)
  const { id } = await create({ name: 'Ana' })
  for (let n = 0; n < 2; n++) {
    const { status, version } = await run(ctx => archiveCustomer(ctx, id))
    assert.deepEqual([status, version], ['archived', 2])
  }
  const found = async () => (await run(ctx => searchCustomers(ctx, { text: 'ana', limit: 5 }))).rows.length
  assert.equal(await found(), 0)
  await run(ctx => updateCustomer(ctx, id, { version: 2, status: 'active' }))
  assert.equal(await found(), 1)
})
