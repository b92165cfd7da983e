import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, type Called, callTool, done } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'

const server = await startServer({ after }, unlimited)

test('buffers are as they were booked: they may touch, not overlap, and editing the service moves nothing', async () => {
  const desk = await openDesk(server, {
    service: { duration_minutes: 60, buffer_before_minutes: 10, buffer_after_minutes: 20 },
  })
  const booking = await desk.booked()
  const after = plus(booking.ends_at, { minutes: 30 })
  const before = plus(booking.starts_at, { minutes: -90 })
  for (const [touching, step] of [
    [after, -1],
    [before, 1],
  ] as const) {
    const start = plus(touching, { minutes: step })
    assert.equal((await desk.book({ start })).body.code, 'slot_conflict')
    await desk.booked({ start: touching })
  }
  const held = () =>
    desk.rows(`SELECT occupied::text FROM allocations WHERE workspace_id = $1 AND state = 'held' ORDER BY id`)
  const rows = await held()
  await done(desk, 'update_service', {
    service_id: desk.serviceId,
    version: 2,
    duration_minutes: 200,
    buffer_before_minutes: 60,
    buffer_after_minutes: 60,
  })
  assert.deepEqual(await held(), rows)
  assert.deepEqual((await done(desk, 'get_booking', { booking_id: booking.id })).ends_at, booking.ends_at)
})

test('a customer has one booking at a time, unless the workspace allows more; touching is no overlap', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const customer_id = await desk.customer()
  const booking = await desk.booked({ customer_id })
  const other = { customer_id, staff_id: desk.staffIds[1] }
  const overlapping = { ...other, start: plus(booking.ends_at, { minutes: -1 }) }
  assert.equal((await desk.book(overlapping)).body.code, 'customer_overlap')
  const hold = await made(desk, 'create_slot_hold', desk.slot({ ...overlapping, customer_id: undefined }))
  const bookHold = () => callTool(desk, 'book_slot_hold', { hold_id: hold.id, customer_id })
  assert.equal((await bookHold()).body.code, 'customer_overlap', 'booking a hold, too')
  await done(desk, 'release_slot_hold', { hold_id: hold.id })
  const touching = await desk.booked({ ...other, start: booking.ends_at })
  await desk.confirmed('cancel_booking', { booking_id: touching.id, by: 'customer' })
  const { version } = await done(desk, 'get_workspace_settings')
  await done(desk, 'update_workspace_settings', { version, booking: { allow_customer_overlap: true } })
  await desk.booked(overlapping)
})

test('two bookings of one customer at once, with different people: one is made', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const customer_id = await desk.customer()
  const answers = await Promise.all(desk.staffIds.map(staff_id => desk.book({ customer_id, staff_id })))
  assert.deepEqual(answers.map(({ body }) => body.code ?? body.data.state).sort(), [
    'confirmed',
    'customer_overlap',
  ])
})

test('where people take different times, a customer gets one whose service ends before their next booking', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const [slow, quick] = desk.staffIds
  const services = (duration_minutes: number) => [{ service_id: desk.serviceId, duration_minutes }]
  await done(desk, 'set_staff_services', { staff_id: slow, services: services(120) })
  await done(desk, 'set_staff_services', { staff_id: quick, services: services(30) })
  const customer_id = await desk.customer()
  const next = await desk.booked({ customer_id })
  const any = { customer_id, staff_id: undefined, start: plus(next.starts_at, { minutes: -60 }) }
  assert.equal((await explained(desk, any)).code, null)
  assert.equal((await desk.book({ ...any, staff_id: slow })).body.code, 'customer_overlap')
  assert.equal((await desk.booked(any)).staff_id, quick)
  const third = { ...any, start: plus(next.starts_at, { minutes: -29 }), customer_id }
  assert.equal((await desk.book({ ...third, staff_id: quick })).body.code, 'customer_overlap')
})

test('a refusal is the first rule that fails of those that explain_unavailability lists, however many fail', async () => {
  const desk = await openDesk(server, { staff: 2 })
  await desk.policy({ notice_minutes: 24 * 60, window_days: 5 })
  const customer_id = await desk.customer()
  const [ada, bob] = desk.staffIds
  await desk.booked({ start: day(desk, 2), customer_id })
  await desk.booked({ start: day(desk, 3), staff_id: bob, customer_id })
  await made(desk, 'create_slot_hold', desk.slot({ start: day(desk, 3) }))
  await done(desk, 'create_time_off', {
    staff_id: ada,
    from: '2030-01-20',
    to: '2030-01-20',
    idempotency_key: crypto.randomUUID(),
  })
  const near = { service_id: desk.serviceId, location_id: desk.locationId }
  const cases: [string[], Body][] = [
    [['outside_hours', 'outside_booking_window'], { start: day(desk, 13) }],
    [['outside_booking_window'], { start: day(desk, 14) }],
    [['min_notice'], { start: plus(day(desk, 0), { hours: 1 }) }],
    [['customer_overlap', 'slot_conflict'], { start: day(desk, 2), customer_id }],
    [['customer_overlap', 'slot_conflict'], { start: day(desk, 3), customer_id }],
    [['slot_conflict'], { start: day(desk, 3) }],
    [[], { start: day(desk, 4), customer_id }],
  ]
  for (const [codes, args] of cases) {
    const { bookable, code, rules } = await explained(desk, args)
    const failing = rules.filter(({ passed }: Body) => !passed).map(({ code }: Body) => code)
    const { body } = await desk.book({ ...args, dry_run: true })
    const seen = [failing, code, bookable, body.code ?? null]
    assert.deepEqual(
      seen,
      [codes, codes[0] ?? null, codes.length === 0, codes[0] ?? null],
      JSON.stringify(args),
    )
  }

  await desk.jumpTo(day(desk, 1)) // By now the booking of day 2 is within the notice, too.
  const both = { start: day(desk, 2), customer_id, ...near }
  const { rules } = await explained(desk, { ...both, start: plus(both.start, { minutes: -30 }) })
  const failing = rules.filter(({ passed }: Body) => !passed).map(({ code }: Body) => code)
  assert.deepEqual(failing, ['min_notice', 'customer_overlap', 'slot_conflict'])
  await desk.confirmed('archive_service', { service_id: desk.serviceId })
  const args = { ...both, start: day(desk, 13) }
  assert.deepEqual(
    [(await explained(desk, args)).code, (await desk.book(args)).body.code],
    ['not_found', 'not_found'],
  )
})

test('what the business sets aside is recorded, and is those three rules alone', async () => {
  const desk = await openDesk(server)
  await desk.policy({ notice_minutes: 120, window_days: 5 })
  await done(desk, 'create_time_off', {
    staff_id: desk.staffIds[0],
    from: '2030-01-20',
    to: '2030-01-20',
    idempotency_key: crypto.randomUUID(),
  })
  const start = day(desk, 13)
  const rules = ['outside_hours', 'outside_booking_window', 'min_notice']
  const code = async (overrides: string[]) => (await desk.book({ start, overrides, dry_run: true })).body.code
  assert.equal(await code([]), 'outside_hours')
  assert.equal(await code(['outside_hours']), 'outside_booking_window')
  assert.equal(await code(['outside_booking_window']), 'outside_hours')
  const booking = await desk.booked({ start, overrides: rules })
  const { history } = await done(desk, 'get_booking', { booking_id: booking.id })
  assert.deepEqual(history[0].details, { overrides: rules })
  const [audited] = await done(desk, 'list_audit_events', { tool: 'create_booking', outcome: 'done' })
  assert.deepEqual(audited.arguments.overrides, rules)
  const [event] = await desk.rows(
    `SELECT data FROM events WHERE workspace_id = $1 AND type = 'booking.confirmed'`,
  )
  assert.deepEqual(event.data, { overrides: rules })

  await desk.booked({ start: plus(day(desk, 0), { hours: -1 }), overrides: ['min_notice'] })
  assert.equal(
    (await desk.book({ start, overrides: rules })).body.code,
    'slot_conflict',
    'a taken place stays taken',
  )
  assert.equal((await desk.book({ start, overrides: ['slot_conflict'] })).body.code, 'invalid_input')
  const any = await desk.book({ start, overrides: rules, staff_id: undefined })
  assert.equal(any.body.code, 'invalid_input', 'for whom, must be said')
})

test('anybody: who has least to do that day, and among equals always the same', async () => {
  const desk = await openDesk(server, { staff: 3 })
  const [ada, bob, cy] = desk.staffIds
  await desk.booked({ staff_id: ada, start: plus(day(desk, 1), { hours: 4 }) })
  await desk.booked({ staff_id: cy, start: plus(day(desk, 2), { hours: 4 }) })
  const any = async (start: string) => (await desk.booked({ staff_id: undefined, start })).staff_id
  const one = plus(day(desk, 1), { hours: 2 })
  assert.deepEqual([await any(one), await any(one), await any(one)], [bob, cy, ada], 'of that day alone')
  assert.equal((await desk.book({ staff_id: undefined, start: one })).body.code, 'slot_conflict')
  const [{ id }] = await done(desk, 'list_bookings', { staff_id: bob })
  await desk.confirmed('cancel_booking', { booking_id: id, by: 'business' })
  assert.equal(await any(plus(one, { hours: 4 })), bob, 'what is cancelled is no work')
})

test('anybody is nobody without the skill, on time off, elsewhere or deactivated', async () => {
  const desk = await openDesk(server, { staff: 5 })
  const [unskilled, off, elsewhere, gone, free] = desk.staffIds
  await done(desk, 'set_staff_services', { staff_id: unskilled, services: [] })
  await timeOff(desk, off!, '2030-01-08')
  const { id: other } = await made(desk, 'create_location', { name: 'Norte', time_zone: 'Europe/Madrid' })
  await done(desk, 'update_staff', { staff_id: elsewhere, version: 2, location_ids: [other] })
  await desk.confirmed('deactivate_staff', { staff_id: gone })
  for (const { staff } of await slots(desk, '2030-01-08')) assert.deepEqual(staff, [free])
  const any = { staff_id: undefined }
  assert.equal((await desk.booked(any)).staff_id, free)
  assert.equal((await desk.book(any)).body.code, 'slot_conflict')
  const named: Record<string, Called> = {}
  for (const staff_id of [unskilled, elsewhere, gone]) named[staff_id!] = await desk.book({ staff_id })
  for (const [staff_id, { body }] of Object.entries(named)) assert.equal(body.code, 'not_found', staff_id)
})

test('time off, closures and overrides take slots away and cancel nothing', async () => {
  const desk = await openDesk(server)
  const [ada] = desk.staffIds
  const bookings = []
  for (const days of [1, 2, 3]) bookings.push(await desk.booked({ start: day(desk, days) }))
  const away = await timeOff(desk, ada!, '2030-01-08')
  assert.deepEqual(
    away.conflicting_bookings.map(({ id }: Body) => id),
    [bookings[0].id],
  )
  await done(desk, 'set_location_closures', {
    location_id: desk.locationId,
    from: '2030-01-09',
    to: '2030-01-09',
    closures: [{ date: '2030-01-09' }],
  })
  await done(desk, 'set_schedule_override', {
    staff_id: ada,
    location_id: desk.locationId,
    date: '2030-01-10',
    intervals: [{ from: '14:00', to: '16:00' }],
  })
  assert.deepEqual([await slots(desk, '2030-01-08'), await slots(desk, '2030-01-09')], [[], []])
  assert.deepEqual(
    (await slots(desk, '2030-01-10')).map(({ local }) => local.slice(11, 16)),
    ['14:00', '15:00'],
  )
  for (const days of [1, 2, 3])
    assert.equal((await desk.book({ start: plus(day(desk, days), { hours: 1 }) })).body.code, 'outside_hours')
  for (const { id } of bookings)
    assert.equal((await done(desk, 'get_booking', { booking_id: id })).state, 'confirmed')
})

function day(desk: Desk, days: number): string {
  return textOf(desk.morning(days))
}

function explained(desk: Desk, args: Record<string, unknown>): Promise<Body> {
  return done(desk, 'explain_unavailability', desk.slot(args))
}

function timeOff(desk: Desk, staff_id: string, date: string): Promise<Body> {
  return made(desk, 'create_time_off', { staff_id, from: date, to: date })
}

async function slots(desk: Desk, date: string): Promise<{ start: string; local: string; staff: string[] }[]> {
  const where = { service_id: desk.serviceId, location_id: desk.locationId }
  return (await done(desk, 'get_available_slots', { ...where, from: date, to: date, limit: 100 })).slots
}
