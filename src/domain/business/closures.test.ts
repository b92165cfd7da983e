import assert from 'node:assert/strict'
import { test } from 'node:test'
import { done, refused } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made, openShop, type Shop } from '../../../test/support/shop.ts'

const night = { weekly: { fri: [{ from: '20:00', to: '02:00' }], sat: [{ from: '09:00', to: '12:00' }] } }

/** On the person's night shift of Friday the 11th, and on the Saturday after it. The shop's clock says Monday the 7th. */
async function bookedWeekend(shop: Shop) {
  const { locationId: location_id, serviceId: service_id } = shop
  const [staff_id] = shop.staffIds
  await done(shop, 'set_weekly_schedule', { staff_id, location_id, ...night })
  const book = async (start: string) => {
    const customer = await made(shop, 'create_customer', { name: `At ${start}` })
    const booking = { customer_id: customer.id, service_id, location_id, staff_id, start }
    return (await made(shop, 'create_booking', booking)).id as string
  }
  return {
    evening: await book('2030-01-11T21:00:00+01:00'),
    afterMidnight: await book('2030-01-12T00:30:00+01:00'),
    saturday: await book('2030-01-12T10:00:00+01:00'),
  }
}

function close(shop: Shop, ...dates: string[]) {
  const [from, to] = ['2030-01-01', '2030-01-31']
  const closures = dates.map(date => ({ date }))
  return done(shop, 'set_location_closures', { location_id: shop.locationId, from, to, closures })
}

test('a closure names the bookings whose shift begins on its date, and cancels none', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  const booked = await bookedWeekend(shop)
  const affected = async (...dates: string[]) =>
    (await close(shop, ...dates)).affected_bookings.map(({ id }: { id: string }) => id)

  assert.deepEqual(await affected('2030-01-11'), [booked.evening, booked.afterMidnight])
  assert.deepEqual(await affected('2030-01-12'), [booked.saturday])
  assert.deepEqual(await affected('2030-01-11', '2030-01-12'), Object.values(booked))
  assert.deepEqual(await affected('2030-01-10', '2030-01-13'), [])
  for (const id of Object.values(booked))
    assert.equal((await done(shop, 'get_booking', { booking_id: id })).state, 'confirmed')
})

test('closures are replaced between the two dates and nowhere else', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  const { locationId: location_id } = shop
  await close(shop, '2030-01-10', '2030-01-20')
  const narrow = { location_id, from: '2030-01-15', to: '2030-01-25' }
  await done(shop, 'set_location_closures', {
    ...narrow,
    closures: [{ date: '2030-01-25', reason: 'Inventory' }],
  })
  const listed = await done(shop, 'list_locations')
  const { closures } = listed.find(({ id }: { id: string }) => id === location_id)
  assert.deepEqual(closures, [
    { date: '2030-01-10', reason: null },
    { date: '2030-01-25', reason: 'Inventory' },
  ])
  for (const date of ['2030-01-14', '2030-01-26'])
    assert.equal(
      await refused(shop, 'set_location_closures', { ...narrow, closures: [{ date }] }),
      'invalid_input',
    )
  const twice = [{ date: '2030-01-20' }, { date: '2030-01-20' }]
  assert.equal(await refused(shop, 'set_location_closures', { ...narrow, closures: twice }), 'invalid_input')
})

test('nobody can be booked on a closed date', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  await close(shop, '2030-01-09')
  const { id: customer_id } = await made(shop, 'create_customer', { name: 'Ana' })
  const [service_id, location_id] = [shop.serviceId, shop.locationId]
  const wish = { customer_id, service_id, location_id, start: shop.morning(2).toInstant().toString() }
  assert.equal(await refused(shop, 'create_booking', { ...wish, idempotency_key: 'a' }), 'outside_hours')
  await close(shop)
  await made(shop, 'create_booking', wish)
})

test('of changes at the same moment the last one holds, whole', async t => {
  const server = await startServer(t)
  const shop = await openShop(server, { staff: 0 }) // Nobody's row to wait at.
  const dates = ['2030-01-09', '2030-01-10', '2030-01-11']
  await Promise.all(dates.flatMap(date => [close(shop, '2030-01-08', date), close(shop, date)]))
  const listed = await done(shop, 'list_locations')
  const { closures } = listed.find(({ id }: { id: string }) => id === shop.locationId)
  const kept = closures
    .map(({ date }: { date: string }) => date)
    .filter((date: string) => date !== '2030-01-08')
  assert.equal(kept.length, 1)
})
