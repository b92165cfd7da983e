import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, refused } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { gapsBetween } from './opening.ts'

const server = await startServer({ after }, unlimited)

test('a day shows by start what is booked, held and away, each with names and local time', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const [first, second] = desk.staffIds
  const booking = await desk.booked()
  const hold = await made(
    desk,
    'create_slot_hold',
    desk.slot({ start: textOf(desk.morning(1).add({ hours: 2 })) }),
  )
  const cancelled = await desk.booked({ start: textOf(desk.morning(1).add({ hours: 4 })) })
  await desk.confirmed('cancel_booking', { booking_id: cancelled.id, by: 'business' })
  const off = await made(desk, 'create_time_off', { staff_id: second, from: '2030-01-07', to: '2030-01-09' })
  await desk.booked({ start: textOf(desk.morning(2)) })

  const day = await done(desk, 'get_calendar_agenda', { location_id: desk.locationId, from: '2030-01-08' })
  assert.equal(day.time_zone, 'Europe/Madrid')
  assert.deepEqual(
    day.entries.map(({ kind, id, date, state }: Body) => [kind, id, date, state]),
    [
      ['time_off', off.id, '2030-01-08', null],
      ['booking', booking.id, '2030-01-08', 'confirmed'],
      ['hold', hold.id, '2030-01-08', 'hold'],
    ],
  )
  const { local, staff_name, service_name, customer_name } = day.entries[1]
  assert.deepEqual(
    [local, staff_name, service_name, customer_name],
    ['2030-01-08T10:00+01:00[Europe/Madrid]', 'Person 1', 'Session', 'Ana Ruiz'],
  )
  const own = await done(desk, 'get_calendar_agenda', { staff_id: first, from: '2030-01-08', days: 2 })
  assert.deepEqual(
    own.entries.map(({ kind, date }: Body) => [kind, date]),
    [
      ['booking', '2030-01-08'],
      ['hold', '2030-01-08'],
      ['booking', '2030-01-09'],
    ],
  )
  await desk.jumpTo(plus(hold.lapses_at, { seconds: 1 }))
  const later = await done(desk, 'get_calendar_agenda', { staff_id: first, from: '2030-01-08' })
  assert.deepEqual(
    later.entries.map(({ kind }: Body) => kind),
    ['booking'],
    'a hold that lapsed holds nothing',
  )
})

test('days have 23 and 25 hours where clocks change, and end where the next begins', async () => {
  const desk = await openDesk(server)
  const days = async (from: string) =>
    (await done(desk, 'get_calendar_agenda', { location_id: desk.locationId, from, days: 3 })).days
  const spring = await days('2030-03-30')
  assert.deepEqual(
    spring.map(({ date, hours }: Body) => [date, hours]),
    [
      ['2030-03-30', 24],
      ['2030-03-31', 23],
      ['2030-04-01', 24],
    ],
  )
  assert.equal(spring[1].starts_at, '2030-03-30T23:00:00.000Z')
  assert.equal(spring[1].ends_at, spring[2].starts_at)
  assert.deepEqual(
    (await days('2030-10-26')).map(({ hours }: Body) => hours),
    [24, 25, 24],
  )
})

test('it says when it is closed: before and after hours, on closures, on the person’s own days off', async () => {
  const desk = await openDesk(server)
  const mon = [
    { from: '09:00', to: '13:00' },
    { from: '15:00', to: '02:00' },
  ]
  await done(desk, 'set_location_hours', {
    location_id: desk.locationId,
    hours: { mon, wed: [{ from: '09:00', to: '17:00' }] },
  })
  await done(desk, 'set_location_closures', {
    location_id: desk.locationId,
    from: '2030-01-16',
    to: '2030-01-16',
    closures: [{ date: '2030-01-16' }],
  })
  const closed = async (args: object) => {
    const { days } = await done(desk, 'get_calendar_agenda', { from: '2030-01-14', days: 3, ...args })
    return days.map((day: Body) =>
      day.closed.map((gap: Body) => [
        gap.local.slice(0, 16),
        (Date.parse(gap.ends_at) - Date.parse(gap.starts_at)) / 36e5,
      ]),
    )
  }
  assert.deepEqual(await closed({ location_id: desk.locationId }), [
    [
      ['2030-01-14T00:00', 9],
      ['2030-01-14T13:00', 2],
    ],
    [['2030-01-15T02:00', 22]],
    [['2030-01-16T00:00', 24]],
  ])
  const tue = [{ from: '10:00', to: '24:00' }]
  await done(desk, 'set_weekly_schedule', {
    staff_id: desk.staffIds[0],
    location_id: desk.locationId,
    weekly: { tue },
  })
  assert.deepEqual(await closed({ staff_id: desk.staffIds[0] }), [
    [['2030-01-14T00:00', 24]],
    [['2030-01-15T00:00', 10]],
    [['2030-01-16T00:00', 24]],
  ])
})

test('gaps are what shifts leave, whatever their order and overlap', () => {
  const range = { start: 0, end: 100 }
  assert.deepEqual(gapsBetween([], range), [range])
  assert.deepEqual(gapsBetween([{ start: -5, end: 200 }], range), [])
  const shifts = [
    { start: 50, end: 60 },
    { start: 10, end: 40 },
    { start: 20, end: 30 },
    { start: 60, end: 70 },
  ]
  assert.deepEqual(gapsBetween(shifts, range), [
    { start: 0, end: 10 },
    { start: 40, end: 50 },
    { start: 70, end: 100 },
  ])
})

test('a long agenda comes in pages, each entry once', async () => {
  const desk = await openDesk(server, { staff: 2 })
  for (const n of [0, 1, 2])
    for (const staff_id of desk.staffIds)
      await desk.booked({ staff_id, start: textOf(desk.morning(1).add({ hours: n })) })
  await made(desk, 'create_time_off', { staff_id: desk.staffIds[0], from: '2030-01-08', to: '2030-01-08' })
  const asked = { location_id: desk.locationId, from: '2030-01-08', limit: 3 }
  const seen: string[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 4; pages++) {
    const { body } = await callTool(desk, 'get_calendar_agenda', { ...asked, ...(cursor && { cursor }) })
    seen.push(...body.data.entries.map(({ id }: Body) => id))
    cursor = body.next_cursor
    if (!cursor) break
  }
  const whole = await done(desk, 'get_calendar_agenda', { ...asked, limit: 100 })
  assert.deepEqual(
    seen,
    whole.entries.map(({ id }: Body) => id),
  )
  assert.equal(seen.length, 7)
  assert.equal(await refused(desk, 'get_calendar_agenda', { ...asked, cursor: 'x' }), 'invalid_input')
})

test('a class that a person teaches is in their agenda', async () => {
  const desk = await openDesk(server)
  const start = textOf(desk.morning(1))
  const sessions = server.house.catalog.get('create_class_session')
  if (!sessions) {
    await desk.rows(
      `INSERT INTO class_sessions (workspace_id, id, service_id, location_id, staff_id, starts_at, ends_at,
         buffer_before_minutes, buffer_after_minutes, capacity, waitlist_close_minutes, requires_entitlement, state, created_at, updated_at)
       SELECT workspace_id, gen_random_uuid(), id, (SELECT id FROM locations l WHERE l.workspace_id = s.workspace_id ORDER BY id DESC LIMIT 1),
         (SELECT id FROM staff p WHERE p.workspace_id = s.workspace_id), $2::timestamptz, $2::timestamptz + interval '1 hour', 0, 0, 10, 0, false,
         'scheduled', now(), now()
       FROM services s WHERE workspace_id = $1`,
      start,
    )
  } else {
    await made(desk, 'create_class_session', {
      service_id: desk.serviceId,
      location_id: desk.locationId,
      staff_id: desk.staffIds[0],
      start,
      capacity: 10,
    })
  }
  const { entries } = await done(desk, 'get_calendar_agenda', {
    staff_id: desk.staffIds[0],
    from: '2030-01-08',
  })
  assert.deepEqual(
    entries.map(({ kind, starts_at, service_name }: Body) => [kind, starts_at, service_name]),
    [['class', start, 'Session']],
  )
})

test('whose days must be clear: somebody’s, in one zone, and at most 31', async () => {
  const desk = await openDesk(server)
  assert.equal(await refused(desk, 'get_calendar_agenda', {}), 'invalid_input')
  const one = { staff_id: desk.staffIds[0] }
  assert.equal(await refused(desk, 'get_calendar_agenda', { ...one, days: 32 }), 'invalid_input')
  const there = await made(desk, 'create_location', { name: 'Tokyo', time_zone: 'Asia/Tokyo' })
  await done(desk, 'update_staff', { ...one, version: 2, location_ids: [desk.locationId, there.id] })
  assert.equal(await refused(desk, 'get_calendar_agenda', one), 'invalid_input')
  const { time_zone } = await done(desk, 'get_calendar_agenda', { ...one, location_id: there.id })
  assert.equal(time_zone, 'Asia/Tokyo')
  const { body } = await callTool(desk, 'get_calendar_agenda', {
    ...one,
    location_id: there.id,
    from: '2030-01-08',
  })
  assert.equal(body.data.days[0].starts_at, '2030-01-07T15:00:00.000Z')
})
