import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openTestDatabase } from '../../test/support/database.ts'
import { type Database, openPools } from '../database/pool.ts'
import { FRONT_DESK } from './principal.ts'
import { type RateLimit, type RateState, spend } from './rate-limit.ts'

const slow: RateLimit = { perMinute: 1, burst: 30 }

test('a bucket gives exactly its burst to 20 connections of two hosts at once', async t => {
  const database = await openTestDatabase(t, { max: 10 })
  const elsewhere = openPools({ ...database, max: 10 })
  t.after(() => elsewhere.close())
  const calls = Array.from({ length: 100 }, (_, n) => take(n % 2 ? database : elsewhere, 'a', slow))
  const outcomes = await Promise.allSettled(calls)
  const admitted = outcomes.filter(outcome => outcome.status === 'fulfilled')
  assert.equal(admitted.length, 30)
  assert.deepEqual(
    admitted.map(outcome => outcome.value.remaining).sort((a, b) => a - b),
    [...Array(30).keys()],
  )
})

test('a refused call is told when to come back, and takes nothing', async t => {
  const database = await openTestDatabase(t)
  for (let n = 0; n < 30; n++) await take(database, 'a', slow)
  for (let n = 0; n < 3; n++) {
    await assert.rejects(take(database, 'a', slow), {
      code: 'rate_limited',
      details: { retry_after_seconds: 60, limit: 30 },
    })
  }
})

test('a bucket fills with time, and never beyond its burst', async t => {
  const database = await openTestDatabase(t)
  for (let n = 0; n < 30; n++) await take(database, 'a', slow)
  await timePasses(database, '61 seconds')
  assert.equal((await take(database, 'a', slow)).remaining, 0)
  await assert.rejects(take(database, 'a', slow), { code: 'rate_limited' })
  await timePasses(database, '1 day')
  assert.equal((await take(database, 'a', slow)).remaining, 29)
})

test('each subject has a bucket of its own', async t => {
  const database = await openTestDatabase(t)
  const one: RateLimit = { perMinute: 1, burst: 1 }
  await take(database, 'a', one)
  await take(database, 'b', one)
  await assert.rejects(take(database, 'a', one), { code: 'rate_limited' })
})

function take(database: Database, subject: string, limit: RateLimit): Promise<RateState> {
  return database.transaction(FRONT_DESK.id, {}, ({ db }) => spend(db, FRONT_DESK.id, subject, limit))
}

/** The bucket cannot tell a later clock from an earlier note. */
async function timePasses(database: Database, interval: string): Promise<void> {
  await database.transaction(FRONT_DESK.id, {}, ({ db }) =>
    db.execute(
      sql`UPDATE rate_buckets SET arrival = arrival - ${interval}::interval WHERE workspace_id = ${FRONT_DESK.id}`,
    ),
  )
}
