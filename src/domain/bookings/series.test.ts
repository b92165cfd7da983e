import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, type Called, callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after }, unlimited)

test('a series keeps its time on the clock when clocks change, and each date is a booking of it', async () => {
  const desk = await openDesk(server)
  const series = await repeated(desk, { start: '2030-03-19T10:00:00+01:00', rrule: 'FREQ=WEEKLY;COUNT=3' })
  assert.deepEqual(
    [series.rule, series.booked, series.time_zone],
    ['every week, 3 times', 3, 'Europe/Madrid'],
  )
  assert.deepEqual(
    series.occurrences.map(({ local, starts_at, state }: Body) => [local, starts_at, state]),
    [
      ['2030-03-19T10:00', '2030-03-19T09:00:00.000Z', 'confirmed'],
      ['2030-03-26T10:00', '2030-03-26T09:00:00.000Z', 'confirmed'],
      ['2030-04-02T10:00', '2030-04-02T08:00:00.000Z', 'confirmed'],
    ],
  )
  const other = await desk.booked()
  const listed = await done(desk, 'list_bookings', { series_id: series.series_id })
  assert.deepEqual(
    listed.map(({ id, series_id }: Body) => [id, series_id]),
    series.occurrences.map(({ booking_id }: Body) => [booking_id, series.series_id]),
  )
  const alone = await done(desk, 'get_booking', { booking_id: other.id })
  assert.deepEqual([alone.series_id, alone.series_date], [null, null])
  const events = await desk.rows(
    `SELECT type, count(*)::int FROM events WHERE workspace_id = $1 AND type LIKE 'booking%' GROUP BY 1 ORDER BY 1`,
  )
  assert.deepEqual(events, [
    { type: 'booking.confirmed', count: 4 },
    { type: 'booking_series.created', count: 1 },
  ])
})

test('where one date is taken, none is booked, and each that cannot be is named', async () => {
  const desk = await openDesk(server)
  await desk.booked({ start: day(desk, 3) })
  await desk.booked({ start: day(desk, 5) })
  const before = await everything(desk)
  const { body } = await repeat(desk, { rrule: 'FREQ=DAILY;COUNT=5' })
  assert.equal(body.code, 'slot_conflict')
  assert.match(body.message, /^2 of 5 cannot be booked\. 2030-01-10 10:00: /)
  assert.equal(body.details.bookable, 3)
  assert.deepEqual(
    body.details.occurrences.map(({ local, code }: Body) => [local, code]),
    [
      ['2030-01-10T10:00', 'slot_conflict'],
      ['2030-01-12T10:00', 'slot_conflict'],
    ],
  )
  assert.deepEqual(await everything(desk), before)
})

test('skipping, the others are booked, and what was refused leaves nothing', async () => {
  const desk = await openDesk(server)
  await desk.booked({ start: day(desk, 3) })
  const before = await everything(desk)
  const series = await repeated(desk, { rrule: 'FREQ=DAILY;COUNT=5', on_conflict: 'skip' })
  assert.equal(series.booked, 4)
  assert.deepEqual(
    series.occurrences.map(({ local, booking_id, state, code }: Body) => [
      local.slice(8, 10),
      booking_id !== null,
      state,
      code,
    ]),
    [
      ['08', true, 'confirmed', null],
      ['09', true, 'confirmed', null],
      ['10', false, 'refused', 'slot_conflict'],
      ['11', true, 'confirmed', null],
      ['12', true, 'confirmed', null],
    ],
  )
  const now = await everything(desk)
  for (const rows of ['bookings', 'allocations', 'history'] as const)
    assert.equal(now[rows], before[rows] + 4)
  assert.equal(
    (await repeat(desk, { rrule: 'FREQ=DAILY;COUNT=5', on_conflict: 'skip' })).body.code,
    'slot_conflict',
  )
  assert.deepEqual(await everything(desk), now, 'a series of nothing is none')
})

test('each date answers with the first rule that refuses it', async () => {
  const desk = await openDesk(server)
  await desk.policy({ window_days: 3 })
  await done(desk, 'set_location_closures', {
    location_id: desk.locationId,
    from: '2030-01-09',
    to: '2030-01-09',
    closures: [{ date: '2030-01-09' }],
  })
  const customer_id = await desk.customer()
  await desk.booked({ customer_id })
  const { body } = await repeat(desk, { customer_id, rrule: 'FREQ=DAILY;COUNT=4' })
  assert.deepEqual(codes(body.details.occurrences), [
    'customer_overlap',
    'outside_hours',
    'outside_booking_window',
  ])
  assert.equal(body.code, 'customer_overlap')
  const set = { rrule: 'FREQ=DAILY;COUNT=4', overrides: ['outside_hours', 'outside_booking_window'] }
  const other = await repeat(desk, { ...set, start: plus(day(desk, 1), { hours: 2 }) })
  assert.equal(other.body.data.booked, 4)
})

test('a time that clocks skip is told, and one that they show twice is the one that was meant', async () => {
  const desk = await openDesk(server)
  const skipped = { start: '2030-03-30T02:30:00+01:00', rrule: 'FREQ=DAILY;COUNT=2' }
  const { body } = await repeat(desk, skipped)
  assert.deepEqual(
    [body.code, body.details.occurrences[0].local],
    ['nonexistent_local_time', '2030-03-31T02:30'],
  )
  const series = await repeated(desk, { ...skipped, on_conflict: 'skip' })
  assert.deepEqual(codes(series.occurrences), [null, 'nonexistent_local_time', null])
  assert.equal(series.occurrences[1].starts_at, null)

  const twice = await repeated(desk, { start: '2030-10-27T02:30:00+01:00', rrule: 'FREQ=WEEKLY;COUNT=2' })
  assert.deepEqual(
    twice.occurrences.map(({ starts_at }: Body) => starts_at),
    ['2030-10-27T01:30:00.000Z', '2030-11-03T01:30:00.000Z'],
  )
  const later = { start: '2030-10-26T02:30:00+02:00', rrule: 'FREQ=DAILY;COUNT=2' }
  assert.equal((await repeat(desk, later)).body.code, 'ambiguous_local_time')
})

test('a rule without an end, with too many dates, or that does not come to its start is refused', async () => {
  const desk = await openDesk(server)
  for (const args of [
    { rrule: 'FREQ=WEEKLY' },
    { rrule: 'FREQ=DAILY;COUNT=105' },
    { rrule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=3' },
    { rrule: 'FREQ=DAILY;COUNT=2', start: plus(day(desk, 1), { seconds: 1 }) },
    { rrule: 'every tuesday' },
  ]) {
    const { body } = await repeat(desk, args)
    assert.equal(body.code, 'invalid_input', JSON.stringify(args))
  }
  const [{ first }] = [(await repeat(desk, { rrule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=3' })).body.details]
  assert.equal(first, '2030-01-14')
})

test('what is nobody’s is not found, whatever is to be skipped', async () => {
  const desk = await openDesk(server)
  const customer_id = 'customer_01h455vb4pex5vsknk084sn02q'
  const { body } = await repeat(desk, { customer_id, rrule: 'FREQ=DAILY;COUNT=2', on_conflict: 'skip' })
  assert.equal(body.code, 'not_found')
  const anybody = { staff_id: undefined, overrides: ['min_notice'], rrule: 'FREQ=DAILY;COUNT=2' }
  assert.equal((await repeat(desk, { ...anybody, on_conflict: 'skip' })).body.code, 'invalid_input')
})

test('with anybody, each date has whoever is free', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const [one, other] = desk.staffIds
  await desk.booked({ staff_id: one })
  await desk.booked({ staff_id: other, start: day(desk, 2) })
  const series = await repeated(desk, { staff_id: undefined, rrule: 'FREQ=DAILY;COUNT=2' })
  assert.deepEqual(
    series.occurrences.map(({ staff_id }: Body) => staff_id),
    [other, one],
  )
})

test('a repeated call answers the same, and a plan changes nothing', async () => {
  const desk = await openDesk(server)
  const hold = await done(desk, 'create_slot_hold', {
    ...desk.slot({ start: day(desk, 2) }),
    idempotency_key: fresh(),
  })
  await desk.jumpTo(hold.lapses_at)
  const before = await everything(desk)
  const args = { ...asked(desk), customer_id: await desk.customer(), idempotency_key: fresh() }
  const plan = await callTool(desk, 'create_recurring_bookings', { ...args, dry_run: true })
  assert.deepEqual([plan.body.status, plan.body.data.booked], ['dry_run', 3])
  assert.deepEqual(await everything(desk), before)
  const first = await callTool(desk, 'create_recurring_bookings', args)
  const again = await callTool(desk, 'create_recurring_bookings', args)
  assert.deepEqual([again.body.replayed, again.body.data], [true, first.body.data])
  const { state } = await done(desk, 'get_booking', { booking_id: hold.id })
  assert.equal(state, 'expired')
})

test('an occurrence that moves keeps its date in the series, and goes with it', async () => {
  const desk = await openDesk(server)
  const { occurrences } = await repeated(desk, { rrule: 'FREQ=DAILY;COUNT=4' })
  const [, second, third] = occurrences
  const start = plus(second.starts_at, { hours: 20 * 24 })
  await done(desk, 'reschedule_booking', { booking_id: second.booking_id, start, idempotency_key: fresh() })
  const moved = await done(desk, 'get_booking', { booking_id: second.booking_id })
  assert.deepEqual([moved.starts_at, moved.series_date], [start, '2030-01-09'])

  const { body } = await cancel(desk, third, 'following')
  assert.deepEqual(
    body.data.bookings.map(({ series_date, state }: Body) => [series_date, state]),
    [
      ['2030-01-10', 'cancelled'],
      ['2030-01-11', 'cancelled'],
    ],
    'it stands for an earlier date, whenever it is',
  )
  assert.equal((await done(desk, 'get_booking', { booking_id: second.booking_id })).state, 'confirmed')
})

test('cancelling all takes what has not begun, each on its own terms', async () => {
  const desk = await openDesk(server)
  await desk.policy({ cancel_cutoff_minutes: 24 * 60 })
  const { series_id, occurrences } = await repeated(desk, { rrule: 'FREQ=DAILY;COUNT=5' })
  const [first, second, third] = occurrences
  await desk.confirmed('cancel_booking', { booking_id: third.booking_id, by: 'business' })
  await desk.jumpTo(plus(first.starts_at, { minutes: 30 }))
  const { body } = await cancel(desk, first, 'all')
  assert.equal(body.data.cancelled, 3)
  assert.deepEqual(
    body.data.bookings.map(({ series_date, state, cancelled_late, because }: Body) => [
      series_date,
      state,
      cancelled_late,
      because,
    ]),
    [
      ['2030-01-09', 'cancelled', true, null],
      ['2030-01-10', 'cancelled', false, 'It was cancelled before, by the business.'],
      ['2030-01-11', 'cancelled', false, null],
      ['2030-01-12', 'cancelled', false, null],
    ],
  )
  const states = await done(desk, 'list_bookings', { series_id, state: 'confirmed' })
  assert.deepEqual(
    states.map(({ id }: Body) => id),
    [first.booking_id],
  )
  await desk.booked({ start: second.starts_at, overrides: ['min_notice'] })
  const [series] = await desk.rows('SELECT status, version FROM booking_series WHERE workspace_id = $1')
  assert.deepEqual(series, { status: 'cancelled', version: 2 })
  const again = await cancel(desk, first, 'all')
  assert.deepEqual([again.body.status, again.body.data.cancelled], ['done', 0])
})

test('one alone is cancelled as any booking, and leaves the others', async () => {
  const desk = await openDesk(server)
  const { occurrences } = await repeated(desk)
  const { body } = await cancel(desk, occurrences[1], 'this', 'business')
  assert.deepEqual([body.data.cancelled, body.data.bookings.length], [1, 1])
  assert.equal((await cancel(desk, occurrences[1], 'this')).body.data.cancelled, 0)
  const [series] = await desk.rows('SELECT status FROM booking_series WHERE workspace_id = $1')
  assert.equal(series!.status, 'active')
  await done(desk, 'check_in_booking', { booking_id: occurrences[0].booking_id })
  assert.equal((await cancel(desk, occurrences[0], 'this')).body.code, 'invalid_transition')
  const all = await cancel(desk, occurrences[0], 'all')
  assert.equal(all.body.data.cancelled, 1)
  assert.match(all.body.data.bookings[0].because, /arrived/)
})

test('a booking without a series has none to cancel', async () => {
  const desk = await openDesk(server)
  const { id: booking_id } = await desk.booked()
  const args = { booking_id, scope: 'all', by: 'customer', idempotency_key: fresh() }
  assert.equal(await refused(desk, 'cancel_booking_series', args), 'invalid_input')
})

test('what was previewed is what is cancelled: a booking that changes meanwhile asks for a new preview', async () => {
  const desk = await openDesk(server)
  const { occurrences } = await repeated(desk)
  const booking_id = occurrences[0].booking_id
  const args = { booking_id, scope: 'all', by: 'customer', idempotency_key: fresh() }
  const preview = await callTool(desk, 'cancel_booking_series', args)
  assert.equal(preview.body.status, 'needs_confirmation')
  const start = plus(occurrences[2].starts_at, { hours: 3 })
  await done(desk, 'reschedule_booking', {
    booking_id: occurrences[2].booking_id,
    start,
    idempotency_key: fresh(),
  })
  const { confirm_token } = preview.body
  assert.equal(
    await refused(desk, 'cancel_booking_series', { ...args, confirm_token }),
    'confirmation_invalid',
  )
})

/** 10:00 in the shop, so many days after today. */
function day(desk: Desk, days: number): string {
  return textOf(desk.morning(days))
}

function asked(desk: Desk, args: Record<string, unknown> = {}) {
  return { ...desk.slot(), rrule: 'FREQ=WEEKLY;COUNT=3', ...args }
}

async function repeat(desk: Desk, args: Record<string, unknown> = {}): Promise<Called> {
  const customer_id = args.customer_id ?? (await desk.customer())
  const whole = { ...asked(desk, args), customer_id, idempotency_key: fresh() }
  return callTool(desk, 'create_recurring_bookings', whole)
}

async function repeated(desk: Desk, args: Record<string, unknown> = {}): Promise<Body> {
  const { isError, body } = await repeat(desk, args)
  assert.equal(isError, false, JSON.stringify(body))
  return body.data
}

function cancel(desk: Desk, { booking_id }: Body, scope: string, by = 'customer'): Promise<Called> {
  return desk.confirmed('cancel_booking_series', { booking_id, scope, by })
}

function codes(occurrences: Body[]): (string | null)[] {
  return occurrences.map(({ code }) => code)
}

async function everything(desk: Desk): Promise<Body> {
  const [counts] = await desk.rows(`SELECT
    (SELECT count(*)::int FROM bookings WHERE workspace_id = $1) AS bookings,
    (SELECT count(*)::int FROM booking_series WHERE workspace_id = $1) AS series,
    (SELECT count(*)::int FROM allocations WHERE workspace_id = $1) AS allocations,
    (SELECT count(*)::int FROM booking_history WHERE workspace_id = $1) AS history,
    (SELECT count(*)::int FROM events WHERE workspace_id = $1 AND type LIKE 'booking%') AS events`)
  return counts!
}
