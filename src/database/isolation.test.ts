/** One connection, two workspaces in turn, and everything that may go wrong between them. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { asMigration, openTestDatabase } from '../../test/support/database.ts'
import { newId } from './columns.ts'
import type { Db, Transaction } from './pool.ts'

const NOTES = `
  CREATE TABLE notes (workspace_id uuid, id uuid, PRIMARY KEY (workspace_id, id));
  SELECT tenant_table('notes')`

test('a connection that serves two workspaces in turn leaks no row, whatever went wrong before', async t => {
  const database = await openTestDatabase(t, { max: 1 })
  await asMigration(database, NOTES)
  const [alice, bob] = [newId(), newId()]
  const expected = new Map([
    [alice, 0],
    [bob, 0],
  ])

  for (const [round, mishap] of [...mishaps, ...mishaps.toReversed(), ...mishaps].entries()) {
    const workspaceId = round % 3 ? alice : bob
    const kept = await mishap(work => database.transaction(workspaceId, {}, work), workspaceId)
    expected.set(workspaceId, expected.get(workspaceId)! + kept)

    for (const [reader, count] of expected) {
      const { rows } = await database.transaction(reader, { readOnly: true }, ({ db }) =>
        db.execute<{ workspace_id: string }>(sql`SELECT workspace_id FROM notes`),
      )
      assert.deepEqual(rows, Array(count).fill({ workspace_id: reader }), `after ${mishap.name}`)
    }
  }
})

type Run = (work: (tx: Transaction) => Promise<unknown>) => Promise<unknown>

const note = (db: Db, workspaceId: string) =>
  db.execute(sql`INSERT INTO notes (workspace_id, id) VALUES (${workspaceId}, ${newId()})`)

/** Ways for a call to end. Each answers how many of its rows were committed. */
const mishaps: ((run: Run, workspaceId: string) => Promise<number>)[] = [
  async function noMishap(run, workspaceId) {
    await run(({ db }) => note(db, workspaceId))
    return 1
  },
  async function errorAfterWrite(run, workspaceId) {
    await assert.rejects(
      run(async ({ db }) => {
        await note(db, workspaceId)
        throw new Error('midway')
      }),
      /midway/,
    )
    return 0
  },
  async function failedStatement(run) {
    await assert.rejects(run(({ db }) => db.execute(sql`SELECT 1 / 0`)))
    return 0
  },
  async function errorBeforeAnyStatement(run) {
    await assert.rejects(
      run(async () => {
        throw new Error('at once')
      }),
      /at once/,
    )
    return 0
  },
  async function rolledBackSavepoint(run, workspaceId) {
    await run(async tx => {
      tx.savepoint('inner')
      await note(tx.db, workspaceId)
      tx.rollbackTo('inner')
      await note(tx.db, workspaceId)
    })
    return 1
  },
  async function statementsLeftRunning(run, workspaceId) {
    let late: Promise<unknown> = Promise.resolve()
    await assert.rejects(
      run(async ({ db }) => {
        late = assert.rejects(note(db, workspaceId).then(() => note(db, workspaceId)))
        throw new Error('too early')
      }),
      /too early/,
    )
    await late
    return 0
  },
  async function enteredAnotherWorkspace(run) {
    const other = newId()
    await run(async tx => {
      tx.enterWorkspace(other)
      await note(tx.db, other)
    })
    return 0
  },
  async function brokenConnection(run) {
    await assert.rejects(run(({ db }) => db.execute(sql`SELECT pg_terminate_backend(pg_backend_pid())`)))
    return 0
  },
]
