/** The console: "undo where it is possible" (issue 6). Plain forms and redirects, as a browser without a script sends them. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { unlimited } from './support/booking.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import {
  BLOCKED,
  type Console,
  formsOf,
  hiddenIn,
  openConsole,
  policyFields,
  undoIn,
} from './support/console.ts'
import { until } from './support/jobs.ts'
import { signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { colleague } from './support/team.ts'

const server = await startServer({ after }, unlimited)

test('services, hours, settings, absences and customers: each edit is taken back by its Undo, and all of it is in the audit', async () => {
  const desk = await openConsole(server)
  const service = await desk.service()
  const customer = await made(desk.agent, 'create_customer', {
    name: 'Nadia Prieto',
    phone: '600 123 456 x12',
  })
  const [location] = await done(desk.agent, 'list_locations')
  const person = await made(desk.agent, 'create_staff', { name: 'Eva', location_ids: [location.id] })
  const at = `/console/services/${service.id}`
  const edits: [path: string, fields: Record<string, string>, look: () => Promise<unknown>][] = [
    [
      `${at}/edit`,
      { version: '1', name: 'Cut', category: '', description: 'Dry.', duration: '50', price: '40' },
      () => termsOf(desk, service),
    ],
    [
      `${at}/policy`,
      { version: '3', ...policyFields },
      async () => (await desk.read('get_service', { service_id: service.id })).policy,
    ],
    [
      `/console/services/hours/${location.id}`,
      { mon: '10:00–14:00' },
      async () => (await done(desk.agent, 'list_locations'))[0].hours,
    ],
    [
      `/console/services/closures/${location.id}`,
      { from: '2030-12-24', to: '2030-12-26', reason: 'Christmas' },
      async () => (await done(desk.agent, 'list_locations'))[0].closures,
    ],
    [
      '/console/settings',
      {
        version: '1',
        name: 'Studio Sur',
        time_zone: 'Europe/Lisbon',
        country: 'PT',
        from: '21:00',
        to: '08:00',
      },
      async () => ({ ...(await done(desk.agent, 'get_workspace_settings')), version: 0 }),
    ],
    [
      `/console/customers/${customer.id}/edit`,
      { version: '1', name: 'Nadia P.', email: 'n@p.example', phone: '+34611111111', note: 'Tea' },
      async () => ({
        ...(await done(desk.agent, 'get_customer', { customer_id: customer.id })),
        version: 0,
        updated_at: null,
      }),
    ],
    [
      '/console/settings/templates/booking_confirmation/sms/en',
      { body: 'See you on {{date}}.' },
      async () => {
        const found = await done(desk.agent, 'list_message_templates', { key: 'booking_confirmation' })
        return found.find(({ channel, language }: Body) => channel === 'sms' && language === 'en')
      },
    ],
    [
      `/console/team/${person.id}/away`,
      { from: '2030-08-05', to: '2030-08-16', idempotency_key: fresh() },
      () => done(desk.agent, 'list_time_off', { staff_id: person.id }),
    ],
  ]
  for (const [path, fields, look] of edits) {
    const before = await look()
    const undo = await desk.change(path, fields)
    assert.notDeepEqual(await look(), before, path)
    const undone = await desk.settled(undo)
    assert.match(undone.to!, /said=undone/, path)
    assert.deepEqual(await look(), before, path)
    assert.match((await desk.get(undone.to!)).text, /Taken back: it is as it was before\./)
  }
  const audit = await done(desk.agent, 'list_audit_events', { tool: 'update_service' })
  assert.deepEqual(
    audit.filter(({ outcome }: Body) => outcome === 'done').length,
    2,
    'the edit, and what took it back',
  )
})

async function termsOf(desk: Console, service: Body): Promise<unknown> {
  const { version: _, ...terms } = await desk.read('get_service', { service_id: service.id })
  return terms
}

test('an automation keeps its template and channel when it is switched, and an undo passes its own gate: the preview first', async () => {
  const desk = await openConsole(server)
  const set = { key: 'booking_cancelled', enabled: true, template: 'booking_moved', channel: 'email' }
  await desk.confirm('/console/settings/automations/booking_cancelled', { enabled: 'yes' })
  const approval = (await callTool(desk.agent, 'upsert_automation', set)).body.approval
  await desk.person.decide(approval.id, 'approve')
  const look = async () =>
    (await done(desk.agent, 'list_automations')).find(({ key }: Body) => key === set.key)
  const undo = await desk.confirm('/console/settings/automations/booking_cancelled', { enabled: 'no' })
  const off = await look()
  assert.deepEqual([off.enabled, off.template, off.channel], [false, 'booking_moved', 'email'])
  const asked = await desk.post(undo)
  assert.equal(asked.status, 200, 'as for any call of it, a person sees what would come of it')
  assert.equal((await look()).enabled, false)
  const { to } = await desk.post(undo, hiddenIn(asked.text))
  assert.match(to!, /said=undone.*#automations$/)
  const on = await look()
  assert.deepEqual([on.enabled, on.template, on.channel], [true, 'booking_moved', 'email'])
})

test('an approval policy is put back whole, by a person who is asked once more', async () => {
  const desk = await openConsole(server)
  await desk.confirm('/console/settings/rules', {
    tool: 'cancel_booking',
    gate: 'approve',
    reviewers: 'owner',
  })
  const rules = async () => (await done(desk.agent, 'get_workspace_settings')).approval_rules
  const before = await rules()
  const undo = await desk.confirm('/console/settings/rules', {
    tool: 'send_message',
    gate: 'allow',
    reviewers: 'admin',
  })
  assert.equal((await rules()).length, 2)
  assert.match((await desk.settled(undo)).to!, /said=undone/)
  assert.deepEqual(await rules(), before)
})

test('an archived service comes back by Undo, and later from its own page; what is booked stays booked', async () => {
  const desk = await openConsole(server)
  const service = await desk.service()
  const at = `/console/services/${service.id}`
  const status = async () => (await desk.read('get_service', { service_id: service.id })).status
  const undo = await desk.confirm(`${at}/archive`)
  assert.equal(await status(), 'archived')
  assert.match((await desk.get('/console/services')).text, /Archived <span[\s\S]*Haircut/)
  assert.match((await desk.post(undo)).to!, /said=undone/)
  assert.equal(await status(), 'active')
  await desk.confirm(`${at}/archive`)
  const { text } = await desk.get(at)
  const { to } = await desk.post(`${at}/restore`, { version: /name="version" value="(\d+)"/.exec(text)![1]! })
  assert.match(to!, /said=restored/)
  assert.equal(await status(), 'active')
})

test('pressed twice, also at once, an undo acts once', async () => {
  const desk = await openConsole(server)
  const [location] = await done(desk.agent, 'list_locations')
  const undo = await desk.change(`/console/services/hours/${location.id}`, { mon: '10:00–14:00' })
  const answers = await Promise.all(Array.from({ length: 8 }, () => desk.post(undo)))
  for (const { status, text } of answers)
    assert.ok(status === 303 || (status === 409 && /at this very moment/.test(text)), String(status))
  assert.match((await desk.post(undo)).to!, /said=undone/)
  const calls = await done(desk.agent, 'list_audit_events', { tool: 'set_location_hours' })
  assert.equal(calls.filter(({ outcome }: Body) => outcome === 'done').length, 2, 'the change, and one undo')
})

test('what somebody has changed since is not undone: stale_version, and what to do', async () => {
  const desk = await openConsole(server)
  const [{ id: location_id }] = await done(desk.agent, 'list_locations')
  const { id: service_id } = await desk.service()
  const at = `/console/services`
  const since: [path: string, fields: Record<string, string>, tool: string, args: Body][] = [
    [`${at}/hours/${location_id}`, { mon: '10:00–14:00' }, 'set_location_hours', { location_id, hours: {} }],
    [
      `${at}/closures/${location_id}`,
      { from: '2030-12-24' },
      'set_location_closures',
      {
        location_id,
        from: '2030-12-24',
        to: '2030-12-24',
        closures: [{ date: '2030-12-24', reason: 'Eve' }],
      },
    ],
    [
      `${at}/${service_id}/edit`,
      { version: '1', name: 'Cut', duration: '45', price: '35' },
      'update_service',
      { service_id, version: 2, name: 'Trim' },
    ],
    [
      `${at}/${service_id}/policy`,
      { version: '3', ...policyFields },
      'set_service_booking_policy',
      { service_id },
    ],
  ]
  for (const [path, fields, tool, args] of since) {
    const undo = await desk.change(path, fields)
    await done(desk.agent, tool, args)
    const stale = await desk.post(undo)
    assert.equal(stale.status, 409, path)
    assert.match(stale.text, /An undo would take that change away as well, so nothing was done\./)
    const [latest] = await done(desk.agent, 'list_audit_events', { tool })
    assert.deepEqual([latest.outcome, latest.error_code], ['refused', 'stale_version'], path)
  }
})

for (const [what, { path, fields, table, rival, stands }] of Object.entries(rivals()))
  test(`whoever changes ${what} while an undo waits for it is not overwritten`, async () => {
    const desk = await openConsole(server)
    const [location] = await done(desk.agent, 'list_locations')
    const service = await desk.service()
    const ids = { location: location.id, service: service.id }
    const undo = await desk.change(path(ids), fields)
    const other = await server.house.database.owner.connect()
    try {
      await other.query('BEGIN')
      await other.query(rival, [uuidOf(ids[table])])
      const pressed = desk.post(undo)
      await until(async () => (await other.query(BLOCKED)).rows.length > 0)
      await other.query('COMMIT')
      const { status, text } = await pressed
      assert.equal(status, 409)
      assert.match(text, /An undo would take that change away as well/)
      assert.equal((await other.query(stands, [uuidOf(ids[table])])).rows.length, 1)
    } finally {
      other.release()
    }
  })

/** Where an edit is made, and the row that somebody else changes at the same moment, by SQL; and that their change stands. */
function rivals() {
  type Ids = { location: string; service: string }
  return {
    'the hours of a place': {
      path: ({ location }: Ids) => `/console/services/hours/${location}`,
      fields: { mon: '10:00–14:00' },
      table: 'location',
      rival: `UPDATE locations SET address = 'Calle Mayor 1', version = version + 1 WHERE id = $1`,
      stands: `SELECT FROM locations WHERE id = $1 AND address = 'Calle Mayor 1' AND hours->'mon' = '[{"from":"10:00","to":"14:00"}]'`,
    },
    'the closures of a place': {
      path: ({ location }: Ids) => `/console/services/closures/${location}`,
      fields: { from: '2030-12-24' },
      table: 'location',
      rival: `WITH held AS (SELECT * FROM locations WHERE id = $1 FOR NO KEY UPDATE)
        UPDATE location_closures SET reason = 'Eve' FROM held WHERE location_id = held.id`,
      stands: `SELECT FROM location_closures WHERE location_id = $1 AND reason = 'Eve'`,
    },
    'the policy of a service': {
      path: ({ service }: Ids) => `/console/services/${service}/policy`,
      fields: { version: '1', ...policyFields },
      table: 'service',
      rival: `UPDATE services SET name = 'Trim', version = version + 1 WHERE id = $1`,
      stands: `SELECT FROM services WHERE id = $1 AND name = 'Trim' AND version = 3`,
    },
  } as const
}

test('an undo is of who made the change alone, and of their workspace', async () => {
  const desk = await openConsole(server)
  const { email } = await colleague(server, desk.signedUp, { person: desk.person, role: 'admin' })
  const marta = formsOf(server, (await signIn(server, email)).cookie)
  const [location] = await done(desk.agent, 'list_locations')
  const undo = await desk.change(`/console/services/hours/${location.id}`, { mon: '10:00–14:00' })
  const refused = await marta.post(undo)
  assert.equal(refused.status, 404)
  assert.match(refused.text, /taken back by the person who made it/)
  const stranger = await openConsole(server)
  assert.equal((await stranger.post(undo)).status, 404)
  assert.equal((await desk.post('/console/undo/none')).status, 404)
  assert.equal((await desk.post(undo, {}, { 'sec-fetch-site': 'cross-site' })).status, 403)
  assert.match((await desk.post(undo)).to!, /said=undone/)
})

test('after its time an undo says that it is over, and does nothing', async () => {
  const desk = await openConsole(server)
  const [location] = await done(desk.agent, 'list_locations')
  const undo = await desk.change(`/console/services/hours/${location.id}`, { mon: '10:00–14:00' })
  await desk.rows(
    "UPDATE undos SET expires_at = clock_timestamp() - interval '1 second' WHERE workspace_id = $1 RETURNING id",
  )
  const late = await desk.post(undo)
  assert.equal(late.status, 410)
  assert.match(late.text, /A change can be taken back for 15 minutes/)
  assert.match(late.text, /href="\/console\/services"[^>]*>Go to what you changed/)
  const [place] = await done(desk.agent, 'list_locations')
  assert.deepEqual(place.hours.tue, [])
})

test('an erased customer is in no undo', async () => {
  const desk = await openConsole(server)
  const { id } = await made(desk.agent, 'create_customer', { name: 'Quasimodo Zyx', note: 'Likes tea' })
  const undo = await desk.change(`/console/customers/${id}/edit`, { version: '1', name: 'Q', note: '' })
  const held = () => desk.rows("SELECT id FROM undos WHERE workspace_id = $1 AND arguments LIKE '%Zyx%'")
  assert.equal((await held()).length, 1)
  const erase = { customer_id: id, idempotency_key: fresh() }
  const { body } = await callTool(desk.agent, 'erase_customer', erase)
  assert.equal((await desk.person.decide(body.approval.id, 'approve')).body.state, 'executed')
  assert.deepEqual(await held(), [])
  assert.equal((await desk.post(undo)).status, 404)
})

test('closing a date on which bookings stand shows them first, and closes only then', async () => {
  const desk = await openConsole(server)
  const { id: service_id } = await desk.service()
  const [location] = await done(desk.agent, 'list_locations')
  const person = await made(desk.agent, 'create_staff', { name: 'Eva', location_ids: [location.id] })
  await done(desk.agent, 'set_staff_services', { staff_id: person.id, services: [{ service_id }] })
  const customer = await made(desk.agent, 'create_customer', { name: 'Nadia Prieto' })
  const wish = { service_id, location_id: location.id }
  const { slots } = await done(desk.agent, 'get_available_slots', { ...wish, limit: 1 })
  const booking = await made(desk.agent, 'create_booking', {
    ...wish,
    customer_id: customer.id,
    start: slots[0].start,
  })
  const closures = async () => (await done(desk.agent, 'list_locations'))[0].closures
  const path = `/console/services/closures/${location.id}`
  const fields = { from: booking.local.slice(0, 10), to: '', reason: 'Works' }
  const shown = await desk.post(path, fields)
  assert.equal(shown.status, 200)
  assert.match(shown.text, /One booking stands[\s\S]*Haircut[\s\S]*Nadia Prieto/)
  assert.deepEqual(await closures(), [])
  const undo = undoIn((await desk.post(path, hiddenIn(shown.text))).to)
  assert.deepEqual(await closures(), [{ date: fields.from, reason: 'Works' }])
  const past = await desk.post(path, { from: '2020-01-01' })
  assert.match(past.text, /a first date from today on/)
  await desk.post(undo)
  assert.deepEqual(await closures(), [])
})

test('a booking policy is read as sentences', async () => {
  const desk = await openConsole(server)
  const { id: service_id } = await desk.service()
  const limits = { cooldown_minutes: 120, week_limit: 2 }
  await done(desk.agent, 'set_service_booking_policy', {
    service_id,
    notice_minutes: 90,
    customer_limits: limits,
  })
  const { text } = await desk.get(`/console/services/${service_id}`)
  for (const sentence of [
    'Booked until 1 hour 30 minutes before.',
    'Cancelled free of charge until 24 hours before.',
    '2 hours between two visits of a customer.',
    'At most 2 a week for one customer.',
  ])
    assert.ok(text.includes(sentence), sentence)
  assert.doesNotMatch(text, /minutes<\/dt>|1440/)
})
