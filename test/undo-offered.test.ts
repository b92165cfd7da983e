/** The console: "undo where it is possible" (issue 6). What an Undo is offered after, and what comes of a step back. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Desk, openDesk, plus, unlimited } from './support/booking.ts'
import { type Body, done, fresh } from './support/caller.ts'
import { BLOCKED, type Console, formsOf, openConsole, policyFields, undoOffered } from './support/console.ts'
import { until } from './support/jobs.ts'
import { signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { colleague } from './support/team.ts'

const server = await startServer({ after }, unlimited)

for (const { step, tool, became } of [
  { step: 'complete', tool: 'complete_booking', became: 'completed' },
  { step: 'no_show', tool: 'mark_booking_no_show', became: 'no_show' },
])
  test(`a booking that was ${became} by mistake is taken back by Undo; what a colleague had done already is not`, async () => {
    const desk = await openDesk(server, { staff: 2 })
    const forms = await formsAt(desk)
    const [mine, theirs] = [await desk.booked(), await desk.booked({ staff_id: desk.staffIds[1] })]
    await desk.jumpTo(plus(mine.starts_at, { minutes: 5 }))
    const undo = await forms.confirm(stepOf(mine, step), { idempotency_key: fresh() })
    assert.equal((await bookingOf(desk, mine)).state, became)
    assert.match((await forms.settled(undo)).to!, /said=undone/)
    assert.equal((await bookingOf(desk, mine)).state, 'confirmed')
    await desk.confirmed(tool, { booking_id: theirs.id })
    const { to } = await forms.settled(stepOf(theirs, step), { idempotency_key: fresh() })
    assert.equal(undoOffered(to), null)
    assert.doesNotMatch((await forms.get(to!)).text, /<button>Undo/)
  })

test('a booking that was made by mistake is taken back by Undo, after a preview: its time is free again', async () => {
  const desk = await openDesk(server)
  const forms = await formsAt(desk)
  const { service_id, location_id, staff_id, start } = desk.slot() as Record<string, string>
  const customer = await desk.customer()
  const fields = { service: service_id!, location: location_id!, staff: staff_id!, start: start!, customer }
  const undo = await forms.change('/console/calendar/new', { ...fields, idempotency_key: fresh() })
  const [booking] = await done(desk, 'list_bookings', { customer_id: customer })
  assert.equal(booking.state, 'confirmed')
  const asked = await forms.post(undo)
  assert.equal(asked.status, 200)
  assert.equal((await bookingOf(desk, booking)).state, 'confirmed', 'it asks first')
  const { to } = await forms.settled(undo)
  assert.match((await forms.get(to!)).text, /the time is free again/)
  const { state, cancelled_by } = await bookingOf(desk, booking)
  assert.deepEqual([state, cancelled_by], ['cancelled', 'business'])
  await desk.booked()
})

test('a customer who was added by mistake is put aside by Undo, and brought back from their page', async () => {
  const desk = await openConsole(server)
  const undo = await desk.change('/console/customers', { name: 'Nadia Prieto', idempotency_key: fresh() })
  const [{ id }] = await done(desk.agent, 'search_customers', { text: 'Prieto' })
  const at = `/console/customers/${id}`
  const status = async () => (await done(desk.agent, 'get_customer', { customer_id: id })).status
  const { to } = await desk.settled(undo)
  assert.equal(await status(), 'archived')
  const { text } = await desk.get(to!)
  assert.match(text, /Taken back, and kept in the archive\.[\s\S]*Searches leave them out/)
  assert.doesNotMatch(text, /Book for them|>Archive</)
  const version = /name="version" value="(\d+)"/.exec(text)![1]!
  const restored = await desk.change(`${at}/restore`, { version })
  assert.equal(await status(), 'active')
  await desk.settled(restored)
  assert.equal(await status(), 'archived')
  assert.equal((await desk.post(`${at}/restore`, { version })).status, 409)
  const latest = /name="version" value="(\d+)"/.exec((await desk.get(at)).text)![1]!
  await desk.change(`${at}/restore`, { version: latest })
  const archived = await desk.confirm(`${at}/archive`)
  assert.equal(await status(), 'archived')
  assert.match((await desk.settled(archived)).to!, /said=undone/)
  assert.equal(await status(), 'active')
})

test('a moved booking goes back to its time and its person; a move to where it stands has no Undo', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const forms = await formsAt(desk)
  const booking = await desk.booked()
  const [, other] = desk.staffIds
  const move = { day: booking.local.slice(0, 10), time: '12:30', staff_id: other!, idempotency_key: fresh() }
  const undo = await forms.change(stepOf(booking, 'move'), move)
  const moved = await bookingOf(desk, booking)
  assert.deepEqual([moved.local.slice(11, 16), moved.staff_id], ['12:30', other])
  const again = await forms.post(stepOf(booking, 'move'), { ...move, idempotency_key: fresh() })
  assert.equal(undoOffered(again.to), null)
  assert.match((await forms.get(again.to!)).text, /It stands there already/)
  assert.match((await forms.settled(undo)).to!, /said=undone/)
  const back = await bookingOf(desk, booking)
  assert.deepEqual([back.local, back.staff_id], [booking.local, booking.staff_id])
})

test('a form sent as it stood offers no Undo', async () => {
  const desk = await openConsole(server)
  const { id } = await desk.service()
  const [location] = await done(desk.agent, 'list_locations')
  const customer = await made(desk.agent, 'create_customer', { name: 'Nadia Prieto', note: 'Tea' })
  const settings = await done(desk.agent, 'get_workspace_settings')
  const asItStands: [path: string, fields: Record<string, string>][] = [
    [
      `/console/services/${id}/edit`,
      { version: '1', name: 'Haircut', category: 'Hair', description: '', duration: '45', price: '35' },
    ],
    [`/console/services/hours/${location.id}`, weekIn(location.hours)],
    [`/console/services/closures/${location.id}/open`, { date: '2030-12-24' }],
    ['/console/settings', { version: '1', name: settings.name, from: '', to: '' }],
    [
      `/console/customers/${customer.id}/edit`,
      { version: '1', name: 'Nadia Prieto', email: '', phone: '', note: 'Tea' },
    ],
    ['/console/settings/rules', { remove: '7' }],
  ]
  for (const [path, fields] of asItStands) {
    const { to } = await desk.settled(path, fields)
    assert.equal(undoOffered(to), null, path)
  }
  await desk.confirm(`/console/services/${id}/archive`)
  assert.equal(undoOffered((await desk.settled(`/console/services/${id}/archive`)).to), null)
})

test('what was added or removed is taken back: a service, its restoring, an absence', async () => {
  const desk = await openConsole(server)
  const [location] = await done(desk.agent, 'list_locations')
  const statusOf = async (service_id: string) => (await desk.read('get_service', { service_id })).status
  const added = await desk.change('/console/services', {
    name: 'Nails',
    duration: '30',
    price: '20',
    idempotency_key: fresh(),
  })
  const [{ id }] = await done(desk.agent, 'list_services')
  assert.match((await desk.settled(added)).to!, /said=putAside/)
  assert.equal(await statusOf(id), 'archived')
  const restored = await desk.change(`/console/services/${id}/restore`, { version: '2' })
  assert.equal(await statusOf(id), 'active')
  assert.match((await desk.settled(restored)).to!, /said=putAside/)
  assert.equal(await statusOf(id), 'archived')

  const person = await made(desk.agent, 'create_staff', { name: 'Eva', location_ids: [location.id] })
  const absence = { staff_id: person.id, from: '2030-08-05', to: '2030-08-16', reason: 'Summer' }
  await made(desk.agent, 'create_time_off', absence)
  const away = async () =>
    (await done(desk.agent, 'list_time_off', { staff_id: person.id })).map(
      ({ starts_at, ends_at, reason }: Body) => ({ starts_at, ends_at, reason }),
    )
  const before = await away()
  const [{ id: timeoff_id }] = await done(desk.agent, 'list_time_off', { staff_id: person.id })
  const removed = await desk.confirm(`/console/team/${person.id}/back`, { timeoff_id })
  assert.deepEqual(await away(), [])
  assert.match((await desk.post(removed)).to!, /said=undone/)
  assert.deepEqual(await away(), before)
})

test('an undo that a policy gates by now waits for approval, and is stale where something changed meanwhile', async () => {
  const desk = await openConsole(server)
  const { email } = await colleague(server, desk.signedUp, { person: desk.person, role: 'admin' })
  const marta = formsOf(server, (await signIn(server, email)).cookie)
  await made(desk.agent, 'create_location', { name: 'Sur', time_zone: 'Europe/Madrid' })
  const places = async () => done(desk.agent, 'list_locations')
  const before = await places()
  const paths = before.map(({ id }: Body) => `/console/services/hours/${id}`)
  const mondays = async () => (await places()).map(({ hours }: Body) => hours.mon[0]?.from)
  const undos: string[] = []
  for (const path of paths) undos.push(await marta.change(path, { mon: '10:00–14:00' }))
  await desk.confirm('/console/settings/rules', {
    tool: 'set_location_hours',
    gate: 'approve',
    reviewers: 'owner',
  })
  const waits: string[] = []
  for (const undo of undos) {
    const { to } = await marta.post(undo)
    waits.push(/^\/console\/approvals\/(approval_\w+)$/.exec(to!)![1]!)
    assert.equal((await marta.post(undo)).to, to, 'pressed again, it is the same question')
  }
  assert.deepEqual(await mondays(), ['10:00', '10:00'], 'nothing has happened yet')
  await desk.settled(paths[1], { mon: '11:00–14:00' })
  const [allowed, stale] = waits
  assert.equal((await desk.person.decide(allowed!, 'approve')).body.state, 'executed')
  assert.equal((await desk.person.decide(stale!, 'approve')).body.state, 'stale')
  const [north, south] = await places()
  assert.deepEqual(north.hours, before[0].hours)
  assert.equal(south.hours.mon[0].from, '11:00')
})

test('a reworded template goes back to the standard words, and that is taken back too', async () => {
  const desk = await openConsole(server)
  const at = '/console/settings/templates/booking_confirmation/sms/en'
  const standard = await confirmationOf(desk)
  assert.doesNotMatch((await desk.get(at)).text, /Use the standard words again/)
  await desk.change(at, { body: 'See you on {{date}}.' })
  assert.match(
    (await desk.get(at)).text,
    /The standard words<\/summary>[\s\S]*your booking is confirmed[\s\S]*Use the standard words again/,
  )
  const undo = await desk.change(`${at}/standard`, {})
  assert.deepEqual(await confirmationOf(desk), standard)
  assert.match((await desk.post(undo)).to!, /said=undone/)
  const { body, source, version } = await confirmationOf(desk)
  assert.deepEqual([body, source, version], ['See you on {{date}}.', 'workspace', 4])
  await desk.post(at, { body: 'À bientôt.', language: 'fr' })
  assert.equal((await desk.post(`${at.replace('/en', '/fr')}/standard`)).status, 404)
})

test('whoever rewords a template while an undo waits for it keeps their words', async () => {
  const desk = await openConsole(server)
  const at = '/console/settings/templates/booking_confirmation/sms/en'
  const undo = await desk.change(at, { body: 'See you on {{date}}.' })
  const workspaceId = uuidOf(desk.signedUp.workspaceId)
  const other = await server.house.database.owner.connect()
  try {
    await other.query('BEGIN')
    const lock = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))'
    await other.query(lock, [`${workspaceId}/templates/booking_confirmation`])
    const pressed = desk.post(undo)
    await until(async () => (await other.query(BLOCKED)).rows.length > 0)
    await other.query(
      `INSERT INTO message_templates
         (workspace_id, id, key, channel, language, version, purpose, body, variables, provider_state, created_at)
       SELECT workspace_id, gen_random_uuid(), key, channel, language, 3, purpose, 'Theirs.', '[]', provider_state, created_at
       FROM message_templates WHERE workspace_id = $1`,
      [workspaceId],
    )
    await other.query('COMMIT')
    const { status, text } = await pressed
    assert.equal(status, 409)
    assert.match(text, /An undo would take that change away as well/)
    assert.equal((await confirmationOf(desk)).body, 'Theirs.')
  } finally {
    other.release()
  }
})

for (const [what, { first, fields, rival, path }] of Object.entries(between()))
  test(`${what}: changed by somebody else just before, a change offers no undo, which would lead back behind theirs`, async () => {
    const desk = await openDesk(server, { staff: 2 })
    const forms = await formsAt(desk)
    const booking = await desk.booked()
    for (const [path, fields] of first ?? []) await forms.confirm(path, fields)
    const other = await server.house.database.owner.connect()
    try {
      await other.query('BEGIN')
      // Every call that changes something reads it before it runs; a page does not.
      await other.query('LOCK TABLE approval_policies IN ACCESS EXCLUSIVE MODE')
      const sent = forms.post(path(desk, booking), { idempotency_key: fresh(), ...fields(booking) })
      await until(async () => (await other.query(BLOCKED)).rows.length > 0)
      await other.query(`UPDATE ${rival} SET version = version + 1 WHERE workspace_id = $1`, [
        desk.workspaceId,
      ])
      await other.query('COMMIT')
      const { status, to, text } = await sent
      assert.equal(status, 303, text)
      assert.equal(undoOffered(to), null)
    } finally {
      other.release()
    }
  })

interface Between {
  /** What is done before. */
  first?: [path: string, fields: Record<string, string>][]
  path(desk: Desk, booking: Body): string
  fields(booking: Body): Record<string, string>
  rival: string
}

function between(): Record<string, Between> {
  return {
    'a booking': {
      path: (_, booking) => stepOf(booking, 'move'),
      fields: ({ local }) => ({ day: local.slice(0, 10), time: '12:30' }),
      rival: 'bookings',
    },
    'the hours of a place': {
      path: ({ locationId }) => `/console/services/hours/${locationId}`,
      fields: () => ({ mon: '10:00–14:00' }),
      rival: 'locations',
    },
    'the policy of a service': {
      path: ({ serviceId }) => `/console/services/${serviceId}/policy`,
      fields: () => ({ version: '2', ...policyFields }),
      rival: 'services',
    },
    'an automation': {
      first: [
        ['/console/settings/rules', { tool: 'upsert_automation', gate: 'allow', reviewers: 'admin' }],
        ['/console/settings/automations/booking_cancelled', { enabled: 'yes' }],
      ],
      path: () => '/console/settings/automations/booking_cancelled',
      fields: () => ({ enabled: 'no' }),
      rival: 'automations',
    },
  }
}

async function formsAt(desk: Desk) {
  return formsOf(server, (await desk.person()).cookie)
}

async function confirmationOf({ agent }: Console): Promise<Body> {
  const filter = { key: 'booking_confirmation', channel: 'sms' }
  const found: Body[] = await done(agent, 'list_message_templates', filter)
  return found.find(({ language }) => language === 'en')!
}

function stepOf({ id }: Body, step: string): string {
  return `/console/calendar/${id}/${step}`
}

function bookingOf(desk: Desk, { id: booking_id }: Body): Promise<Body> {
  return done(desk, 'get_booking', { booking_id })
}

/** As the form of a place's week says it. */
function weekIn(hours: Record<string, { from: string; to: string }[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(hours).map(([day, open]) => [day, open.map(({ from, to }) => `${from}–${to}`).join(', ')]),
  )
}
