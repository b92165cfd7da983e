/** What stands behind the locks: the exclusion constraint, and the tries again that a caller never sees. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { openDesk, textOf, unlimited } from '../../../test/support/booking.ts'
import { done } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { uuidOf } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'

const server = await startServer({ after }, unlimited)

/** Somebody who asks no lock: a path that forgot to, or a hand at the database. */
async function stranger(t: { after(work: () => unknown): void }): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.databaseUrls.owner })
  await client.connect()
  t.after(() => client.end())
  return client
}

function takes(client: pg.Client, like: string, id: string) {
  return client.query(
    `INSERT INTO allocations (workspace_id, id, booking_id, resource_key, occupied, state)
     SELECT workspace_id, $1, booking_id, resource_key, $3::tstzrange, 'held' FROM allocations WHERE booking_id = $2`,
    [newId(), uuidOf(id), like],
  )
}

test('no row is written over time that is taken, whoever writes it; touching it is none', async t => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  const client = await stranger(t)
  await assert.rejects(takes(client, '[2030-01-08T09:59:59.999Z,2030-01-08T11:00Z)', id), {
    code: '23P01',
    constraint: 'allocations_no_overlap',
  })
  await takes(client, '[2030-01-08T10:00Z,2030-01-08T11:00Z)', id)
  assert.equal((await desk.book({ start: '2030-01-08T10:30:00Z' })).body.code, 'slot_conflict')
})

test('what no lock has kept apart, the constraint does: the caller is told slot_conflict, and nothing is left', async t => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  const client = await stranger(t)
  await client.query('BEGIN')
  await takes(client, '[2030-01-09T09:00Z,2030-01-09T10:00Z)', id)
  // The booking sees a free place, as the row is not committed, and waits at the constraint.
  const answer = desk.book({ start: textOf(desk.morning(2)) })
  await waiting(client)
  await client.query('COMMIT')
  const { isError, body } = await answer
  assert.deepEqual([isError, body.code], [true, 'slot_conflict'], JSON.stringify(body))
  assert.equal((await done(desk, 'list_bookings')).length, 1)
})

test('a deadlock and a serialization failure are tried again inside the call, and given up after a few tries', async t => {
  const desk = await openDesk(server)
  const client = await stranger(t)
  for (const [state, times, expected] of [
    ['40P01', 2, 'confirmed'],
    ['40001', 4, 'confirmed'],
    ['40001', 5, 'internal'],
  ] as const) {
    await failing(client, state, times)
    const { body } = await desk.book({ start: textOf(desk.morning(times)) })
    await failing(client, state, 0)
    assert.equal(body.data?.state ?? body.code, expected, `${state}, ${times} times`)
  }
  assert.equal((await done(desk, 'list_bookings')).length, 2, 'and each that was made is one')
})

/** Until somebody waits for this connection. */
async function waiting(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query(
      'SELECT count(*)::int AS count FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))',
    )
    if (rows[0].count > 0) return
  }
}

/** As many inserts of a booking as this end so: a sequence counts them, which no rollback takes back. */
async function failing(client: pg.Client, state: string, times: number): Promise<void> {
  await client.query(`
    DROP TRIGGER IF EXISTS stumble ON bookings;
    DROP SEQUENCE IF EXISTS stumbles;
    CREATE SEQUENCE stumbles;
    GRANT USAGE ON SEQUENCE stumbles TO PUBLIC;
    CREATE OR REPLACE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF nextval('stumbles') <= ${times} THEN
        RAISE EXCEPTION 'stumbled' USING ERRCODE = '${state}';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER stumble BEFORE INSERT ON bookings FOR EACH ROW EXECUTE FUNCTION stumble()`)
}
