import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { plus, unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { openStudio, type Studio } from '../../../test/support/classes.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { asSystem } from '../../calls/as-system.ts'
import { uuidOf } from '../../catalog/kinds.ts'
import { cancelSession } from './cancel-session.ts'

const server = await startServer({ after }, unlimited)

test('a series keeps its wall-clock time when clocks change', async () => {
  const studio = await openStudio(server)
  await studio.series({ rrule: 'FREQ=WEEKLY;BYDAY=WE;UNTIL=20300410' })
  const sessions = await listed(studio, { from: '2030-03-25T00:00:00Z' })
  assert.deepEqual(
    sessions.map(({ starts_at, local }) => [starts_at, local.slice(0, 16)]),
    [
      ['2030-03-27T17:00:00.000Z', '2030-03-27T18:00'],
      ['2030-04-03T16:00:00.000Z', '2030-04-03T18:00'],
      ['2030-04-10T16:00:00.000Z', '2030-04-10T18:00'],
    ],
  )
})

test('a time that clocks skip, or show twice, is told and not made', async () => {
  const studio = await openStudio(server)
  const { body } = await callTool(studio, 'create_class_series', {
    ...classOf(studio),
    starts_on: '2030-03-30',
    start_time: '02:30',
    rrule: 'FREQ=DAILY;COUNT=2',
    idempotency_key: fresh(),
  })
  assert.equal(body.status, 'done', JSON.stringify(body))
  assert.match(body.warnings[0], /2030-03-31T02:30: clocks skip/)
  const alone = { ...classOf(studio), starts_on: '2030-03-31', start_time: '02:30', idempotency_key: fresh() }
  assert.equal(await refused(studio, 'create_class_series', alone), 'nonexistent_local_time')
})

test('sessions are made half a year ahead, and go on being made', async () => {
  const studio = await openStudio(server)
  await studio.series({ rrule: 'FREQ=WEEKLY' })
  const count = async () =>
    (await studio.rows('SELECT id FROM class_sessions WHERE workspace_id = $1')).length
  assert.equal(await count(), 27)
  await done(studio, 'set_sandbox_clock', { to: '2030-02-04T08:00:00Z' })
  assert.equal(await count(), 31)
  const { version, series_id } = (await listed(studio))[0]!
  assert.equal(version, 1)
  await studio.series({ rrule: 'FREQ=WEEKLY;COUNT=3', starts_on: '2030-02-08' })
  const due = await studio.rows(
    'SELECT id FROM class_series WHERE workspace_id = $1 AND extend_at IS NOT NULL',
  )
  assert.deepEqual(
    due.map(({ id }) => id),
    [uuidOf(series_id)],
    'a rule that has ended is asked no more',
  )
})

test('exdates are left out; what the rule could not mean is refused', async () => {
  const studio = await openStudio(server)
  await studio.series({ rrule: 'FREQ=WEEKLY;COUNT=3', exdates: ['2030-01-16'] })
  assert.deepEqual(await dates(studio), ['2030-01-09', '2030-01-23'])
  for (const rrule of ['FREQ=HOURLY', 'FREQ=WEEKLY;COUNT=2;UNTIL=20300401', 'every tuesday']) {
    const args = { ...classOf(studio), rrule, idempotency_key: fresh() }
    assert.equal(await refused(studio, 'create_class_series', args), 'invalid_input', rrule)
  }
  const past = { ...classOf(studio), starts_on: '2029-12-01', idempotency_key: fresh() }
  assert.equal(await refused(studio, 'create_class_series', past), 'invalid_input')
})

test('a class takes its instructor’s time: no booking gets it, and availability says by what it is taken', async () => {
  const studio = await openStudio(server, { service: { buffer_after_minutes: 15 } })
  const session = await studio.session()
  const start = plus(session.starts_at, { minutes: 60 })
  assert.equal((await studio.book({ start })).body.code, 'slot_conflict')
  await studio.booked({ start: plus(start, { minutes: 15 }) })
  const { rules } = await done(studio, 'explain_unavailability', studio.slot({ start: session.starts_at }))
  const { details, because } = rules.find(({ rule }: Body) => rule === 'time_free')
  assert.deepEqual(
    details.taken_by.map(({ kind, id }: Body) => [kind, id]),
    [['class', session.id]],
  )
  assert.match(because, /by a class/)
})

test('conflicts are told for each occurrence: all or nothing, or without those dates', async () => {
  const studio = await openStudio(server)
  await studio.booked({ start: '2030-01-16T16:30:00Z' })
  await made(studio, 'create_time_off', {
    staff_id: studio.staffIds[0],
    from: '2030-01-23',
    to: '2030-01-23',
  })
  await done(studio, 'set_location_closures', {
    location_id: studio.locationId,
    from: '2030-01-30',
    to: '2030-01-30',
    closures: [{ date: '2030-01-30' }],
  })
  const weekly = { ...classOf(studio), rrule: 'FREQ=WEEKLY;COUNT=5', idempotency_key: fresh() }
  const { body } = await callTool(studio, 'create_class_series', weekly)
  const conflicts = [
    { kind: 'taken', local: '2030-01-16T18:00' },
    { kind: 'time_off', local: '2030-01-23T18:00' },
    { kind: 'closed', local: '2030-01-30T18:00' },
  ]
  assert.deepEqual([body.code, body.details.conflicts], ['slot_conflict', conflicts])
  assert.deepEqual(await dates(studio), [], 'nothing of it is left')
  const made5 = await studio.series({ rrule: 'FREQ=WEEKLY;COUNT=5', on_conflict: 'skip' })
  assert.deepEqual([made5.sessions_made, made5.conflicts], [2, conflicts])
  assert.deepEqual(await dates(studio), ['2030-01-09', '2030-02-06'])
})

test('a hold that has lapsed stands in no class’s way', async () => {
  const studio = await openStudio(server)
  const hold = await made(studio, 'create_slot_hold', studio.slot({ start: '2030-01-09T17:00:00Z' }))
  const args = { ...classOf(studio), idempotency_key: fresh() }
  assert.equal(await refused(studio, 'create_class_series', args), 'slot_conflict')
  await studio.jumpTo(hold.lapses_at)
  await studio.session()
})

test('edits to one occurrence survive edits to the series, field by field', async () => {
  const studio = await openStudio(server, { staff: 2 })
  const { series_id, sessions } = await studio.series({ rrule: 'FREQ=WEEKLY;COUNT=3' })
  const [, second] = sessions
  await studio.change(second, { staff_id: studio.staffIds[1], capacity: 4 })
  await edit(studio, series_id, { start_time: '19:00', capacity: 20 })
  assert.deepEqual(
    (await listed(studio)).map(({ local, staff_id, capacity }) => [local.slice(0, 16), staff_id, capacity]),
    [
      ['2030-01-09T19:00', studio.staffIds[0], 20],
      ['2030-01-16T19:00', studio.staffIds[1], 4],
      ['2030-01-23T19:00', studio.staffIds[0], 20],
    ],
  )
  await studio.change(second, { start: '2030-01-17T09:00:00Z' })
  await edit(studio, series_id, { start_time: '20:00', duration_minutes: 30, staff_id: studio.staffIds[1] })
  const [, moved] = await listed(studio)
  assert.deepEqual(
    [moved!.starts_at, moved!.ends_at],
    ['2030-01-17T09:00:00.000Z', '2030-01-17T09:30:00.000Z'],
  )
})

test('series edits touch later occurrences only', async () => {
  const studio = await openStudio(server)
  const { series_id } = await studio.series({ rrule: 'FREQ=WEEKLY;COUNT=4' })
  await studio.jumpTo('2030-01-10T08:00:00Z')
  await edit(studio, series_id, { from: '2030-01-20', start_time: '07:00' })
  assert.deepEqual(
    (await listed(studio, { from: '2030-01-01T00:00:00Z' })).map(({ local }) => local.slice(0, 16)),
    ['2030-01-09T18:00', '2030-01-16T18:00', '2030-01-23T07:00', '2030-01-30T07:00'],
  )
  await edit(studio, series_id, { start_time: '06:00' })
  assert.equal(
    (await listed(studio, { from: '2030-01-01T00:00:00Z' }))[0]!.local.slice(0, 16),
    '2030-01-09T18:00',
  )
})

test('what a new rule does not have goes; what somebody has to do with, or changed by hand, stays and is named', async () => {
  const studio = await openStudio(server)
  const { series_id, sessions } = await studio.series({ rrule: 'FREQ=WEEKLY;BYDAY=WE;COUNT=4' })
  await studio.enrol(sessions[1])
  await studio.change(sessions[2], { capacity: 3 })
  const {
    removed,
    kept,
    made: new_,
  } = await edit(studio, series_id, { rrule: 'FREQ=WEEKLY;BYDAY=TH;COUNT=2' })
  assert.deepEqual([removed, new_, kept], [2, 2, [sessions[1].id, sessions[2].id]])
  assert.deepEqual(await dates(studio), ['2030-01-10', '2030-01-16', '2030-01-17', '2030-01-23'])
  await studio.booked({ start: '2030-01-09T17:00:00Z' })
})

test('a class that was cancelled does not come back with its series', async () => {
  const studio = await openStudio(server)
  const { series_id, sessions } = await studio.series({ rrule: 'FREQ=WEEKLY;COUNT=3' })
  await cancelled(studio, sessions[1])
  await edit(studio, series_id, { rrule: 'FREQ=WEEKLY;COUNT=4', capacity: 5 })
  assert.deepEqual(await dates(studio), ['2030-01-09', '2030-01-23', '2030-01-30'])
})

test('a series moves onto a taken time wholly or not at all, or without those dates', async () => {
  const studio = await openStudio(server)
  const { series_id, version } = await studio.series({ rrule: 'FREQ=WEEKLY;COUNT=3' })
  await studio.booked({ start: '2030-01-16T19:00:00Z' })
  const patch = { series_id, version, start_time: '20:00' }
  assert.equal(await refused(studio, 'update_class_series', patch), 'slot_conflict')
  const { changed, conflicts } = await edit(studio, series_id, { start_time: '20:00', on_conflict: 'skip' })
  assert.deepEqual([changed, conflicts], [2, [{ kind: 'taken', local: '2030-01-16T20:00' }]])
  await edit(studio, series_id, { start_time: '20:15', from: '2030-01-23' })
  assert.deepEqual(
    (await listed(studio)).map(({ local }) => local.slice(0, 16)),
    ['2030-01-09T20:00', '2030-01-16T18:00', '2030-01-23T20:15'],
  )
  assert.equal(
    (await studio.book({ start: '2030-01-16T17:00:00Z' })).body.code,
    'slot_conflict',
    'it keeps its time',
  )
  await studio.booked({ start: '2030-01-09T17:00:00Z' })
})

test('a substitute takes over the class, and who is enrolled comes along to its new time', async () => {
  const studio = await openStudio(server, { staff: 2 })
  const [ada, bob] = studio.staffIds
  const session = await studio.session()
  const customer_id = await studio.customer()
  await studio.enrol(session, { customer_id })
  await studio.booked({ staff_id: bob, start: session.starts_at })
  const { version } = await studio.now(session)
  const patch = { session_id: session.id, version, staff_id: bob }
  assert.equal(await refused(studio, 'update_class_session', patch), 'slot_conflict')
  const start = plus(session.starts_at, { hours: 2 })
  await studio.change(session, { staff_id: bob, start })
  await studio.booked({ staff_id: ada, start: session.starts_at, customer_id })
  assert.equal((await studio.book({ staff_id: ada, start, customer_id })).body.code, 'customer_overlap')
  assert.equal((await studio.book({ staff_id: bob, start })).body.code, 'slot_conflict')
  assert.equal(await refused(studio, 'update_class_session', patch), 'stale_version')
})

test('a class takes a unit of its room, and is not made where the room is taken', async () => {
  const studio = await openStudio(server, { staff: 3 })
  const [, bob, cy] = studio.staffIds
  const roomOf = (units: number) => ({ location_id: studio.locationId, name: 'Hall', units })
  const hall = await made(studio, 'create_resource', roomOf(1))
  const pool = await made(studio, 'create_resource', roomOf(2))
  const session = await studio.session({ room_id: hall.id })
  assert.equal((await studio.now(session)).room_id, hall.id)
  const again = { ...classOf(studio), staff_id: bob, room_id: hall.id, idempotency_key: fresh() }
  const { body } = await callTool(studio, 'create_class_series', again)
  assert.deepEqual([body.code, body.details.conflicts[0].kind], ['slot_conflict', 'room_taken'])
  const other = await studio.session({ staff_id: bob, room_id: pool.id })
  await studio.session({ staff_id: cy, room_id: pool.id })
  const { version } = await studio.now(session)
  const move = { session_id: session.id, version, room_id: pool.id }
  assert.equal(await refused(studio, 'update_class_session', move), 'slot_conflict', 'both units are taken')
  await studio.change(other, { room_id: null })
  assert.equal((await studio.change(session, { room_id: pool.id })).room_id, pool.id)
  await studio.change(other, { room_id: hall.id })
  const elsewhere = await made(studio, 'create_location', { name: 'Norte', time_zone: 'Europe/Madrid' })
  const wrong = { ...classOf(studio), location_id: elsewhere.id, room_id: hall.id, idempotency_key: fresh() }
  assert.equal(await refused(studio, 'create_class_series', wrong), 'invalid_input')
})

test('who still gives classes is not deactivated', async () => {
  const studio = await openStudio(server)
  const session = await studio.session()
  const gone = await studio.confirmed('deactivate_staff', { staff_id: studio.staffIds[0] })
  assert.deepEqual([gone.body.code, gone.body.details.sessions[0].id], ['invalid_transition', session.id])
  await cancelled(studio, session)
  await studio.confirmed('deactivate_staff', { staff_id: studio.staffIds[0] })
  const args = { ...classOf(studio), idempotency_key: fresh() }
  assert.equal(await refused(studio, 'create_class_series', args), 'invalid_input')
})

function classOf(studio: Studio) {
  return {
    service_id: studio.serviceId,
    location_id: studio.locationId,
    staff_id: studio.staffIds[0],
    starts_on: '2030-01-09',
    start_time: '18:00',
    capacity: 10,
  }
}

function listed(studio: Studio, filter: Body = {}): Promise<Body[]> {
  return done(studio, 'list_class_sessions', { limit: 100, ...filter })
}

async function dates(studio: Studio): Promise<string[]> {
  return (await listed(studio)).map(({ local }) => local.slice(0, 10))
}

async function edit(studio: Studio, series_id: string, patch: Body): Promise<Body> {
  const [{ series_version: version }] = (await listed(studio, { series_id })) as [Body]
  return done(studio, 'update_class_series', { series_id, version, ...patch })
}

/** As a person approves it. */
function cancelled(studio: Studio, { id }: Body): Promise<unknown> {
  return asSystem(server.house)(studio.workspaceId, 'cancel_class_session', context =>
    cancelSession(context, uuidOf(id)),
  )
}
