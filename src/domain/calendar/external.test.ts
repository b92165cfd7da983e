import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { type Desk, openDesk, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { hurry, jobsIn, until } from '../../../test/support/jobs.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { uuidOf } from '../../catalog/kinds.ts'

const server = await startServer({ after }, unlimited)

/** Where somebody keeps their own calendar. */
const elsewhere = { text: '', status: 200 }
/** How often each calendar was asked for, by its path. */
const asked = new Map<string, number>()
const host = createServer(({ url: path }, response) => {
  asked.set(path!, (asked.get(path!) ?? 0) + 1)
  response.writeHead(elsewhere.status, { 'content-type': 'text/calendar' }).end(elsewhere.text)
})
host.listen(0, '127.0.0.1')
await once(host, 'listening')
after(() => host.close())
const base = `http://127.0.0.1:${(host.address() as AddressInfo).port}`

/** A calendar of their own for whoever asks. */
function connect(desk: Desk): Promise<Body> {
  const path = `/${fresh()}/private-4711.ics`
  paths.set(desk, path)
  return made(desk, 'connect_external_calendar', { staff_id: desk.staffIds[0], url: base + path })
}
const paths = new WeakMap<Desk, string>()

function calendar(...events: string[][]): string {
  const lines = events.flatMap((lines, n) => ['BEGIN:VEVENT', `UID:${n}@ana.example`, ...lines, 'END:VEVENT'])
  return ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', ''].join('\r\n')
}

/** Tomorrow at ten in Madrid, an hour. */
const MEETING = ['DTSTART:20300108T090000Z', 'DTEND:20300108T100000Z', 'SUMMARY:Oncologist']

/** Whatever the reading has said of it once it was done. */
async function read(desk: Desk): Promise<Body> {
  const times = () => asked.get(paths.get(desk)!) ?? 0
  const before = times()
  await hurry(server.house.database.owner)
  await until(() => times() > before)
  await until(async () =>
    (await jobsIn(server.house.database.owner)).every(({ locked_by }) => locked_by === null),
  )
  return (await done(desk, 'list_external_calendars'))[0]
}

test('what a person has elsewhere takes their slots and no booking, and says by what', async () => {
  const desk = await openDesk(server)
  const start = textOf(desk.morning(1))
  const kept = await desk.booked({ start })
  Object.assign(elsewhere, {
    status: 200,
    text: calendar(MEETING, ['DTSTART:20300109T090000Z', 'DURATION:PT1H']),
  })
  const connected = await connect(desk)
  assert.deepEqual([connected.state, connected.host, connected.busy], ['waiting', '127.0.0.1', 0])
  const { state, busy, skipped } = await read(desk)
  assert.deepEqual([state, busy, skipped], ['read', 2, 0])
  assert.equal((await done(desk, 'get_booking', { booking_id: kept.id })).state, 'confirmed')

  const next = textOf(desk.morning(2))
  const where = { service_id: desk.serviceId, location_id: desk.locationId }
  const { slots } = await done(desk, 'get_available_slots', {
    ...where,
    from: '2030-01-09',
    to: '2030-01-09',
  })
  assert.ok(!slots.some((slot: Body) => slot.start === next))
  const { code, rules } = await done(desk, 'explain_unavailability', { ...where, start: next })
  const { details } = rules.find(({ rule }: Body) => rule === 'time_free')
  assert.equal(code, 'slot_conflict')
  assert.ok(
    JSON.stringify(details).includes(`"kind":"external","id":"${connected.id}"`),
    JSON.stringify(details),
  )
  assert.equal((await desk.book({ start: next })).body.code, 'slot_conflict')
  const { entries } = await done(desk, 'get_calendar_agenda', {
    staff_id: desk.staffIds[0],
    from: '2030-01-09',
  })
  assert.deepEqual(
    entries.map(({ kind, id, starts_at }: Body) => [kind, id, starts_at]),
    [['elsewhere', connected.id, next]],
  )

  elsewhere.text = calendar(MEETING)
  assert.equal((await read(desk)).busy, 1, 'read again, it is as it is now')
  await desk.booked({ start: next })
})

test('transparent events are ignored, and our own that came back by the feed', async () => {
  const desk = await openDesk(server)
  await desk.booked()
  const feed = await done(desk, 'get_calendar_feed_url', { staff_id: desk.staffIds[0] })
  const own = await (await fetch(feed.url)).text()
  assert.match(own, /BEGIN:VEVENT/)
  const free = `${calendar([...MEETING, 'TRANSP:TRANSPARENT'])
    .split('\r\n')
    .slice(1, -2)
    .join('\r\n')}\r\nEND:VCALENDAR`
  Object.assign(elsewhere, { status: 200, text: own.replace('END:VCALENDAR', free) })
  await connect(desk)
  const { state, busy } = await read(desk)
  assert.deepEqual([state, busy], ['read', 0])
})

test('no class is made on what its instructor has elsewhere', async () => {
  const desk = await openDesk(server)
  Object.assign(elsewhere, { status: 200, text: calendar(MEETING) })
  await connect(desk)
  await read(desk)
  const wanted = {
    service_id: desk.serviceId,
    location_id: desk.locationId,
    staff_id: desk.staffIds[0],
    starts_on: '2030-01-08',
    capacity: 10,
    idempotency_key: fresh(),
  }
  assert.equal(
    await refused(desk, 'create_class_series', { ...wanted, start_time: '10:30' }),
    'slot_conflict',
  )
  await made(desk, 'create_class_series', { ...wanted, start_time: '11:00' })
})

test('what cannot be read leaves what was known, and says why; disconnected, the time is free', async () => {
  const desk = await openDesk(server)
  Object.assign(elsewhere, { status: 200, text: calendar(MEETING) })
  const { id } = await connect(desk)
  assert.equal((await read(desk)).busy, 1)
  for (const [changes, problem] of [
    [{ status: 500 }, 'answered_no'],
    [{ status: 200, text: '<html>Sign in</html>' }, 'no_calendar'],
    [{ status: 200, text: `${calendar(MEETING)}${' '.repeat(6 * 1024 * 1024)}` }, 'too_large'],
  ] as const) {
    Object.assign(elsewhere, changes)
    const { state, problem: said, busy } = await read(desk)
    assert.deepEqual([state, said, busy], ['failing', problem, 1])
  }
  const failures = await desk.rows(
    `SELECT data FROM events WHERE workspace_id = $1 AND type = 'external_calendar.failed'`,
  )
  assert.equal(failures.length, 1, 'told once')
  assert.equal((await desk.book()).body.code, 'slot_conflict')
  const { body } = await desk.confirmed('disconnect_external_calendar', { calendar_id: id })
  assert.equal(body.status, 'done')
  await desk.booked()
  await hurry(server.house.database.owner)
  await until(async () =>
    (await jobsIn(server.house.database.owner)).every(({ payload }) => payload.calendar_id !== uuidOf(id)),
  )
})

test('the address is a secret: no row, job, audit or event holds it; the same twice is one', async () => {
  const desk = await openDesk(server)
  const asked = { staff_id: desk.staffIds[0], url: `${base}/bea/private-4711.ics` }
  const first = await made(desk, 'connect_external_calendar', asked)
  assert.equal((await made(desk, 'connect_external_calendar', asked)).id, first.id)
  const rows = await desk.rows('SELECT c::text AS text FROM external_calendars c WHERE workspace_id = $1')
  const told = await desk.rows('SELECT e::text AS text FROM events e WHERE workspace_id = $1')
  const audit = await desk.rows('SELECT a::text AS text FROM audit_events a WHERE workspace_id = $1')
  const jobs = JSON.stringify(await jobsIn(server.house.database.owner))
  assert.equal(rows.length, 1)
  for (const text of [jobs, ...[...rows, ...told, ...audit].map(({ text }) => text)])
    assert.ok(!text.includes('private-4711'), text)
})

test('an address that is none is refused', async () => {
  const desk = await openDesk(server)
  const asked = { staff_id: desk.staffIds[0], idempotency_key: fresh() }
  for (const url of [
    'calendar',
    'ftp://ana.example/a.ics',
    'file:///etc/passwd',
    'https://a:b@ana.example/',
  ]) {
    const { body } = await callTool(desk, 'connect_external_calendar', { ...asked, url })
    assert.equal(body.code, 'invalid_input', url)
  }
})
