import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { callTool, done } from '../../../test/support/caller.ts'
import { openBusiness } from '../../../test/support/customers.ts'
import { startServer } from '../../../test/support/server.ts'
import { made, openShop } from '../../../test/support/shop.ts'
import { readService, setBookingPolicy } from './booking-policy.ts'
import { archiveService, createService, listServices, updateService } from './services.ts'
import { setSkills } from './skills.ts'
import { createStaff, deactivateStaff } from './staff.ts'

const price = { amount: 3500, currency: 'EUR' }
const cut = { name: 'Cut', category: 'Hair', duration_minutes: 45, price }

test('a service begins without buffers, and with the rules of booking that hold until somebody says otherwise', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createService(ctx, cut))
  assert.deepEqual(await run(ctx => readService(ctx, id)), {
    id,
    ...cut,
    description: null,
    buffer_before_minutes: 0,
    buffer_after_minutes: 0,
    capacity: 1,
    tax_category: null,
    status: 'active',
    version: 1,
    segments: null,
    variants: [],
    addons: [],
    resources: [],
    policy: {
      slot_interval_minutes: null,
      notice_minutes: 0,
      window_days: 60,
      requires_confirmation: false,
      answer_within_minutes: null,
      cancel_cutoff_minutes: 1440,
      hold_minutes: 10,
      customer_limits: {},
      requires_entitlement: false,
      deposit: null,
      late_cancel_fee: null,
      no_show_fee: null,
    },
    staff: [],
  })
})

test('a service says how large a party it takes and under which heading of tax it falls', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createService(ctx, { ...cut, capacity: 4, tax_category: 'reduced' }))
  const terms = async () => {
    const { capacity, tax_category } = await run(ctx => readService(ctx, id))
    return [capacity, tax_category]
  }
  assert.deepEqual(await terms(), [4, 'reduced'])
  await run(ctx => updateService(ctx, { service_id: id, version: 1, capacity: 2 }))
  assert.deepEqual(await terms(), [2, 'reduced'])
  await run(ctx => updateService(ctx, { service_id: id, version: 2, tax_category: null }))
  assert.deepEqual(await terms(), [2, null])
})

test('a price is in the currency of the business', async t => {
  const { run } = await openBusiness(t)
  const dollars = { amount: 3500, currency: 'USD' }
  await assert.rejects(
    run(ctx => createService(ctx, { ...cut, price: dollars })),
    { code: 'currency_mismatch', details: { currency: 'EUR' } },
  )
  const { id } = await run(ctx => createService(ctx, cut))
  await assert.rejects(
    run(ctx => updateService(ctx, { service_id: id, version: 1, price: dollars })),
    { code: 'currency_mismatch' },
  )
})

test('a patch changes what it names, of the version it was based on', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createService(ctx, cut))
  const patch = { service_id: id, version: 1, duration_minutes: 60 }
  const changed = await run(ctx => updateService(ctx, patch))
  assert.deepEqual([changed.duration_minutes, changed.price, changed.version], [60, price, 2])
  await assert.rejects(
    run(ctx => updateService(ctx, patch)),
    { code: 'stale_version', details: { current_version: 2 } },
  )
  await assert.rejects(
    run(ctx => updateService(ctx, { ...patch, service_id: randomUUID() })),
    { code: 'not_found' },
  )
})

test('the rules of booking are replaced whole, and a confirmation notices', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createService(ctx, cut))
  const policy = {
    slot_interval_minutes: 15,
    notice_minutes: 120,
    window_days: 30,
    requires_confirmation: true,
    answer_within_minutes: 240,
    cancel_cutoff_minutes: 720,
    hold_minutes: 5,
    customer_limits: { cooldown_minutes: 60, week_limit: 2 },
    requires_entitlement: true,
    deposit: { amount: 1000, currency: 'EUR' },
    late_cancel_fee: { amount: 1500, currency: 'EUR' },
    no_show_fee: null,
  }
  const set = await run(ctx => setBookingPolicy(ctx, { service_id: id, ...policy }))
  assert.deepEqual(set, { service_id: id, version: 2, ...policy })
  assert.deepEqual((await run(ctx => readService(ctx, id))).policy, policy)
})

test('an archived service is off the list, can be read, and comes back', async t => {
  const { run, events } = await openBusiness(t)
  const { id } = await run(ctx => createService(ctx, cut))
  const archived = await run(ctx => archiveService(ctx, { service_id: id }))
  assert.deepEqual(await run(ctx => archiveService(ctx, { service_id: id })), archived)
  assert.equal(events.filter(({ type }) => type === 'service.archived').length, 1)
  assert.equal((await run(ctx => readService(ctx, id))).status, 'archived')
  const listed = async (status: 'active' | 'archived', category?: string) =>
    (await run(ctx => listServices(ctx, { status, category, limit: 5 }))).rows.length
  assert.deepEqual([await listed('active'), await listed('archived')], [0, 1])
  assert.deepEqual([await listed('archived', 'HAIR'), await listed('archived', 'Nails')], [1, 0])
  await run(ctx => updateService(ctx, { service_id: id, version: archived.version, status: 'active' }))
  assert.equal(await listed('active'), 1)
})

test('who performs a service is who is active, with their own time and price', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createService(ctx, cut))
  const [ida, jan] = await run(async ctx => [
    await createStaff(ctx, { name: 'Ida' }),
    await createStaff(ctx, { name: 'Jan' }),
  ])
  const own = { duration_minutes: 30, price: { amount: 2900, currency: 'EUR' } }
  await run(ctx => setSkills(ctx, { staff_id: ida!.id, services: [{ service_id: id, ...own }] }))
  await run(ctx => setSkills(ctx, { staff_id: jan!.id, services: [{ service_id: id }] }))
  await run(ctx => deactivateStaff(ctx, { staff_id: jan!.id }))
  assert.deepEqual((await run(ctx => readService(ctx, id))).staff, [
    { staff_id: ida!.id, name: 'Ida', ...own },
  ])
})

test('bookings keep the terms they were made on, and a change says how many', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  const { locationId: location_id, serviceId: service_id } = shop
  const { id: customer_id } = await made(shop, 'create_customer', { name: 'Ana' })
  const start = shop.morning(1).toInstant().toString()
  const booking = await made(shop, 'create_booking', { customer_id, service_id, location_id, start })

  const { version } = await done(shop, 'get_service', { service_id })
  const patch = { duration_minutes: 90, buffer_after_minutes: 30, price: { amount: 9900, currency: 'EUR' } }
  const changed = await done(shop, 'update_service', { service_id, version, ...patch })
  assert.equal(changed.bookings_keeping_old_terms, 1)
  const kept = await done(shop, 'get_booking', { booking_id: booking.id })
  assert.deepEqual([kept.ends_at, kept.price.amount], [booking.ends_at, 5000])

  const { data } = (await callTool(shop, 'archive_service', { service_id })).body
  assert.equal(data.bookings_keeping_old_terms, 1)
})
