/** A place in time is never sold twice: rivals with keys of their own, over real connections, round after round. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Called } from './support/caller.ts'
import { done, fresh } from './support/caller.ts'
import { startServer, type TestServer } from './support/server.ts'
import { made, openShop, type Rival, rivals, type Shop } from './support/shop.ts'

const ROUNDS = 50
const RIVALS = 50
/** Each of two services, two people or anybody, and three starts that overlap: once. */
const CROSSING = 18
const unlimited = { rateLimit: { perMinute: 1_000_000, burst: 1_000_000 } }

test('fifty rivals for one slot: one has it, forty-nine are told slot_conflict', {
  timeout: 300_000,
}, async t => {
  const server = await startServer(t, unlimited)
  const shop = await openShop(server)
  const agents = await rivals(t, shop, RIVALS)
  let slowest = 0
  for (let round = 0; round < ROUNDS; round++) {
    const start = shop
      .morning(1 + round)
      .toInstant()
      .toString()
    const answers = await Promise.all(
      agents.map(async agent => {
        const began = performance.now()
        const answer = await book(agent, shop, start, shop.staffIds[0])
        slowest = Math.max(slowest, performance.now() - began)
        return answer
      }),
    )
    assert.deepEqual(tally(answers), { confirmed: 1, slot_conflict: RIVALS - 1 }, `round ${round}`)
  }
  t.diagnostic(`slowest answer of ${ROUNDS * RIVALS}: ${slowest.toFixed(0)} ms`)
  await nothingOverlaps(server)
})

test('partial overlaps across services: what is sold never overlaps, buffers included', {
  timeout: 300_000,
}, async t => {
  const server = await startServer(t, unlimited)
  const shop = await openShop(server)
  const long = await made(shop, 'create_service', {
    name: 'Long',
    duration_minutes: 90,
    buffer_after_minutes: 15,
    price: { amount: 9000, currency: 'EUR' },
  })
  await done(shop, 'set_staff_services', {
    staff_id: shop.staffIds[0],
    services: [{ service_id: shop.serviceId }, { service_id: long.id }],
  })
  const agents = await rivals(t, shop, RIVALS)
  for (let round = 0; round < ROUNDS; round++) {
    const morning = shop.morning(1 + round)
    const answers = await Promise.all(
      agents.map((agent, n) => {
        const start = morning
          .add({ minutes: (n * 7) % 120 })
          .toInstant()
          .toString()
        const service = n % 2 ? long.id : shop.serviceId
        return book(agent, { ...shop, serviceId: service }, start, shop.staffIds[0])
      }),
    )
    const { confirmed = 0, ...refusals } = tally(answers)
    assert.ok(confirmed >= 1 && confirmed <= 3, `round ${round}: ${JSON.stringify(tally(answers))}`)
    assert.deepEqual(Object.keys(refusals), ['slot_conflict'], `round ${round}`)
  }
  await nothingOverlaps(server)
})

test('any staff fills each free person once', { timeout: 300_000 }, async t => {
  const server = await startServer(t, unlimited)
  const shop = await openShop(server, { staff: 3 })
  const agents = await rivals(t, shop, RIVALS)
  for (let round = 0; round < ROUNDS; round++) {
    const start = shop
      .morning(1 + round)
      .toInstant()
      .toString()
    const answers = await Promise.all(agents.map(agent => book(agent, shop, start)))
    assert.deepEqual(tally(answers), { confirmed: 3, slot_conflict: RIVALS - 3 }, `round ${round}`)
    const people = answers.filter(({ isError }) => !isError).map(({ body }) => body.data.staff_id)
    assert.deepEqual(people.sort(), [...shop.staffIds].sort())
  }
  await nothingOverlaps(server)
})

test('staff and a room, wanted in crossing order: nothing is sold twice, and who loses leaves nothing behind', {
  timeout: 300_000,
}, async t => {
  const server = await startServer(t, unlimited)
  const shop = await openShop(server, { staff: 2 })
  const { locationId: location_id, staffIds } = shop
  const rooms: string[] = []
  for (const name of ['One', 'Two'])
    rooms.push((await made(shop, 'create_resource', { location_id, name })).id)
  const services: string[] = []
  // The same two rooms, tried in one order and in the other.
  for (const resource_ids of [rooms, rooms.toReversed()]) {
    const price = { amount: 5000, currency: 'EUR' }
    const { id: service_id } = await made(shop, 'create_service', {
      name: 'Room',
      duration_minutes: 60,
      price,
    })
    await done(shop, 'set_service_booking_policy', { service_id, window_days: 365 })
    await done(shop, 'set_service_resources', { service_id, needs: [{ resource_ids }] })
    services.push(service_id)
  }
  for (const staff_id of staffIds)
    await done(shop, 'set_staff_services', {
      staff_id,
      services: services.map(service_id => ({ service_id })),
    })
  const agents = await rivals(t, shop, CROSSING)
  for (let round = 0; round < ROUNDS; round++) {
    const morning = shop.morning(1 + round)
    const answers = await Promise.all(
      agents.map((agent, n) => {
        const start = morning
          .add({ minutes: Math.floor(n / 6) * 20 })
          .toInstant()
          .toString()
        return book(agent, { ...shop, serviceId: services[n % 2]! }, start, staffIds[(n >> 1) % 3])
      }),
    )
    assert.deepEqual(tally(answers), { confirmed: 2, slot_conflict: CROSSING - 2 }, `round ${round}`)
  }
  await nothingOverlaps(server)
  const { rows } = await server.house.database.owner.query(`
    SELECT b.state, count(*)::int AS bookings, sum((SELECT count(*) FROM allocations a
      WHERE a.workspace_id = b.workspace_id AND a.booking_id = b.id AND a.state = 'held'))::int AS held
    FROM bookings b GROUP BY 1`)
  assert.deepEqual(rows, [{ state: 'confirmed', bookings: 2 * ROUNDS, held: 4 * ROUNDS }])
})

test('fifty rivals for a pool of three, each with somebody of their own choice: three have a unit', {
  timeout: 300_000,
}, async t => {
  const server = await startServer(t, unlimited)
  const shop = await openShop(server, { staff: 5 })
  const { locationId: location_id, serviceId: service_id } = shop
  const { id } = await made(shop, 'create_resource', { location_id, name: 'Chair', units: 3 })
  await done(shop, 'set_service_resources', { service_id, needs: [{ resource_ids: [id] }] })
  const agents = await rivals(t, shop, RIVALS)
  for (let round = 0; round < ROUNDS; round++) {
    const start = shop
      .morning(1 + round)
      .toInstant()
      .toString()
    const answers = await Promise.all(
      agents.map((agent, n) => book(agent, shop, start, shop.staffIds[n % 5])),
    )
    assert.deepEqual(tally(answers), { confirmed: 3, slot_conflict: RIVALS - 3 }, `round ${round}`)
  }
  await nothingOverlaps(server)
})

function book(agent: Rival, shop: Shop, start: string, staffId?: string): Promise<Called> {
  return agent.call('create_booking', {
    customer_id: agent.customerId,
    service_id: shop.serviceId,
    location_id: shop.locationId,
    staff_id: staffId,
    start,
    idempotency_key: fresh(),
  })
}

/** How many answers of each kind: states of bookings, codes of refusals. */
function tally(answers: Called[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { isError, body } of answers) {
    const kind = isError ? body.code : body.data.state
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** Asked of the rows themselves, without the constraint's help. */
async function nothingOverlaps(server: TestServer): Promise<void> {
  const { rows } = await server.house.database.owner.query(`
    SELECT a.id FROM allocations a JOIN allocations b
      ON a.workspace_id = b.workspace_id AND a.resource_key = b.resource_key AND a.id < b.id AND a.occupied && b.occupied
    WHERE a.state = 'held' AND b.state = 'held'`)
  assert.deepEqual(rows, [])
}
