/** Rooms, pools, parts, variants and add-ons, as an agent books them. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { uuidOf } from '../../catalog/kinds.ts'

const server = await startServer({ after }, unlimited)
const euros = (amount: number) => ({ amount, currency: 'EUR' })

test('in a gap the person is booked by others, while the room stays with who has it, buffers included', async () => {
  const desk = await openDesk(server, { service: { duration_minutes: 60, buffer_after_minutes: 10 } })
  const room = await needs(desk, { units: 1 })
  const quick = await another(desk, { duration_minutes: 30 })
  await segment(desk, [30, 60], [30, 0])
  const colour = await desk.booked({ start: at(desk, 0) })
  assert.equal(colour.ends_at, at(desk, 120))
  assert.deepEqual(await held(desk, colour.id), [
    ['staff', at(desk, 0), at(desk, 30)],
    ['staff', at(desk, 90), at(desk, 130)],
    ['unit', at(desk, 0), at(desk, 130)],
  ])
  const other = (minutes: number) => desk.book({ service_id: quick, start: at(desk, minutes) })
  for (const minutes of [29, 61, 129]) assert.equal((await other(minutes)).body.code, 'slot_conflict')
  for (const minutes of [30, 60, 130]) assert.equal((await other(minutes)).isError, false, `${minutes}`)
  const inTheGap = { start: at(desk, 125), staff_id: undefined }
  const { code, rules } = await done(desk, 'explain_unavailability', desk.slot(inTheGap))
  const failing = rules.filter(({ passed }: Body) => !passed)
  assert.deepEqual(
    [code, failing.map(({ rule }: Body) => rule)],
    ['slot_conflict', ['time_free', 'resource_free']],
  )
  const [{ id, taken_by }] = failing[1].details.resources
  assert.deepEqual([id, taken_by[0].id], [room, colour.id])
})

test('a pool is sold by count: in pieces, too, since who holds it changes places', async () => {
  const desk = await openDesk(server, { staff: 5, service: { duration_minutes: 60 } })
  const pool = await needs(desk, { units: 2 })
  const book = (person: number, minutes: number, more: Body = {}) =>
    desk.booked({ staff_id: desk.staffIds[person], start: at(desk, minutes), ...more })
  // One on each unit now and one on each later: cancelled crosswise, no unit is free for all of the hour between.
  const [a, b] = [await book(0, 0), await book(1, 0)]
  const [c, d] = [await book(0, 90), await book(1, 90)]
  const unit = async ({ id }: Body) => (await units(desk, id))[0]
  await cancel(desk, a)
  await cancel(desk, (await unit(c)) === (await unit(b)) ? c : d)
  const left = (await unit(c)) ?? (await unit(d))
  assert.notEqual(left, await unit(b), 'fragmented')
  const between = await book(2, 45)
  assert.equal((await units(desk, between.id)).length, 1)
  await nothingOverlaps(desk)
  assert.equal(
    (await desk.book({ staff_id: desk.staffIds[3], start: at(desk, 59) })).body.code,
    'slot_conflict',
  )
  await book(3, 60, { service_id: await another(desk, { duration_minutes: 30 }, pool) })
  const busiest = await callTool(desk, 'update_resource', { resource_id: pool, version: 1, units: 1 })
  assert.equal(busiest.body.code, 'invalid_transition')
  assert.equal(busiest.body.details.bookings.length, 2)
})

test('a need is met by any of its resources, in order; all needs or nothing', async () => {
  const desk = await openDesk(server, { staff: 3 })
  const [one, two, machine] = [
    await resource(desk, 'Room 1'),
    await resource(desk, 'Room 2'),
    await resource(desk, 'Laser'),
  ]
  const service_id = desk.serviceId
  await done(desk, 'set_service_resources', { service_id, needs: [{ resource_ids: [one, two] }] })
  const rooms = async (person: number) => {
    const { body } = await desk.book({ staff_id: desk.staffIds[person] })
    return body.code ?? (await done(desk, 'get_booking', { booking_id: body.data.id })).resources
  }
  assert.deepEqual(
    [await rooms(0), await rooms(1), await rooms(2)],
    [['Room 1'], ['Room 2'], 'slot_conflict'],
  )
  await done(desk, 'set_service_resources', {
    service_id,
    needs: [{ resource_ids: [one] }, { resource_ids: [machine] }],
  })
  await desk.confirmed('archive_resource', { resource_id: machine })
  const start = at(desk, 300)
  const refused = await desk.book({ start })
  assert.deepEqual([refused.body.code, refused.body.message], ['slot_conflict', 'Laser is no longer in use.'])
  const rows = await desk.rows(`SELECT id FROM allocations WHERE workspace_id = $1 AND starts_at = $2`, start)
  assert.deepEqual(rows, [], 'no residue')
})

test('a hold keeps its room when it is booked; lapsed, cancelled or moved, the booking leaves nothing behind', async () => {
  const desk = await openDesk(server, { staff: 2 })
  await needs(desk, { units: 2, quantity: 2 })
  const [, other] = desk.staffIds
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  assert.equal((await desk.book({ staff_id: other })).body.code, 'slot_conflict')
  await done(desk, 'book_slot_hold', { hold_id: hold.id, customer_id: await desk.customer() })
  assert.equal((await units(desk, hold.id)).length, 2)
  const start = at(desk, 240)
  const moved = await callTool(desk, 'reschedule_booking', {
    booking_id: hold.id,
    start,
    staff_id: other,
    idempotency_key: fresh(),
  })
  assert.equal(moved.isError, false)
  assert.deepEqual(await held(desk, hold.id), [
    ['staff', start, at(desk, 300)],
    ['unit', start, at(desk, 300)],
    ['unit', start, at(desk, 300)],
  ])
  const second = await desk.booked()
  const back = await callTool(desk, 'reschedule_booking', {
    booking_id: hold.id,
    start: at(desk, 30),
    idempotency_key: fresh(),
  })
  assert.equal(back.body.code, 'slot_conflict')
  assert.equal((await held(desk, hold.id))[0]![1], start, 'all stay where they were')
  await cancel(desk, second)
  await cancel(desk, hold)
  assert.deepEqual([await held(desk, hold.id), await held(desk, second.id)], [[], []])

  const lapsing = await made(desk, 'create_slot_hold', desk.slot())
  await desk.jumpTo(lapsing.lapses_at)
  await desk.booked({ staff_id: other })
  assert.deepEqual(await held(desk, lapsing.id), [])
})

test('a variant and add-ons decide time and price, for whoever does it, and the booking keeps them', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const [ada, bob] = desk.staffIds
  const own = [{ service_id: desk.serviceId, duration_minutes: 90, price: euros(7000) }]
  await done(desk, 'set_staff_services', { staff_id: bob, services: own })
  const service_id = desk.serviceId
  const { variants } = await done(desk, 'set_service_variants', {
    service_id,
    variants: [
      { name: 'Long', duration_minutes: 75, price: euros(6000) },
      { name: 'Student', price: euros(4000) },
    ],
  })
  const { addons } = await done(desk, 'set_service_addons', {
    service_id,
    addons: [
      { name: 'Mask', minutes: 15, price: euros(1200) },
      { name: 'Tea', minutes: 0, price: euros(300) },
    ],
  })
  const [long, student] = variants.map(({ id }: Body) => id)
  const [mask, tea] = addons.map(({ id }: Body) => id)
  const cases: [Body, number, number][] = [
    [{ staff_id: bob }, 90, 7000],
    [{ staff_id: bob, addon_ids: [mask] }, 105, 8200],
    [{ staff_id: bob, variant_id: long }, 75, 6000],
    [{ staff_id: bob, variant_id: student, addon_ids: [tea, mask] }, 75, 5500],
    [{ staff_id: ada, variant_id: long, addon_ids: [mask, tea] }, 90, 7500],
  ]
  for (const [n, [asked, minutes, price]] of cases.entries()) {
    const start = textOf(desk.morning(1 + n))
    const quote = await done(desk, 'quote_booking', desk.slot({ ...asked, start }))
    assert.deepEqual([quote.ends_at, quote.price.amount], [plus(start, { minutes }), price])
    const { body } = await desk.book({ ...asked, start, quote: quote.quote })
    assert.deepEqual([body.data.ends_at, body.data.price.amount], [quote.ends_at, price])
    const without = { ...asked, variant_id: asked.variant_id ? undefined : long, start, quote: quote.quote }
    assert.equal((await desk.book(without)).body.code, 'invalid_input', 'a quote is for what it quotes')
  }
  const { id, version } = await desk.booked({ variant_id: long, addon_ids: [mask], start: at(desk, 600) })
  await done(desk, 'set_service_variants', { service_id, variants: [] })
  await done(desk, 'set_service_addons', {
    service_id,
    addons: [{ name: 'Mask', minutes: 60, price: euros(1) }],
  })
  const renewed = await done(desk, 'get_service', { service_id })
  assert.deepEqual([renewed.variants, renewed.addons[0].id], [[], mask], 'a name keeps its id')
  assert.equal((await desk.book({ variant_id: long })).body.code, 'not_found')
  const moved = await callTool(desk, 'reschedule_booking', {
    booking_id: id,
    start: at(desk, 720),
    idempotency_key: fresh(),
  })
  const { starts_at, ends_at, price } = moved.body.data
  assert.deepEqual([ends_at, price.amount], [plus(starts_at, { minutes: 90 }), 7200])
  const shown = await done(desk, 'get_booking', { booking_id: id })
  assert.deepEqual([shown.variant, shown.addons, shown.version], ['Long', ['Mask'], version + 1])
})

test('a booking in parts moves in the parts it was booked in, whatever has become of its service', async () => {
  const desk = await openDesk(server)
  await needs(desk, { units: 1 })
  await segment(desk, [20, 40], [20, 0])
  const { addons } = await done(desk, 'set_service_addons', {
    service_id: desk.serviceId,
    addons: [{ name: 'Rinse', minutes: 10, price: euros(100) }],
  })
  const booking = await desk.booked({ addon_ids: [addons[0].id] })
  await done(desk, 'set_service_segments', { service_id: desk.serviceId, segments: null })
  await done(desk, 'set_service_resources', { service_id: desk.serviceId, needs: [] })
  const move = { booking_id: booking.id, start: at(desk, 50), idempotency_key: fresh() }
  assert.equal((await callTool(desk, 'reschedule_booking', move)).isError, false, 'it may overlap itself')
  assert.deepEqual(await held(desk, booking.id), [
    ['staff', at(desk, 50), at(desk, 70)],
    ['staff', at(desk, 110), at(desk, 140)],
    ['unit', at(desk, 50), at(desk, 140)],
  ])
})

test('with segments nobody and nothing takes another time, and their sum is the duration', async () => {
  const desk = await openDesk(server)
  const [staff_id] = desk.staffIds
  const service_id = desk.serviceId
  const own = { staff_id, services: [{ service_id, duration_minutes: 40 }] }
  const variants = { service_id, variants: [{ name: 'Long', duration_minutes: 90, price: euros(1) }] }
  const segments = { service_id, segments: [{ minutes: 20, gap_after_minutes: 10 }, { minutes: 20 }] }
  const code = async (tool: string, args: Body) => (await callTool(desk, tool, args)).body.code
  for (const [tool, args, without] of [
    ['set_staff_services', own, { staff_id, services: [{ service_id }] }],
    ['set_service_variants', variants, { service_id, variants: [] }],
  ] as const) {
    await done(desk, tool, args)
    assert.equal(await code('set_service_segments', segments), 'invalid_input')
    await done(desk, tool, without)
    assert.equal((await done(desk, 'set_service_segments', segments)).duration_minutes, 50)
    assert.equal(await code(tool, args), 'invalid_input')
    await done(desk, 'set_service_segments', { service_id, segments: null })
  }
  const { version } = await done(desk, 'set_service_segments', segments)
  assert.equal(await code('update_service', { service_id, version, duration_minutes: 60 }), 'invalid_input')
  const trailing = { service_id, segments: [{ minutes: 20 }, { minutes: 20, gap_after_minutes: 5 }] }
  assert.equal(await code('set_service_segments', trailing), 'invalid_input')
})

test('fewer units where all that is booked fits into those left; more at any time', async () => {
  const desk = await openDesk(server, { staff: 3 })
  const pool = await needs(desk, { units: 3 })
  for (const staff_id of desk.staffIds.slice(0, 2)) await desk.booked({ staff_id })
  const last = await desk.booked({ staff_id: desk.staffIds[2], start: at(desk, 90) })
  const change = (version: number, units: number) =>
    callTool(desk, 'update_resource', { resource_id: pool, version, units })
  assert.equal((await change(1, 2)).body.data.units, 2)
  await nothingOverlaps(desk)
  const kept = await desk.rows('SELECT id FROM resource_units WHERE workspace_id = $1')
  assert.ok(
    kept.map(({ id }) => id).includes((await units(desk, last.id))[0]),
    'on a unit that is still there',
  )
  assert.equal((await desk.book({ staff_id: desk.staffIds[2] })).body.code, 'slot_conflict')
  const refused = await change(2, 1)
  assert.deepEqual([refused.body.code, refused.body.details.bookings.length], ['invalid_transition', 2])
  assert.equal((await change(2, 3)).body.data.units, 3)
  await desk.booked({ staff_id: desk.staffIds[2] })
  const { body } = await desk.confirmed('archive_resource', { resource_id: pool })
  assert.deepEqual([body.data.status, body.data.bookings.length], ['archived', 4])
})

/** So many minutes after ten tomorrow. */
function at(desk: Desk, minutes: number): string {
  return textOf(desk.morning(1).add({ minutes }))
}

async function resource(desk: Desk, name: string, units = 1): Promise<string> {
  return (await made(desk, 'create_resource', { location_id: desk.locationId, name, units })).id
}

/** A pool that the desk's service needs. */
async function needs(
  desk: Desk,
  { units, quantity = 1 }: { units: number; quantity?: number },
): Promise<string> {
  const id = await resource(desk, 'Chair', units)
  await done(desk, 'set_service_resources', {
    service_id: desk.serviceId,
    needs: [{ resource_ids: [id], quantity }],
  })
  return id
}

/** Another service of everybody. */
async function another(desk: Desk, service: Body, resourceId?: string): Promise<string> {
  const { id } = await made(desk, 'create_service', { name: 'Other', price: euros(1000), ...service })
  await done(desk, 'set_service_booking_policy', { service_id: id, window_days: 365 })
  for (const staff_id of desk.staffIds)
    await done(desk, 'set_staff_services', {
      staff_id,
      services: [{ service_id: desk.serviceId }, { service_id: id }],
    })
  if (resourceId)
    await done(desk, 'set_service_resources', { service_id: id, needs: [{ resource_ids: [resourceId] }] })
  return id
}

async function segment(desk: Desk, ...parts: [minutes: number, gap: number][]): Promise<void> {
  await done(desk, 'set_service_segments', {
    service_id: desk.serviceId,
    segments: parts.map(([minutes, gap_after_minutes]) => ({ minutes, gap_after_minutes })),
  })
}

async function cancel(desk: Desk, { id }: Body): Promise<void> {
  await desk.confirmed('cancel_booking', { booking_id: id, by: 'business' })
}

/** What a booking holds: of whom, from when, until when. */
async function held(desk: Desk, id: string): Promise<[string, string, string][]> {
  const rows = await desk.rows(
    `SELECT CASE WHEN EXISTS (SELECT FROM staff s WHERE s.id = a.resource_key) THEN 'staff' ELSE 'unit' END AS of,
       a.starts_at, a.ends_at
     FROM allocations a WHERE a.workspace_id = $1 AND a.booking_id = $2 AND a.state = 'held' ORDER BY 1, 2`,
    uuidOf(id),
  )
  return rows.map(({ of, starts_at, ends_at }) => [of, starts_at.toISOString(), ends_at.toISOString()])
}

/** The units that a booking holds. */
async function units(desk: Desk, id: string): Promise<string[]> {
  const rows = await desk.rows(
    `SELECT a.resource_key AS unit FROM allocations a JOIN resource_units u ON u.id = a.resource_key
     WHERE a.workspace_id = $1 AND a.booking_id = $2 AND a.state = 'held'`,
    uuidOf(id),
  )
  return rows.map(({ unit }) => unit)
}

async function nothingOverlaps(desk: Desk): Promise<void> {
  const rows = await desk.rows(
    `SELECT a.id FROM allocations a JOIN allocations b
       ON b.workspace_id = a.workspace_id AND b.resource_key = a.resource_key AND a.id < b.id AND a.occupied && b.occupied
     WHERE a.workspace_id = $1 AND a.state = 'held' AND b.state = 'held'`,
  )
  assert.deepEqual(rows, [])
}
