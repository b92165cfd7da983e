/** Series that cross each other: no place is sold twice, all is all, and nobody waits for somebody who waits for them. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { openDesk, plus, textOf, unlimited } from './support/booking.ts'
import { type Body, fresh } from './support/caller.ts'
import { startServer } from './support/server.ts'
import { callTool, made, rivals } from './support/shop.ts'

const server = await startServer({ after }, unlimited)
const ROUNDS = 20

test('two series whose dates interleave: each place is sold once, and who wants all has all or nothing', {
  timeout: 200_000,
}, async t => {
  const desk = await openDesk(server)
  const [greedy, modest] = await rivals(t, desk, 2)
  for (let round = 0; round < ROUNDS; round++) {
    const start = (days: number) => textOf(desk.morning(1 + round * 10 + days))
    const [all, some] = await Promise.all([
      greedy!.call('create_recurring_bookings', {
        ...desk.slot({ start: start(0) }),
        customer_id: greedy!.customerId,
        rrule: 'FREQ=DAILY;INTERVAL=2;COUNT=4', // Days 0, 2, 4, 6.
        idempotency_key: fresh(),
      }),
      modest!.call('create_recurring_bookings', {
        ...desk.slot({ start: start(1) }),
        customer_id: modest!.customerId,
        rrule: 'FREQ=DAILY;COUNT=4', // Days 1, 2, 3, 4.
        on_conflict: 'skip',
        idempotency_key: fresh(),
      }),
    ])
    const outcome = [all!.isError ? all!.body.code : all!.body.data.booked, some!.body.data?.booked]
    const expected = all!.isError ? ['slot_conflict', 4] : [4, 2]
    assert.deepEqual(outcome, expected, `round ${round}: ${JSON.stringify([all!.body, some!.body])}`)
  }
  const overlapping = await desk.rows(`
    SELECT a.id FROM allocations a JOIN allocations b ON a.workspace_id = b.workspace_id
      AND a.resource_key = b.resource_key AND a.id < b.id AND a.occupied && b.occupied
    WHERE a.workspace_id = $1 AND a.state = 'held' AND b.state = 'held'`)
  assert.deepEqual(overlapping, [])
})

test('two series that find the same lapsed holds, in other orders, do not wait for each other', {
  timeout: 200_000,
}, async t => {
  const desk = await openDesk(server, { staff: 2 })
  const service = await other(desk)
  const [one, two] = await rivals(t, desk, 2)
  for (let round = 0; round < ROUNDS; round++) {
    const start = (days: number) => textOf(desk.morning(1 + round * 12 + days))
    // The first made is the last in time: who locks in order of ids and who comes by day meet from both sides.
    await made(desk, 'create_slot_hold', desk.slot({ start: start(3) }))
    const { lapses_at } = await made(desk, 'create_slot_hold', desk.slot({ start: start(1) }))
    await desk.jumpTo(plus(lapses_at, { minutes: 1 }))
    const answers = await Promise.all([
      one!.call('create_recurring_bookings', {
        ...desk.slot({ start: start(0), staff_id: undefined }),
        customer_id: one!.customerId,
        rrule: 'FREQ=DAILY;COUNT=5',
        idempotency_key: fresh(),
      }),
      two!.call('create_recurring_bookings', {
        ...desk.slot({ start: start(2), staff_id: undefined, service_id: service }),
        customer_id: two!.customerId,
        rrule: 'FREQ=DAILY;COUNT=5',
        idempotency_key: fresh(),
      }),
    ])
    for (const { body } of answers) assert.equal(body.data?.booked, 5, JSON.stringify(body))
  }
  assert.equal(await deadlocks(desk), 0)
})

/** A service that only the second person performs, who does nothing else. */
async function other(desk: Awaited<ReturnType<typeof openDesk>>): Promise<string> {
  const price = { amount: 5000, currency: 'EUR' }
  const { id } = await made(desk, 'create_service', { name: 'Other', duration_minutes: 60, price })
  await callTool(desk, 'set_service_booking_policy', { service_id: id, window_days: 365 })
  const services = [{ service_id: id }]
  await callTool(desk, 'set_staff_services', { staff_id: desk.staffIds[1], services })
  return id
}

/** A connection says what it has seen once a second at most, with the query after that. */
async function deadlocks(desk: Awaited<ReturnType<typeof openDesk>>): Promise<number> {
  await delay(1100)
  await Promise.all(Array.from({ length: 20 }, () => callTool(desk, 'list_bookings', { limit: 1 })))
  await delay(100)
  const [row]: Body[] = await desk.rows(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database() AND $1::uuid IS NOT NULL',
  )
  return row!.deadlocks
}
