import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MONDAY, openStudio } from '../../../test/support/entitlements.ts'
import { listPackages, updatePackage } from './packages.ts'
import { listLots } from './read.ts'
import { sellPackage } from './sell.ts'

test('a package is as given', async t => {
  const { offer, yoga, events } = await openStudio(t)
  const { id, ...rest } = await offer({ name: '10 yoga', service_ids: [yoga], activation: 'on_first_visit' })
  assert.deepEqual(rest, {
    name: '10 yoga',
    sessions: 10,
    validity: 'P3M',
    activation: 'on_first_visit',
    service_ids: [yoga],
    price: { amount: 12_000, currency: 'EUR' },
    status: 'active',
    version: 1,
  })
  assert.deepEqual(events.at(-1), { type: 'package.created', subject: { kind: 'package', id } })
})

test('a pass without a number of sessions needs an end', async t => {
  const { offer } = await openStudio(t)
  await assert.rejects(offer({ sessions: null, validity: null }), { code: 'invalid_input' })
  assert.equal((await offer({ sessions: null, validity: 'P1M' })).sessions, null)
})

test('it covers services that there are, and costs what the business charges in', async t => {
  const { offer, yoga } = await openStudio(t)
  await assert.rejects(offer({ service_ids: [yoga, crypto.randomUUID()] }), { code: 'not_found' })
  await assert.rejects(offer({ price: { amount: 1, currency: 'JPY' } }), { code: 'currency_mismatch' })
  assert.deepEqual((await offer({ service_ids: [yoga, yoga] })).service_ids, [yoga, yoga])
})

test('a change rests on the version that was read', async t => {
  const { offer, run } = await openStudio(t)
  const { id } = await offer()
  const change = (patch: { version: number; name?: string }) =>
    run(MONDAY, context => updatePackage(context, { package_id: id, ...patch }))
  assert.deepEqual((await change({ version: 1, name: 'New' })).version, 2)
  await assert.rejects(change({ version: 1 }), { code: 'stale_version', details: { current_version: 2 } })
})

test('what is archived is listed apart and not sold; what was sold of it stays', async t => {
  const { offer, run, ana } = await openStudio(t)
  const { id } = await offer()
  const sell = () => run(MONDAY, context => sellPackage(context, { package_id: id, customer_id: ana }))
  const { lot } = await sell()
  await run(MONDAY, context => updatePackage(context, { package_id: id, version: 1, status: 'archived' }))
  await assert.rejects(sell(), { code: 'not_found' })
  const listed = async (status: 'active' | 'archived') =>
    (await run(MONDAY, context => listPackages(context, { status, limit: 10 }))).rows.map(row => row.id)
  assert.deepEqual([await listed('active'), await listed('archived')], [[], [id]])
  const filter = { customerId: ana, includeExpired: false, limit: 10 }
  const { rows } = await run(MONDAY, context => listLots(context, filter))
  assert.deepEqual(
    rows.map(row => [row.id, row.balance]),
    [[lot.id, 10]],
  )
})

test('nothing is sold to who is archived or unknown, and what is sold to who was merged is the survivor’s', async t => {
  const { offer, run, customer, database, ana } = await openStudio(t)
  const { id } = await offer()
  const sell = (customer_id: string) =>
    run(MONDAY, context => sellPackage(context, { package_id: id, customer_id }))
  const [archived, merged] = [await customer('Archived'), await customer('Merged')]
  await database.owner.query("UPDATE customers SET status = 'archived' WHERE id = $1", [archived])
  await database.owner.query("UPDATE customers SET status = 'merged', merged_into = $2 WHERE id = $1", [
    merged,
    ana,
  ])
  for (const nobody of [archived, crypto.randomUUID()])
    await assert.rejects(sell(nobody), { code: 'not_found' })
  assert.equal((await sell(merged)).lot.customerId, ana)
})
