/** Bookings to the millisecond, with nobody there to sweep: deadlines are decided by the clock alone. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openDesk, plus, textOf, unlimited } from './support/booking.ts'
import { callTool, done, fresh, refused } from './support/caller.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after }, unlimited)
const NOW = '2030-01-07T08:00:00.000Z'

test('a hold holds until 1 ms before its end, and can be booked then', async () => {
  const desk = await openDesk(server)
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  assert.deepEqual([hold.state, hold.lapses_at], ['hold', plus(NOW, { minutes: 10 })])
  await desk.jumpTo(plus(hold.lapses_at, { milliseconds: -1 }))
  assert.equal((await desk.book()).body.code, 'slot_conflict')
  const customer_id = await desk.customer()
  const booking = await done(desk, 'book_slot_hold', { hold_id: hold.id, customer_id })
  assert.deepEqual(
    [booking.id, booking.state, booking.lapses_at, booking.starts_at],
    [hold.id, 'confirmed', null, hold.starts_at],
  )
  await desk.jumpTo(plus(hold.lapses_at, { hours: 1 }))
  assert.equal((await desk.book({ overrides: ['min_notice'] })).body.code, 'slot_conflict', 'its end is gone')
  assert.equal(
    (await done(desk, 'book_slot_hold', { hold_id: hold.id, customer_id })).version,
    2,
    'twice is once',
  )
  assert.equal(
    await refused(desk, 'book_slot_hold', { hold_id: hold.id, customer_id: await desk.customer() }),
    'hold_expired',
    'it was used',
  )
})

test('at exactly its end a hold is gone, though nobody has noted it', async () => {
  const desk = await openDesk(server)
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  await desk.jumpTo(hold.lapses_at)
  const customer_id = await desk.customer()
  assert.equal(await refused(desk, 'book_slot_hold', { hold_id: hold.id, customer_id }), 'hold_expired')
  assert.equal(await refused(desk, 'confirm_booking', { booking_id: hold.id }), 'hold_expired')
  assert.equal((await done(desk, 'get_booking', { booking_id: hold.id })).state, 'expired')
  assert.deepEqual(await done(desk, 'list_bookings', { state: 'hold' }), [])
  assert.equal((await done(desk, 'release_slot_hold', { hold_id: hold.id })).state, 'expired')
  const free = await done(desk, 'get_available_slots', {
    ...where(desk),
    from: '2030-01-08',
    to: '2030-01-08',
  })
  assert.ok(free.slots.some(({ start }: { start: string }) => start === hold.starts_at))

  const booking = await desk.booked()
  assert.equal(booking.state, 'confirmed')
  const { history } = await done(desk, 'get_booking', { booking_id: hold.id })
  assert.deepEqual(
    history.map(({ event, at }: { event: string; at: string }) => [event, at]),
    [
      ['hold', NOW],
      ['expire', hold.lapses_at],
    ],
  )
})

test('a lapse that is noted late is noted as of the instant it lapsed, once', async () => {
  const desk = await openDesk(server)
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  await desk.jumpTo(plus(hold.lapses_at, { hours: 1 }))
  await desk.booked()
  await done(desk, 'set_sandbox_clock', { to: plus(hold.lapses_at, { hours: 2 }) })
  const events = await desk.rows(`SELECT at FROM events WHERE workspace_id = $1 AND type = 'booking.expired'`)
  assert.deepEqual(events, [{ at: new Date(hold.lapses_at) }])
})

test('a hold is listed only where holds are asked for, lapsed or not, noted or not', async () => {
  const desk = await openDesk(server)
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  const ids = async (filter: object) =>
    (await done(desk, 'list_bookings', { ...filter })).map(({ id }: { id: string }) => id)
  assert.deepEqual([await ids({}), await ids({ state: 'hold' })], [[], [hold.id]])
  await desk.jumpTo(hold.lapses_at)
  assert.deepEqual(
    [await ids({}), await ids({ state: 'hold' }), await ids({ state: 'expired' })],
    [[], [], [hold.id]],
  )
  await done(desk, 'set_sandbox_clock', { to: plus(hold.lapses_at, { minutes: 1 }) })
  assert.deepEqual([await ids({}), await ids({ state: 'expired' })], [[], [hold.id]])
})

test('what a refused booking found lapsed is left as it was, and the next one notes it', async () => {
  const desk = await openDesk(server)
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  await desk.jumpTo(hold.lapses_at)
  assert.equal((await desk.book({ start: textOf(desk.morning(800)) })).body.code, 'outside_booking_window')
  const nobody = 'customer_01h455vb4pex5vsknk084sn02q'
  assert.equal((await desk.book({ customer_id: nobody })).body.code, 'not_found')
  const state = () => desk.rows('SELECT state FROM bookings WHERE workspace_id = $1 ORDER BY id')
  assert.deepEqual(await state(), [{ state: 'hold' }])
  await desk.booked()
  assert.deepEqual(await state(), [{ state: 'expired' }, { state: 'confirmed' }])
})

test('minimum notice: the very instant is accepted, 1 ms less is not', async () => {
  const desk = await openDesk(server)
  await desk.policy({ notice_minutes: 120 })
  const earliest = plus(NOW, { hours: 2 })
  assert.equal((await desk.book({ start: plus(earliest, { milliseconds: -1 }) })).body.code, 'min_notice')
  const booking = await desk.booked({ start: earliest })
  assert.equal(booking.starts_at, earliest)
  const later = await desk.booked({ start: plus(earliest, { hours: 5 }) })
  const move = (start: string) => callTool(desk, 'reschedule_booking', moved(later.id, start))
  assert.equal((await move(plus(earliest, { milliseconds: -1 }))).body.code, 'min_notice', 'moving, too')
  const { slots } = await done(desk, 'get_available_slots', where(desk))
  assert.ok(slots[0].start >= earliest, 'what is offered gives notice')
})

test('booking window: the last local date is accepted to its last minute, the next is not', async () => {
  const desk = await openDesk(server)
  await desk.policy({ window_days: 3 })
  const midnight = textOf(desk.morning(4).subtract({ hours: 10 })) // Of the location, not of UTC.
  assert.equal((await desk.book({ start: midnight })).body.code, 'outside_booking_window')
  const booking = await desk.booked({ start: plus(midnight, { minutes: -1 }) })
  const move = await callTool(desk, 'reschedule_booking', moved(booking.id, midnight))
  assert.equal(move.body.code, 'outside_booking_window', 'moving, too')
})

test('a request waits until its start, or for as long as the service says, and then is gone', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true })
  const untilStart = await desk.booked()
  assert.deepEqual([untilStart.state, untilStart.lapses_at], ['pending', untilStart.starts_at])
  await desk.policy({ requires_confirmation: true, answer_within_minutes: 60 })
  const [kept, lost] = [await desk.booked(at(desk, 2)), await desk.booked(at(desk, 3))]
  assert.equal(kept.lapses_at, plus(NOW, { hours: 1 }))
  assert.equal(
    (await desk.booked({ start: plus(NOW, { minutes: 30 }) })).lapses_at,
    plus(NOW, { minutes: 30 }),
  )

  await desk.jumpTo(plus(kept.lapses_at, { milliseconds: -1 }))
  assert.equal((await desk.book(at(desk, 3))).body.code, 'slot_conflict', 'it holds its slot')
  assert.equal((await done(desk, 'confirm_booking', { booking_id: kept.id })).lapses_at, null)
  await desk.jumpTo(kept.lapses_at)
  assert.equal(await refused(desk, 'confirm_booking', { booking_id: lost.id }), 'hold_expired')
  assert.equal(await refused(desk, 'decline_booking', { booking_id: lost.id }), 'invalid_transition')
  assert.equal((await done(desk, 'get_booking', { booking_id: lost.id })).state, 'expired')
  await desk.booked(at(desk, 3))
  assert.equal((await desk.book(at(desk, 2))).body.code, 'slot_conflict', 'what was confirmed stays')
})

test('a held slot whose service asks for a yes becomes a request with its deadline', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true, answer_within_minutes: 30 })
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  const customer_id = await desk.customer()
  await desk.jumpTo(plus(NOW, { minutes: 9 }))
  const request = await done(desk, 'book_slot_hold', { hold_id: hold.id, customer_id, note: 'By the window' })
  assert.deepEqual([request.state, request.lapses_at], ['pending', plus(NOW, { minutes: 39 })])
  await desk.jumpTo(plus(request.lapses_at, { milliseconds: -1 }))
  assert.equal((await desk.book()).body.code, 'slot_conflict', 'the place is kept as long as the request')
  await desk.jumpTo(request.lapses_at)
  assert.equal((await done(desk, 'book_slot_hold', { hold_id: hold.id, customer_id })).state, 'expired')
  await desk.booked()
})

test('cancelling is free at exactly the cut-off and late 1 ms after it; for the business never', async () => {
  const desk = await openDesk(server)
  await desk.policy({ cancel_cutoff_minutes: 24 * 60 })
  const [inTime, late, ours] = await Promise.all([2, 3, 4].map(days => desk.booked(at(desk, days))))
  const terms = (id: string) => done(desk, 'preview_booking_cancellation', { booking_id: id })
  const cancel = async (id: string, by: string) => {
    const { body } = await desk.confirmed('cancel_booking', { booking_id: id, by })
    return [body.data.state, body.data.cancelled_late]
  }
  const { free_until, late: isLate } = await terms(inTime.id)
  assert.deepEqual([free_until, isLate], [plus(inTime.starts_at, { hours: -24 }), false])
  await desk.jumpTo(free_until)
  assert.equal((await terms(inTime.id)).late, false)
  assert.deepEqual(await cancel(inTime.id, 'customer'), ['cancelled', false])
  await desk.jumpTo(plus(plus(late.starts_at, { hours: -24 }), { milliseconds: 1 }))
  assert.equal((await terms(late.id)).late, true)
  assert.deepEqual(await cancel(late.id, 'customer'), ['cancelled', true])
  await desk.jumpTo(plus(ours.starts_at, { minutes: -1 }))
  assert.deepEqual(await cancel(ours.id, 'business'), ['cancelled', false])
  assert.equal((await terms(late.id)).late, true, 'what it was stays')
})

test('the cut-off is elapsed time, also across a change of the clocks', async () => {
  const desk = await openDesk(server)
  await desk.policy({ cancel_cutoff_minutes: 24 * 60 })
  const start = '2030-03-31T10:00:00+02:00' // Clocks in Madrid went forward at 02:00.
  const booking = await desk.booked({ start })
  const { free_until } = await done(desk, 'preview_booking_cancellation', { booking_id: booking.id })
  assert.equal(free_until, '2030-03-30T08:00:00.000Z')
  assert.equal(booking.local, '2030-03-31T10:00+02:00[Europe/Madrid]')
})

test('what cannot be cancelled has no terms of cancelling', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  await desk.jumpTo(booking.starts_at)
  await done(desk, 'complete_booking', { booking_id: booking.id, idempotency_key: fresh() })
  for (const tool of ['preview_booking_cancellation', 'cancel_booking']) {
    const { body } = await callTool(desk, tool, {
      booking_id: booking.id,
      by: 'customer',
      ...(tool === 'cancel_booking' && { idempotency_key: fresh() }),
    })
    assert.equal(body.code, 'invalid_transition', tool)
  }
})

test('a quote keeps its price until it expires, to the millisecond, whatever becomes of the service', async () => {
  const desk = await openDesk(server)
  const quote = await done(desk, 'quote_booking', desk.slot())
  assert.deepEqual(
    [quote.price.amount, quote.expires_at, quote.local, quote.time_zone],
    [5000, plus(NOW, { minutes: 30 }), '2030-01-08T10:00+01:00[Europe/Madrid]', 'Europe/Madrid'],
  )
  await done(desk, 'update_service', {
    service_id: desk.serviceId,
    version: 2,
    price: { amount: 9000, currency: 'EUR' },
  })
  await desk.jumpTo(plus(quote.expires_at, { milliseconds: -1 }))
  const dry = await desk.book({ quote: quote.quote, dry_run: true })
  assert.equal(dry.body.data.price.amount, 5000)
  await desk.jumpTo(quote.expires_at)
  assert.equal((await desk.book({ quote: quote.quote })).body.code, 'invalid_input')
  assert.equal((await desk.booked()).price.amount, 9000)
})

test('a quote is for its slot, person, service and workspace alone', async () => {
  const [desk, other] = await Promise.all([openDesk(server, { staff: 2 }), openDesk(server)])
  const { quote } = await done(desk, 'quote_booking', desk.slot())
  const service = await made(desk, 'create_service', {
    name: 'Other',
    duration_minutes: 60,
    price: { amount: 1, currency: 'EUR' },
  })
  for (const change of [
    { start: textOf(desk.morning(2)) },
    { staff_id: desk.staffIds[1] },
    { service_id: service.id },
    { quote: `${quote}x` },
  ])
    assert.equal((await desk.book({ quote, ...change })).body.code, 'invalid_input', JSON.stringify(change))
  assert.equal((await other.book({ quote })).body.code, 'invalid_input')
  await desk.booked({ quote })
})

test('a quote for anybody is booked with whom it was quoted', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const quoted = await done(desk, 'quote_booking', desk.slot({ staff_id: undefined }))
  assert.equal(quoted.staff_id, desk.staffIds[0])
  await desk.booked({ start: textOf(desk.morning(1).add({ hours: 3 })), staff_id: quoted.staff_id })
  const booking = await desk.booked({ staff_id: undefined, quote: quoted.quote })
  assert.equal(booking.staff_id, quoted.staff_id, 'though by now another is less busy')
})

test('a dry run shows the booking and leaves nothing; a replay answers the same booking', async () => {
  const desk = await openDesk(server)
  const args = { ...desk.slot(), customer_id: await desk.customer(), idempotency_key: fresh() }
  const dry = await callTool(desk, 'create_booking', { ...args, dry_run: true })
  assert.deepEqual([dry.body.status, dry.body.data.state], ['dry_run', 'confirmed'])
  for (const table of ['bookings', 'allocations', 'booking_history'])
    assert.deepEqual(await desk.rows(`SELECT id FROM ${table} WHERE workspace_id = $1`), [], table)
  const first = await callTool(desk, 'create_booking', args)
  const again = await callTool(desk, 'create_booking', args)
  assert.deepEqual([again.body.replayed, again.body.data], [true, first.body.data])
  assert.equal((await desk.rows('SELECT id FROM bookings WHERE workspace_id = $1')).length, 1)
})

test('every answer tells the start by the clock of the location, with its zone', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const [listed] = await done(desk, 'list_bookings', {})
  const told = { local: '2030-01-08T10:00+01:00[Europe/Madrid]', time_zone: 'Europe/Madrid' }
  const answers = [
    booking,
    listed,
    await done(desk, 'get_booking', { booking_id: booking.id }),
    await done(desk, 'check_in_booking', { booking_id: booking.id }),
    await done(desk, 'explain_unavailability', desk.slot()),
  ]
  for (const { local, time_zone } of answers) assert.deepEqual({ local, time_zone }, told)
})

function where({ serviceId, locationId }: { serviceId: string; locationId: string }) {
  return { service_id: serviceId, location_id: locationId }
}

function at(desk: { morning(days: number): Parameters<typeof textOf>[0] }, days: number) {
  return { start: textOf(desk.morning(days)) }
}

function moved(bookingId: string, start: string) {
  return { booking_id: bookingId, start, idempotency_key: fresh() }
}
