import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Called, callTool, done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { uuidOf } from '../../catalog/kinds.ts'

const server = await startServer({ after }, unlimited)
const NOW = '2030-01-07T08:00:00.000Z'

test('onto a taken place it stays where it was, row for row', async () => {
  const desk = await openDesk(server)
  const [taken, booking] = [await desk.booked(), await desk.booked({ start: later(desk, 3) })]
  const before = await whole(desk, booking.id)
  assert.equal((await move(desk, booking.id, taken.starts_at)).body.code, 'slot_conflict')
  assert.deepEqual(await whole(desk, booking.id), before)
})

test('it may overlap itself, and gives back what it no longer needs', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const start = plus(booking.starts_at, { minutes: 30 })
  const { data: moved } = (await move(desk, booking.id, start)).body
  assert.deepEqual(
    [moved.id, moved.starts_at, moved.ends_at, moved.version],
    [booking.id, start, plus(start, { hours: 1 }), 2],
  )
  const freed = plus(booking.starts_at, { minutes: -30 })
  assert.equal((await desk.book({ start: plus(freed, { minutes: 1 }) })).body.code, 'slot_conflict')
  await desk.booked({ start: freed })
  const held = await desk.rows(`SELECT id FROM allocations WHERE workspace_id = $1 AND state = 'held'`)
  assert.equal(held.length, 2)
})

test('moved to where it is, nothing happens', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const { paid_with: _, deposit_due: __, ...row } = booking
  assert.deepEqual((await move(desk, booking.id, booking.starts_at)).body.data, row)
})

test('it keeps its length, its buffers, its price and its cut-off, whatever has become of its service', async () => {
  const desk = await openDesk(server, { service: { duration_minutes: 60, buffer_after_minutes: 15 } })
  const booking = await desk.booked()
  await done(desk, 'update_service', {
    service_id: desk.serviceId,
    version: 2,
    duration_minutes: 90,
    buffer_before_minutes: 20,
    buffer_after_minutes: 30,
    price: { amount: 9900, currency: 'EUR' },
  })
  await desk.policy({ cancel_cutoff_minutes: 0 })
  const unmoved = await whole(desk, booking.id)
  assert.equal(unmoved.allocations[0]!.occupied, occupied('2030-01-08 09:00', '2030-01-08 10:15'))
  const start = later(desk, 4)
  const { body } = await move(desk, booking.id, start)
  assert.deepEqual([body.data.ends_at, body.data.price.amount], [plus(start, { hours: 1 }), 5000])
  assert.match(body.warnings[0], /price/)
  const { allocations } = await whole(desk, booking.id)
  assert.deepEqual(
    allocations.map(({ state, occupied }) => [state, occupied]),
    [
      ['held', occupied('2030-01-08 13:00', '2030-01-08 14:15')],
      ['released', occupied('2030-01-08 09:00', '2030-01-08 10:15')],
    ],
  )
  const { free_until } = await done(desk, 'preview_booking_cancellation', { booking_id: booking.id })
  assert.equal(free_until, plus(start, { hours: -24 }))
})

test('a booking of an archived service can be moved, as what was sold is sold', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  await desk.confirmed('archive_service', { service_id: desk.serviceId })
  assert.equal((await desk.book({ start: later(desk, 2) })).body.code, 'not_found')
  assert.equal((await move(desk, booking.id, later(desk, 2))).isError, false)
})

test('to another person, who must perform it and be free; the history says from whom to whom', async () => {
  const desk = await openDesk(server, { staff: 3 })
  const [first, second, third] = desk.staffIds
  await done(desk, 'set_staff_services', { staff_id: third, services: [] })
  const booking = await desk.booked()
  await desk.booked({ staff_id: second })
  const to = (staff_id: string, start = booking.starts_at) => move(desk, booking.id, start, { staff_id })
  assert.equal((await to(second!)).body.code, 'slot_conflict')
  assert.equal((await to(third!)).body.code, 'not_found')
  const start = later(desk, 2)
  assert.equal((await to(second!, start)).body.data.staff_id, second)
  const { history } = await done(desk, 'get_booking', { booking_id: booking.id })
  const { from_staff, to_staff } = history.at(-1).details
  assert.deepEqual([from_staff, to_staff], [first, second])
  await desk.booked({ staff_id: first })
  assert.equal((await desk.book({ staff_id: second, start })).body.code, 'slot_conflict')
})

test('to anybody: whoever is free, and its own booking does not make a person busy', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const [first, second] = desk.staffIds
  const booking = await desk.booked({ staff_id: first })
  const start = later(desk, 2)
  const any = (at: string) => move(desk, booking.id, at, { staff_id: 'any' })
  assert.equal((await any(start)).body.data.staff_id, first, 'both are idle but for it')
  await desk.booked({ staff_id: first, start: later(desk, 4) })
  assert.equal((await any(later(desk, 4))).body.data.staff_id, second)
})

test('two who move at once onto one place: one has it, the other stays', async () => {
  const desk = await openDesk(server)
  const [one, two] = [await desk.booked(), await desk.booked({ start: later(desk, 2) })]
  const answers = await Promise.all([move(desk, one.id, later(desk, 6)), move(desk, two.id, later(desk, 6))])
  assert.deepEqual(answers.map(({ body }) => body.code ?? body.data.state).sort(), [
    'confirmed',
    'slot_conflict',
  ])
})

test('only what is pending or confirmed is moved', async () => {
  const desk = await openDesk(server)
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  const booking = await desk.booked({ start: later(desk, 2) })
  await desk.confirmed('cancel_booking', { booking_id: booking.id, by: 'customer' })
  for (const { id } of [hold, booking])
    assert.equal((await move(desk, id, later(desk, 4))).body.code, 'invalid_transition')
})

test('moving out of the late window inside it does not reset lateness; moving before it does', async () => {
  const desk = await openDesk(server)
  await desk.policy({ cancel_cutoff_minutes: 24 * 60 })
  const [early, late] = [await desk.booked(at(desk, 3)), await desk.booked(at(desk, 4))]
  const isLate = async (booking_id: string) =>
    (await done(desk, 'preview_booking_cancellation', { booking_id })).late
  const nextWeek = textOf(desk.morning(10))
  await desk.jumpTo(plus(early.starts_at, { hours: -24 })) // At exactly the cut-off it is in time.
  await move(desk, early.id, nextWeek)
  await desk.jumpTo(plus(plus(late.starts_at, { hours: -24 }), { milliseconds: 1 }))
  await move(desk, late.id, plus(nextWeek, { hours: 2 }))
  assert.deepEqual([await isLate(early.id), await isLate(late.id)], [false, true])
  await move(desk, late.id, plus(nextWeek, { hours: 48 }))
  assert.equal(await isLate(late.id), true, 'nor does a second move')
})

test('a deadline of its own stays; one that was the start goes with the start', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true })
  const untilStart = await desk.booked()
  const moved = (await move(desk, untilStart.id, textOf(desk.morning(5)))).body.data
  assert.equal(moved.lapses_at, moved.starts_at)
  await desk.policy({ requires_confirmation: true, answer_within_minutes: 120 })
  const withDeadline = await desk.booked(at(desk, 6))
  const again = (await move(desk, withDeadline.id, textOf(desk.morning(7)))).body.data
  assert.deepEqual([again.state, again.lapses_at], ['pending', plus(NOW, { hours: 2 })])
  await desk.jumpTo(again.lapses_at)
  assert.equal((await move(desk, withDeadline.id, textOf(desk.morning(8)))).body.code, 'invalid_transition')
  await desk.booked(at(desk, 7))
})

test("rules set aside to move are recorded; a customer's other booking stands in the way of a move, too", async () => {
  const desk = await openDesk(server, { staff: 2 })
  const customer_id = await desk.customer()
  const booking = await desk.booked({ customer_id })
  await desk.booked({ customer_id, start: later(desk, 3), staff_id: desk.staffIds[1] })
  assert.equal((await move(desk, booking.id, later(desk, 3))).body.code, 'customer_overlap')
  const far = textOf(desk.morning(500))
  assert.equal((await move(desk, booking.id, far)).body.code, 'outside_booking_window')
  await move(desk, booking.id, far, { overrides: ['outside_booking_window'] })
  const { history, starts_at } = await done(desk, 'get_booking', { booking_id: booking.id })
  assert.deepEqual([starts_at, history.at(-1).details.overrides], [far, ['outside_booking_window']])
})

function move(desk: Desk, booking_id: string, start: string, more: object = {}): Promise<Called> {
  return callTool(desk, 'reschedule_booking', { booking_id, start, idempotency_key: fresh(), ...more })
}

/** Tomorrow, so many hours after ten. */
function later(desk: Desk, hours: number): string {
  return textOf(desk.morning(1).add({ hours }))
}

function at(desk: Desk, days: number) {
  return { start: textOf(desk.morning(days)) }
}

function occupied(from: string, to: string): string {
  return `["${from}:00+00","${to}:00+00")`
}

/** The booking and the time that it takes, as they are stored. */
async function whole(desk: Desk, id: string) {
  const [booking] = await desk.rows('SELECT * FROM bookings WHERE workspace_id = $1 AND id = $2', uuidOf(id))
  const allocations: { state: string; occupied: string }[] = await desk.rows(
    'SELECT id, state, occupied::text FROM allocations WHERE workspace_id = $1 AND booking_id = $2 ORDER BY state',
    uuidOf(id),
  )
  return { booking, allocations }
}

test('given to another person it keeps its time, and the history says from whom to whom', async () => {
  const desk = await openDesk(server, { staff: 3 })
  const [first, second, third] = desk.staffIds
  await done(desk, 'set_staff_services', { staff_id: third, services: [] })
  const booking = await desk.booked()
  const to = (staff_id: string, args: object = {}) =>
    callTool(desk, 'reassign_booking', {
      booking_id: booking.id,
      staff_id,
      idempotency_key: fresh(),
      ...args,
    })
  const { paid_with: _, deposit_due: __, ...row } = booking
  assert.deepEqual((await to(first!)).body.data, row, 'to whom has it, nothing happens')
  assert.equal((await to(third!)).body.code, 'not_found', 'who does not perform it')
  const { id: other } = await desk.booked({ staff_id: second })
  assert.equal((await to(second!)).body.code, 'slot_conflict')
  await desk.confirmed('cancel_booking', { booking_id: other, by: 'business' })
  await made(desk, 'create_time_off', { staff_id: second, from: booking.starts_at, to: booking.ends_at })
  assert.equal((await to(second!)).body.code, 'outside_hours')
  const overrides = ['outside_hours']
  assert.deepEqual((await to(second!, { overrides })).body.data, { ...row, staff_id: second, version: 2 })

  const { history } = await done(desk, 'get_booking', { booking_id: booking.id })
  const { event, details } = history.at(-1)
  assert.deepEqual([event, details], ['reassign', { from_staff: first, to_staff: second, overrides }])
  await desk.booked({ staff_id: first })
  const events = await desk.rows(
    `SELECT type FROM events WHERE workspace_id = $1 AND type LIKE 'booking.%ed'`,
  )
  assert.ok(events.some(({ type }) => type === 'booking.reassigned'))
  assert.ok(!events.some(({ type }) => type === 'booking.moved'), 'nobody is told of a new time')
})

test('notice and booking window are rules of the start: they do not stand in the way of another person', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const booking = await desk.booked()
  await desk.policy({ notice_minutes: 3 * 24 * 60, window_days: 0 })
  const { body } = await callTool(desk, 'reassign_booking', {
    booking_id: booking.id,
    staff_id: desk.staffIds[1],
    idempotency_key: fresh(),
  })
  assert.equal(body.data?.staff_id, desk.staffIds[1], JSON.stringify(body))
  const { history } = await done(desk, 'get_booking', { booking_id: booking.id })
  assert.equal(history.at(-1).details.overrides, undefined, 'nobody set a rule aside')
  assert.equal((await move(desk, booking.id, later(desk, 1))).body.code, 'outside_booking_window')
})
