/** What is taken is found by one index, whatever the planner knows; `test/history.test.ts` asks where it knows all. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openDesk, unlimited } from '../../../test/support/booking.ts'
import { done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { asSystem } from '../../calls/as-system.ts'
import { uuidOf } from '../../catalog/kinds.ts'
import type { Context } from '../context.ts'
import { loadPlan } from './load.ts'

const PAST = 2_000

const server = await startServer({ after }, unlimited)
const desk = await openDesk(server)

test('before the first ANALYZE, too, no row of the past is read', async () => {
  const room = { location_id: desk.locationId, name: 'Room', idempotency_key: fresh() }
  const { id: roomId } = await done(desk, 'create_resource', room)
  const needs = [{ resource_ids: [roomId] }]
  await done(desk, 'set_service_resources', { service_id: desk.serviceId, needs })
  const [unit] = await desk.rows('SELECT id FROM resource_units WHERE workspace_id = $1')
  const booking = await desk.booked()
  // Until the test is over: autovacuum would know by then.
  await server.house.database.owner.query('ALTER TABLE allocations SET (autovacuum_enabled = off)')
  for (const key of [uuidOf(desk.staffIds[0]!), unit!.id])
    await desk.rows(
      `INSERT INTO allocations (workspace_id, id, booking_id, resource_key, occupied, state)
       SELECT $1, gen_random_uuid(), $2, $3, tstzrange(start, start + interval '1 hour'), 'held'
       FROM generate_series(1, $4::int) n, LATERAL (SELECT timestamptz '2030-01-01' - n * interval '1 hour' AS start)`,
      uuidOf(booking.id),
      key,
      PAST,
    )
  await asSystem(server.house)(desk.workspaceId, 'question', async context => {
    const { staff, needs } = await planOfTheDay(context, booking.starts_at)
    for (const taken of [staff[0]!.busy, needs[0]!.choices[0]!.taken])
      assert.deepEqual(
        taken.map(({ ref }) => ref),
        [{ kind: 'booking', id: booking.id }],
      )
    assert.ok((await rowsRead(context)) <= 10, `${await rowsRead(context)} rows`)
  })
})

test('what is taken says by whom, and when that lapses', async () => {
  await done(desk, 'set_service_resources', { service_id: desk.serviceId, needs: [] })
  const start = desk.morning(20).toInstant()
  const hold = await done(desk, 'create_slot_hold', {
    ...desk.slot({ start: start.toString() }),
    idempotency_key: fresh(),
  })
  await desk.policy({ requires_confirmation: true, answer_within_minutes: 60 })
  const pending = await desk.booked({ start: start.add({ hours: 3 }).toString() })
  await desk.policy({ requires_confirmation: false, answer_within_minutes: null })
  const booking = await desk.booked({ start: start.add({ hours: 6 }).toString() })
  await asSystem(server.house)(desk.workspaceId, 'question', async context => {
    const { staff } = await planOfTheDay(context, start.toString())
    assert.deepEqual(
      staff[0]!.busy.map(({ ref, start, until }) => [ref.kind, ref.id, start, until !== undefined]),
      [
        ['hold', hold.id, start.epochMilliseconds, true],
        ['booking', pending.id, start.add({ hours: 3 }).epochMilliseconds, true],
        ['booking', booking.id, start.add({ hours: 6 }).epochMilliseconds, false],
      ],
    )
  })
})

function planOfTheDay(context: Context, start: string) {
  const at = Date.parse(start)
  const where = { serviceId: uuidOf(desk.serviceId), locationId: uuidOf(desk.locationId) }
  return loadPlan(context, { ...where, range: { start: at, end: at } })
}

/** In this transaction. */
async function rowsRead({ db }: Context): Promise<number> {
  const { rows } = await db.execute<{ read: number }>(sql`
    SELECT sum(seq_tup_read + idx_tup_fetch)::int AS read FROM pg_stat_xact_user_tables WHERE relname = 'allocations'`)
  return rows[0]!.read
}
