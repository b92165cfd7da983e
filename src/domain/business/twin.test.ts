import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Body, type Caller, done } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'

test('a new workspace has its first location, and a sandbox is a twin of the business', async t => {
  const server = await startServer(t)
  const { key } = await server.signUp('Studio Norte')
  const live = { url: server.url, key }
  const [first] = await done(live, 'list_locations')
  assert.deepEqual([first.name, first.time_zone], ['Studio Norte', 'Europe/Madrid'])
  await furnish(live, first.id)

  const { api_key } = await made(live, 'create_sandbox', {})
  const sandbox = { url: server.url, key: api_key }
  assert.deepEqual(await portrait(sandbox), await portrait(live))
  assert.notEqual((await done(sandbox, 'list_locations'))[0].id, first.id)
  const [{ reason, ...away }] = await done(sandbox, 'list_time_off')
  assert.equal(reason, null) // Not why.
  assert.equal(away.local_ends_at, '2031-08-17T00:00:00')
  const states = async (business: Caller) =>
    (await done(business, 'list_message_templates', { key: 'hello', channel: 'whatsapp' })).map(
      (template: Body) => template.provider_state,
    )
  assert.deepEqual([await states(live), await states(sandbox)], [['draft'], ['approved']])

  const [person] = await done(sandbox, 'list_staff')
  await done(sandbox, 'update_staff', { staff_id: person.id, version: person.version, name: 'Changed' })
  assert.notEqual((await done(live, 'list_staff'))[0].name, 'Changed')
})

async function furnish(live: Caller, location_id: string): Promise<void> {
  await made(live, 'create_location', { name: 'Playa', time_zone: 'Atlantic/Canary' })
  await done(live, 'set_location_closures', {
    location_id,
    from: '2031-12-25',
    to: '2031-12-25',
    closures: [{ date: '2031-12-25', reason: 'Christmas' }],
  })
  const hello = { key: 'hello', language: 'es', purpose: 'transactional' }
  for (const [channel, body] of [
    ['sms', 'Hola.'],
    ['sms', 'Hola, {{customer_name}}.'],
    ['whatsapp', 'Hola.'],
  ])
    await done(live, 'upsert_message_template', { ...hello, channel, body })
  const price = { amount: 3500, currency: 'EUR' }
  const cut = await made(live, 'create_service', { name: 'Cut', duration_minutes: 45, price })
  await done(live, 'set_service_booking_policy', { service_id: cut.id, notice_minutes: 90 })
  const fields = [{ key: 'allergies', label: 'Any allergies?', type: 'yes_no', required: true }]
  await done(live, 'set_service_intake_form', { service_id: cut.id, fields })
  const variants = [
    { name: 'Short', duration_minutes: 30, price },
    { name: 'Long', price },
  ]
  await done(live, 'set_service_variants', { service_id: cut.id, variants })
  await done(live, 'set_service_addons', {
    service_id: cut.id,
    addons: [{ name: 'Mask', minutes: 10, price }],
  })
  const chairs = await made(live, 'create_resource', { location_id, name: 'Chair', units: 3 })
  await done(live, 'set_service_resources', { service_id: cut.id, needs: [{ resource_ids: [chairs.id] }] })
  const colour = await made(live, 'create_service', { name: 'Colour', duration_minutes: 90, price })
  const segments = [{ minutes: 30, gap_after_minutes: 30 }, { minutes: 30 }]
  await done(live, 'set_service_segments', { service_id: colour.id, segments })
  const [audited] = await done(live, 'list_audit_events', { limit: 1 })
  const lucia = await made(live, 'create_staff', {
    name: 'Lucía',
    member_id: audited.on_behalf_of,
    location_ids: [location_id],
  })
  const job = { staff_id: lucia.id, location_id }
  await done(live, 'set_staff_services', {
    staff_id: lucia.id,
    services: [{ service_id: cut.id, duration_minutes: 60 }],
  })
  await done(live, 'set_weekly_schedule', { ...job, weekly: { tue: [{ from: '10:00', to: '14:00' }] } })
  await done(live, 'set_schedule_override', { ...job, date: '2031-01-07', intervals: [] })
  const off = { staff_id: lucia.id, from: '2031-08-04', to: '2031-08-16', reason: 'Operation' }
  await made(live, 'create_time_off', off)
}

/** All that a business says of itself, each id by the name of what it stands for. */
async function portrait(business: Caller): Promise<unknown> {
  const [locations, staff, services, resources, schedules, templates] = [
    await done(business, 'list_locations'),
    await done(business, 'list_staff'),
    await done(business, 'list_services'),
    await done(business, 'list_resources'),
    await done(business, 'list_schedules', { from: '2031-01-01' }),
    await done(business, 'list_message_templates', { channel: 'sms' }),
  ]
  const policies = []
  for (const { id } of services) policies.push(await done(business, 'get_service', { service_id: id }))
  const options = services.flatMap(({ variants, addons }: Body) => [...variants, ...addons])
  const all = [...locations, ...staff, ...services, ...resources, ...options]
  const names = new Map(all.map(({ id, name }: Body) => [id, name]))
  const named = JSON.stringify(
    { locations, staff, services, resources, schedules, templates, policies },
    (field, value) => (field === 'member_id' ? value !== null : (names.get(value) ?? value)),
  )
  return JSON.parse(named)
}
