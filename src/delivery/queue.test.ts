import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { Temporal } from 'temporal-polyfill'
import { openTestDatabase } from '../../test/support/database.ts'
import { jobsIn, queueAsText, until } from '../../test/support/jobs.ts'
import { sqlState } from '../database/errors.ts'
import { enqueue } from '../database/jobs.ts'
import type { Handler } from './handler.ts'
import { prepareQueue } from './queue.ts'
import { startWorker } from './worker.ts'

const log = pino({ level: 'silent' })
const LATER = Temporal.Instant.from('2999-01-01T00:00:00Z')

async function openQueue(t: TestContext) {
  const database = await openTestDatabase(t)
  await prepareQueue({ database, log })
  return database
}

test('a job is done in the workspace whose transaction put it in, whatever its ids say', async t => {
  const database = await openQueue(t)
  const [mine, other] = [randomUUID(), randomUUID()]
  await database.transaction(mine, {}, ({ db }) =>
    enqueue(db, { task: 'look', ids: { workspace_id: other, booking_id: 'b' } }),
  )
  const seen: unknown[] = []
  const look: Handler = async ({ workspaceId, ids }) => void seen.push({ workspaceId, ids })
  const worker = startWorker({ database, log, handlers: { look } })
  await until(() => seen.length === 1)
  await worker.stop()
  assert.deepEqual(seen, [{ workspaceId: mine, ids: { booking_id: 'b' } }])
  assert.deepEqual(await jobsIn(database.owner), [])
})

test('a savepoint that is rolled back takes its jobs along', async t => {
  const database = await openQueue(t)
  await database.transaction(randomUUID(), {}, async tx => {
    await enqueue(tx.db, { task: 'kept' })
    tx.savepoint('run')
    await enqueue(tx.db, { task: 'undone', jobKey: 'one' })
    tx.rollbackTo('run')
  })
  assert.deepEqual(
    (await jobsIn(database.owner)).map(job => job.task_identifier),
    ['kept'],
  )
})

test('jobs with one key are one, in each workspace', async t => {
  const database = await openQueue(t)
  const job = { task: 'look', runAt: LATER, jobKey: 'one' }
  for (const workspace of [randomUUID(), randomUUID()])
    for (let n = 0; n < 3; n++) await database.transaction(workspace, {}, ({ db }) => enqueue(db, job))
  assert.equal((await jobsIn(database.owner)).length, 2)
})

test('nobody waits for another who puts in the same job', async t => {
  const database = await openQueue(t)
  const workspace = randomUUID()
  const job = { task: 'look', runAt: LATER, jobKey: 'one' }
  await database.transaction(workspace, {}, ({ db }) => enqueue(db, job)) // The task is known, as a worker makes it.
  await database.transaction(workspace, {}, async ({ db }) => {
    await enqueue(db, job)
    await database.transaction(workspace, {}, other => enqueue(other.db, job)) // Would never come back.
  })
  assert.equal((await jobsIn(database.owner)).length, 2)
})

test('the application has no other way to the queue, and none without a workspace', async t => {
  const database = await openQueue(t)
  const attempt = (sql: string) => database.transaction(randomUUID(), {}, ({ db }) => db.execute(sql))
  const denied = (error: unknown) => sqlState(error) === '42501'
  await assert.rejects(attempt('SELECT FROM graphile_worker.jobs'), denied)
  await assert.rejects(attempt("SELECT graphile_worker.add_job('look')"), denied)
  await assert.rejects(
    attempt("SET LOCAL app.workspace_id = ''; SELECT enqueue_job('look', '{}', NULL, NULL)"),
  )
})

test('what a failure says of people is not kept with the job', async t => {
  const database = await openQueue(t)
  await database.transaction(randomUUID(), {}, ({ db }) => enqueue(db, { task: 'fail' }))
  const fail: Handler = async () => {
    throw new Error('no such user: ada@studio.example')
  }
  const worker = startWorker({ database, log, handlers: { fail } })
  await until(async () => (await jobsIn(database.owner))[0]!.last_error !== null)
  await worker.stop()
  assert.ok(!(await queueAsText(database.owner)).includes('ada'))
})

test('a worker that loses its connections makes new ones', async t => {
  const database = await openQueue(t)
  const seen: string[] = []
  const look: Handler = async ({ ids }) => void seen.push(ids.n!)
  const worker = startWorker({ database, log, handlers: { look } })
  for (const n of ['1', '2']) {
    await database.transaction(randomUUID(), {}, ({ db }) => enqueue(db, { task: 'look', ids: { n } }))
    await until(() => seen.includes(n))
    await database.owner.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()`,
    )
  }
  await worker.stop()
  assert.deepEqual(seen, ['1', '2'])
})
