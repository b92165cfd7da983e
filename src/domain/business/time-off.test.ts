import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { openBusiness } from '../../../test/support/customers.ts'
import { startServer } from '../../../test/support/server.ts'
import { made, openShop } from '../../../test/support/shop.ts'
import { createLocation } from './locations.ts'
import { createStaff } from './staff.ts'
import { createTimeOff, deleteTimeOff, listTimeOff } from './time-off.ts'

const date = (text: string) => Temporal.PlainDate.from(text)
const instant = (text: string) => Temporal.Instant.from(text)

test('whole dates are those of the place where the person works, 23 hours when clocks go forward', async t => {
  const { run } = await openBusiness(t)
  const entry = await run(async ctx => {
    await createLocation(ctx, { name: 'Lissabon', time_zone: 'Europe/Lisbon' })
    const { id: staff_id } = await createStaff(ctx, { name: 'Ida' })
    return createTimeOff(ctx, { staff_id, from: date('2030-03-31'), to: date('2030-03-31') })
  })
  assert.deepEqual(
    [
      String(entry.starts_at),
      String(entry.ends_at),
      entry.local_starts_at,
      entry.local_ends_at,
      entry.time_zone,
    ],
    [
      '2030-03-31T00:00:00Z',
      '2030-03-31T23:00:00Z',
      '2030-03-31T00:00:00',
      '2030-04-01T00:00:00',
      'Europe/Lisbon',
    ],
  )
})

test('part of a day is between two instants, and a date and an instant go together', async t => {
  const { run } = await openBusiness(t)
  const { id: staff_id } = await run(ctx => createStaff(ctx, { name: 'Ida' }))
  const from = instant('2030-01-08T13:00:00Z')
  const afternoon = await run(ctx => createTimeOff(ctx, { staff_id, from, to: from.add({ hours: 3 }) }))
  assert.equal(String(afternoon.ends_at), '2030-01-08T16:00:00Z')
  const untilEvening = await run(ctx => createTimeOff(ctx, { staff_id, from, to: date('2030-01-08') }))
  assert.equal(String(untilEvening.ends_at), '2030-01-08T23:00:00Z') // Midnight in Berlin.
})

test('of a person in two zones it must be said whose dates are meant', async t => {
  const { run } = await openBusiness(t)
  const [, playa] = await run(async ctx => [
    await createLocation(ctx, { name: 'Berlin' }),
    await createLocation(ctx, { name: 'Playa', time_zone: 'Atlantic/Canary' }),
  ])
  const { id: staff_id } = await run(ctx => createStaff(ctx, { name: 'Ida' }))
  const dates = { staff_id, from: date('2030-08-05'), to: date('2030-08-16') }
  await assert.rejects(
    run(ctx => createTimeOff(ctx, dates)),
    { code: 'invalid_input' },
  )
  const entry = await run(ctx => createTimeOff(ctx, { ...dates, location_id: playa!.id }))
  assert.deepEqual(
    [String(entry.starts_at), String(entry.ends_at)],
    ['2030-08-04T23:00:00Z', '2030-08-16T23:00:00Z'],
  )
})

test('time off ends after it begins, and within five years', async t => {
  const { run } = await openBusiness(t)
  const { id: staff_id } = await run(ctx => createStaff(ctx, { name: 'Ida' }))
  for (const [from, to] of [
    [date('2030-08-05'), date('2030-08-04')],
    [instant('2030-08-05T10:00:00Z'), instant('2030-08-05T10:00:00Z')],
    [date('2030-08-05'), date('2036-08-05')],
  ] as const)
    await assert.rejects(
      run(ctx => createTimeOff(ctx, { staff_id, from, to })),
      { code: 'invalid_input', details: { field: 'to' } },
    )
})

test('the list shows what is not over, of everybody or of one person', async t => {
  const { run } = await openBusiness(t)
  const ids = await run(async ctx => {
    const [ida, jan] = [await createStaff(ctx, { name: 'Ida' }), await createStaff(ctx, { name: 'Jan' })]
    await createTimeOff(ctx, { staff_id: ida.id, from: ctx.now.subtract({ hours: 5 }), to: ctx.now })
    const { id } = await createTimeOff(ctx, {
      staff_id: ida.id,
      from: ctx.now,
      to: ctx.now.add({ hours: 5 }),
    })
    return { ida: ida.id, jan: jan.id, current: id }
  })
  const listed = (filter: object) => run(ctx => listTimeOff(ctx, { limit: 5, ...filter }))
  assert.deepEqual(
    (await listed({})).rows.map(({ id }) => id),
    [ids.current],
  )
  assert.equal((await listed({ from: instant('2020-01-01T00:00:00Z') })).rows.length, 2)
  assert.equal((await listed({ staff_id: ids.jan })).rows.length, 0)
  assert.equal((await listed({ until: instant('2020-01-01T00:00:00Z') })).rows.length, 0)
  await assert.rejects(listed({ staff_id: randomUUID() }), { code: 'not_found' })
})

test('an absence that is deleted is gone, and not found the second time', async t => {
  const { run } = await openBusiness(t)
  const { id: staff_id } = await run(ctx => createStaff(ctx, { name: 'Ida' }))
  const dates = { staff_id, from: date('2030-08-05'), to: date('2030-08-16') }
  const { conflicting_bookings, ...entry } = await run(ctx => createTimeOff(ctx, dates))
  assert.deepEqual(conflicting_bookings, [])
  assert.deepEqual(await run(ctx => deleteTimeOff(ctx, { timeoff_id: entry.id })), entry)
  await assert.rejects(
    run(ctx => deleteTimeOff(ctx, { timeoff_id: entry.id })),
    { code: 'not_found' },
  )
})

test('an absence names the bookings in it and cancels none; the slots are gone until it is', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  const { locationId: location_id, serviceId: service_id } = shop
  const [staff_id] = shop.staffIds
  const { id: customer_id } = await made(shop, 'create_customer', { name: 'Ana' })
  const at = (hours: number) => shop.morning(1).add({ hours }).toInstant().toString()
  const wish = { customer_id, service_id, location_id }
  const booking = await made(shop, 'create_booking', { ...wish, start: at(0) })
  await made(shop, 'create_booking', { ...wish, start: at(4) })

  const entry = await made(shop, 'create_time_off', { staff_id, from: at(0), to: at(4) })
  assert.deepEqual(
    entry.conflicting_bookings.map(({ id }: { id: string }) => id),
    [booking.id],
  )
  assert.equal((await done(shop, 'get_booking', { booking_id: booking.id })).state, 'confirmed')
  const wished = { ...wish, start: at(2), idempotency_key: 'once' }
  assert.equal(await refused(shop, 'create_booking', wished), 'outside_hours')

  const { confirm_token } = (await callTool(shop, 'delete_time_off', { timeoff_id: entry.id })).body
  await done(shop, 'delete_time_off', { timeoff_id: entry.id, confirm_token })
  await done(shop, 'create_booking', wished)
})

test('a booking made at the same moment is either named by the absence or refused', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  const { locationId: location_id, serviceId: service_id } = shop
  const [staff_id] = shop.staffIds
  const { id: customer_id } = await made(shop, 'create_customer', { name: 'Ana' })
  for (let day = 1; day <= 10; day++) {
    const start = shop.morning(day)
    const date = start.toPlainDate().toString()
    const [booked, absence] = await Promise.all([
      callTool(shop, 'create_booking', {
        customer_id,
        service_id,
        location_id,
        start: start.toInstant().toString(),
        idempotency_key: fresh(),
      }),
      made(shop, 'create_time_off', { staff_id, from: date, to: date }),
    ])
    assert.equal(absence.conflicting_bookings.length, booked.isError ? 0 : 1, JSON.stringify(booked.body))
  }
})
