import assert from 'node:assert/strict'
import { test } from 'node:test'
import type pg from 'pg'
import { callTool, done, fresh } from '../../test/support/caller.ts'
import { hurry, type JobRow, jobsIn, until } from '../../test/support/jobs.ts'
import { startServer, type TestServer } from '../../test/support/server.ts'
import { openShop, type Shop } from '../../test/support/shop.ts'
import { uuidOf } from '../catalog/kinds.ts'

function owner(server: TestServer): pg.Pool {
  return server.house.database.owner
}

/** The jobs that wake due work; what hears of events has others. */
async function wakes(server: TestServer): Promise<JobRow[]> {
  return (await jobsIn(owner(server))).filter(({ task_identifier }) => task_identifier === 'due_work')
}

/** A shop whose clock follows real time, and the arguments that hold its next slot. */
async function liveShop(server: TestServer): Promise<{ shop: Shop; slot: Record<string, unknown> }> {
  const shop = await openShop(server)
  await owner(server).query('UPDATE workspaces SET clock = NULL')
  const where = { service_id: shop.serviceId, location_id: shop.locationId }
  const { slots } = await done(shop, 'find_next_available_slot', where)
  return { shop, slot: { ...where, start: slots[0].start } }
}

test('a hold that lapses is noted by the worker, at the instant it lapsed', async t => {
  const server = await startServer(t)
  const { shop, slot } = await liveShop(server)
  const hold = await done(shop, 'create_slot_hold', { ...slot, idempotency_key: fresh() })
  const [job] = await jobsIn(owner(server))
  assert.equal(job!.task_identifier, 'due_work')
  assert.deepEqual(Object.keys(job!.payload), ['workspace_id'])
  const late = job!.run_at.getTime() - Date.parse(hold.lapses_at)
  assert.ok(late >= 1000 && late <= 61_000, `${late} ms after it lapses`)

  const { rows } = await owner(server).query(
    "UPDATE bookings SET lapses_at = created_at - interval '1 hour' RETURNING lapses_at",
  )
  await hurry(owner(server))
  await until(async () => (await jobsIn(owner(server))).length === 0)
  const { rows: history } = await owner(server).query(
    'SELECT event, principal_kind, at FROM booking_history WHERE booking_id = $1 ORDER BY id DESC LIMIT 1',
    [uuidOf(hold.id)],
  )
  assert.deepEqual(history, [{ event: 'expire', principal_kind: 'system', at: rows[0].lapses_at }])
  const { rows: events } = await owner(server).query("SELECT at FROM events WHERE type = 'booking.expired'")
  assert.deepEqual(events, [{ at: rows[0].lapses_at }])
})

test('an approval that nobody decides is noted too', async t => {
  const server = await startServer(t)
  const agent = { url: server.url, key: (await server.signUp()).key }
  const rules = [{ tool: 'revoke_api_key', gate: 'approve', reviewers: 'owner' }]
  const { body } = await callTool(agent, 'set_approval_policy', { rules })
  assert.equal(body.status, 'needs_approval', JSON.stringify(body))
  assert.equal((await wakes(server)).length, 1)
  await owner(server).query("UPDATE approvals SET expires_at = asked_at - interval '1 hour'")
  await hurry(owner(server))
  await until(async () => (await wakes(server)).length === 0)
  const { rows } = await owner(server).query('SELECT state FROM approvals')
  assert.deepEqual(rows, [{ state: 'expired' }])
})

test('a dry run and a refused call leave no job', async t => {
  const server = await startServer(t)
  const { shop, slot } = await liveShop(server)
  const preview = { ...slot, dry_run: true, idempotency_key: fresh() }
  assert.equal((await callTool(shop, 'create_slot_hold', preview)).body.status, 'dry_run')
  assert.deepEqual(await jobsIn(owner(server)), [])
  await done(shop, 'create_slot_hold', { ...slot, idempotency_key: fresh() })
  const [job] = await jobsIn(owner(server))
  const rival = await callTool(shop, 'create_slot_hold', { ...slot, idempotency_key: fresh() })
  assert.equal(rival.body.code, 'slot_conflict')
  assert.deepEqual(await jobsIn(owner(server)), [job])
})

test('a clock that stands still wakes nobody, nor does a job that was there before it stood', async t => {
  const server = await startServer(t)
  const { shop, slot } = await liveShop(server)
  await done(shop, 'create_slot_hold', { ...slot, idempotency_key: fresh() })
  await owner(server).query("UPDATE workspaces SET clock = now() + interval '1 day' WHERE kind = 'sandbox'")
  await hurry(owner(server))
  await until(async () => (await jobsIn(owner(server))).length === 0)
  const { rows } = await owner(server).query('SELECT state FROM bookings')
  assert.deepEqual(rows, [{ state: 'hold' }])
  const { slots } = await done(shop, 'find_next_available_slot', {
    service_id: slot.service_id,
    location_id: slot.location_id,
  })
  await done(shop, 'create_slot_hold', { ...slot, start: slots[0].start, idempotency_key: fresh() })
  assert.deepEqual(await wakes(server), [])
})

test('a reminder wakes the worker when it is due', async t => {
  const server = await startServer(t)
  const { shop, slot } = await liveShop(server)
  await owner(server).query(
    `INSERT INTO automations (workspace_id, id, key, enabled, template_key, minutes_before, updated_at)
     SELECT id, gen_random_uuid(), 'booking_reminder', true, 'booking_reminder', 1, now()
     FROM workspaces WHERE kind = 'sandbox'`,
  )
  const customer = { name: 'Ana', email: 'ana@ruiz.example', idempotency_key: fresh() }
  const { id: customer_id } = await done(shop, 'create_customer', customer)
  const { slots } = await done(shop, 'find_next_available_slot', { ...slot, start: undefined, count: 3 })
  const { start } = slots.at(-1)
  await done(shop, 'create_booking', { ...slot, start, customer_id, idempotency_key: fresh() })
  await until(async () => (await wakes(server)).length === 1)
  const late = (await wakes(server))[0]!.run_at.getTime() - (Date.parse(start) - 60_000)
  assert.ok(late >= 1000 && late <= 61_000, `${late} ms after it is due`)
})
