import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { type Caller, callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { openBusiness } from '../../../test/support/customers.ts'
import { startServer } from '../../../test/support/server.ts'
import { made, openShop } from '../../../test/support/shop.ts'
import { createLocation } from './locations.ts'
import { createService } from './services.ts'
import { setSkills } from './skills.ts'
import { createStaff, deactivateStaff, findPerson, listStaff, updateStaff } from './staff.ts'

const price = { amount: 3500, currency: 'EUR' }

test('a new person works at every location, unless some are named', async t => {
  const { run } = await openBusiness(t)
  const [north, south] = await run(async ctx => [
    await createLocation(ctx, { name: 'Nord' }),
    await createLocation(ctx, { name: 'Süd' }),
  ])
  const everywhere = await run(ctx => createStaff(ctx, { name: 'Ida' }))
  assert.deepEqual(new Set(everywhere.location_ids), new Set([north!.id, south!.id]))
  const there = await run(ctx => createStaff(ctx, { name: 'Jan', location_ids: [south!.id] }))
  assert.deepEqual(there.location_ids, [south!.id])

  const atNorth = await run(ctx => listStaff(ctx, { status: 'active', location_id: north!.id, limit: 5 }))
  assert.deepEqual(
    atNorth.rows.map(({ name }) => name),
    ['Ida'],
  )
})

test('a patch changes what it names, of the version it was based on', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createStaff(ctx, { name: 'Ida', colour: '#1e90ff' }))
  const patch = { staff_id: id, version: 1, name: 'Ida Berg' }
  const changed = await run(ctx => updateStaff(ctx, patch))
  assert.deepEqual([changed.name, changed.colour, changed.version], ['Ida Berg', '#1e90ff', 2])
  await assert.rejects(
    run(ctx => updateStaff(ctx, patch)),
    { code: 'stale_version', details: { current_version: 2 } },
  )
  await assert.rejects(
    run(ctx => updateStaff(ctx, { ...patch, staff_id: randomUUID() })),
    { code: 'not_found' },
  )
})

test('what a person performs is replaced whole, with a time and a price of their own', async t => {
  const { run } = await openBusiness(t)
  const offer = (name: string) => run(ctx => createService(ctx, { name, duration_minutes: 45, price }))
  const [cut, colour] = [await offer('Cut'), await offer('Colour')]
  const { id } = await run(ctx => createStaff(ctx, { name: 'Ida' }))
  await run(ctx => setSkills(ctx, { staff_id: id, services: [{ service_id: colour.id }] }))
  const senior = { amount: 4900, currency: 'EUR' }
  const services = [{ service_id: cut.id, duration_minutes: 60, price: senior }]
  const person = await run(ctx => setSkills(ctx, { staff_id: id, services }))
  assert.deepEqual(person.services, services)
  await assert.rejects(
    run(ctx =>
      setSkills(ctx, {
        staff_id: id,
        services: [{ service_id: cut.id, price: { amount: 1, currency: 'USD' } }],
      }),
    ),
    { code: 'currency_mismatch' },
  )
  const performing = (service_id: string) =>
    run(ctx => listStaff(ctx, { status: 'active', service_id, limit: 5 }))
  assert.equal((await performing(cut.id)).rows.length, 1)
  assert.equal((await performing(colour.id)).rows.length, 0)
})

test('who is deactivated is out of the list and can be read; once more says nothing; a patch brings them back', async t => {
  const { run, events } = await openBusiness(t)
  const { id } = await run(ctx => createStaff(ctx, { name: 'Ida' }))
  const left = await run(ctx => deactivateStaff(ctx, { staff_id: id }))
  assert.deepEqual(await run(ctx => deactivateStaff(ctx, { staff_id: id })), left)
  assert.deepEqual(await run(ctx => findPerson(ctx, id)), left)
  assert.equal(events.filter(({ type }) => type === 'staff.deactivated').length, 1)
  const listed = async (status: 'active' | 'deactivated') =>
    (await run(ctx => listStaff(ctx, { status, limit: 5 }))).rows.length
  assert.deepEqual([await listed('active'), await listed('deactivated')], [0, 1])
  await run(ctx => updateStaff(ctx, { staff_id: id, version: left.version, status: 'active' }))
  assert.equal(await listed('active'), 1)
})

test('who has bookings to come stays until there is a plan for them', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  const { locationId: location_id, serviceId: service_id } = shop
  const [staff_id] = shop.staffIds
  const { id: customer_id } = await made(shop, 'create_customer', { name: 'Ana' })
  const start = shop.morning(3).toInstant().toString()
  const booking = await made(shop, 'create_booking', {
    customer_id,
    service_id,
    location_id,
    staff_id,
    start,
  })

  const { isError, body } = await callTool(shop, 'deactivate_staff', { staff_id })
  assert.ok(isError)
  assert.equal(body.code, 'invalid_transition')
  assert.deepEqual(body.details, { bookings: [{ id: booking.id, starts_at: start }], more: false })

  await done(shop, 'set_sandbox_clock', { to: shop.morning(4).toInstant().toString() })
  const preview = await callTool(shop, 'deactivate_staff', { staff_id })
  assert.equal(preview.body.status, 'needs_confirmation')
  const { confirm_token } = preview.body
  assert.equal((await done(shop, 'deactivate_staff', { staff_id, confirm_token })).status, 'deactivated')
})

test('a confirmation rests on the person as they were previewed', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  const [staff_id] = shop.staffIds
  const { confirm_token } = (await callTool(shop, 'deactivate_staff', { staff_id })).body
  await done(shop, 'set_staff_services', { staff_id, services: [] })
  assert.equal(await refused(shop, 'deactivate_staff', { staff_id, confirm_token }), 'confirmation_invalid')
})

test('a member is linked to one person; who or what is not there is not found', async t => {
  const server = await startServer(t)
  const { key } = await server.signUp()
  const owner = { url: server.url, key }
  const member_id = await memberOf(owner)
  await made(owner, 'create_staff', { name: 'Ida', member_id })
  const create = (input: Record<string, unknown>) =>
    refused(owner, 'create_staff', { name: 'Jan', ...input, idempotency_key: fresh() })
  assert.equal(await create({ member_id }), 'invalid_input')
  assert.equal(await create({ member_id: 'member_01h2xcejqtf2nbrexx3vqjhp41' }), 'not_found')
  assert.equal(await create({ location_ids: ['location_01h2xcejqtf2nbrexx3vqjhp41'] }), 'not_found')
})

/** Whom this key acts for: the audit says it of any change. */
async function memberOf(owner: Caller): Promise<string> {
  await done(owner, 'update_workspace_settings', { version: 1 })
  const [entry] = await done(owner, 'list_audit_events', { limit: 1 })
  return entry.on_behalf_of
}
