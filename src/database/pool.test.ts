import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { asMigration, openTestDatabase, testDatabase } from '../../test/support/database.ts'
import { newId, tenantKey } from './columns.ts'
import { constraintOf, sqlState } from './errors.ts'
import { type Db, openPools, prepared } from './pool.ts'

const ALICE = newId()
const BOB = newId()

const notes = pgTable('notes', { ...tenantKey(), body: text('body').notNull() }, table => [
  primaryKey({ columns: [table.workspaceId, table.id] }),
])

const NOTES = `
  CREATE TABLE notes (workspace_id uuid, id uuid, body text NOT NULL CHECK (body <> 'bad'), PRIMARY KEY (workspace_id, id));
  SELECT tenant_table('notes')`

/** One connection, so that each transaction meets what the one before it left. */
async function notesDatabase(t: TestContext, max = 1) {
  const database = await openTestDatabase(t, { max })
  await asMigration(database, NOTES)
  return database
}

const write = (db: Db, workspaceId: string, body: string) =>
  db.insert(notes).values({ workspaceId, id: newId(), body })

async function bodies(db: Db): Promise<string[]> {
  const rows = await db.select().from(notes)
  return rows.map(row => row.body).sort()
}

test('a transaction commits in its workspace, and another workspace sees nothing of it', async t => {
  const database = await notesDatabase(t)
  await database.transaction(ALICE, {}, ({ db }) => write(db, ALICE, 'hers'))

  assert.deepEqual(await database.transaction(ALICE, {}, ({ db }) => bodies(db)), ['hers'])
  assert.deepEqual(await database.transaction(BOB, {}, ({ db }) => bodies(db)), [])
})

test('a row of another workspace is refused, be it written or moved there', async t => {
  const database = await notesDatabase(t)
  await database.transaction(ALICE, {}, ({ db }) => write(db, ALICE, 'hers'))

  const steal = database.transaction(ALICE, {}, ({ db }) => write(db, BOB, 'planted'))
  await assert.rejects(steal, error => sqlState(error) === '42501')
  const move = database.transaction(ALICE, {}, ({ db }) => db.update(notes).set({ workspaceId: BOB }))
  await assert.rejects(move, error => sqlState(error) === '42501')
})

test('what work throws is thrown on, and nothing it wrote stays', async t => {
  const database = await notesDatabase(t)
  const thrown = new Error('no')
  const call = database.transaction(ALICE, {}, async ({ db }) => {
    await write(db, ALICE, 'half')
    throw thrown
  })

  await assert.rejects(call, error => error === thrown)
  assert.deepEqual(await database.transaction(ALICE, {}, ({ db }) => bodies(db)), [])
})

test('a read-only transaction refuses to write', async t => {
  const database = await notesDatabase(t)
  const call = database.transaction(ALICE, { readOnly: true }, ({ db }) => write(db, ALICE, 'never'))
  await assert.rejects(call, error => sqlState(error) === '25006')
})

test('a statement whose failure was swallowed fails the transaction', async t => {
  const database = await notesDatabase(t)
  const call = database.transaction(ALICE, {}, async ({ db }) => {
    await write(db, ALICE, 'good')
    await write(db, ALICE, 'bad').catch(() => {})
  })

  await assert.rejects(call, /rolled back/)
  assert.deepEqual(await database.transaction(ALICE, {}, ({ db }) => bodies(db)), [])
})

test('rolling back to a savepoint undoes what followed it and outlives a failed statement', async t => {
  const database = await notesDatabase(t)
  await database.transaction(ALICE, {}, async tx => {
    tx.savepoint('run')
    await write(tx.db, ALICE, 'undone')
    await assert.rejects(write(tx.db, ALICE, 'bad'), error => constraintOf(error) === 'notes_body_check')
    tx.rollbackTo('run')
    await write(tx.db, ALICE, 'kept')
    tx.release('run')
  })

  assert.deepEqual(await database.transaction(ALICE, {}, ({ db }) => bodies(db)), ['kept'])
})

test('a savepoint statement that fails without being awaited fails the transaction with its own error', async t => {
  const database = await notesDatabase(t)
  const missing = (error: unknown) => sqlState(error) === '3B001'

  const last = database.transaction(ALICE, {}, async tx => tx.rollbackTo('nowhere'))
  await assert.rejects(last, missing)
  const followed = database.transaction(ALICE, {}, async tx => {
    tx.rollbackTo('nowhere')
    await write(tx.db, ALICE, 'echo')
  })
  await assert.rejects(followed, missing)
  const swallowed = database.transaction(ALICE, {}, async tx => {
    tx.rollbackTo('nowhere')
    await write(tx.db, ALICE, 'echo').catch(() => {})
  })
  await assert.rejects(swallowed, missing)
})

test('entering another workspace goes on in the same transaction', async t => {
  const database = await notesDatabase(t)
  await database.transaction(ALICE, {}, async tx => {
    await write(tx.db, ALICE, 'hers')
    tx.enterWorkspace(BOB)
    await write(tx.db, BOB, 'his')
    assert.deepEqual(await bodies(tx.db), ['his'])
  })

  assert.deepEqual(await database.transaction(ALICE, {}, ({ db }) => bodies(db)), ['hers'])
})

test('what is no uuid never reaches SET LOCAL', async t => {
  const database = await notesDatabase(t)
  for (const workspaceId of ['', "' OR true --", ALICE.toUpperCase(), `${ALICE}\n`]) {
    await assert.rejects(
      database.transaction(workspaceId, {}, ({ db }) => bodies(db)),
      /A workspace id is a uuid/,
    )
  }
  assert.deepEqual(
    await database.transaction(ALICE, {}, ({ db }) => bodies(db)),
    [],
    'the connection was given back',
  )
})

test('whoever holds the db of a finished transaction cannot reach the next one on its connection', async t => {
  const database = await notesDatabase(t)
  let late: Db | null = null
  await database.transaction(ALICE, {}, async ({ db }) => {
    late = db
  })

  await database.transaction(BOB, {}, async ({ db }) => {
    await write(db, BOB, 'his')
    await assert.rejects(bodies(late!), error => /transaction is over/.test(String((error as Error).cause)))
  })
})

test('a prepared query is planned once for its connection and answers each workspace with its own rows', async t => {
  const database = await notesDatabase(t)
  const find = (db: Db, body: string) =>
    prepared(db, 'find_note', db =>
      db
        .select()
        .from(notes)
        .where(eq(notes.body, sql.placeholder('body')))
        .prepare('find_note'),
    ).execute({
      body,
    })
  await database.transaction(ALICE, {}, ({ db }) => write(db, ALICE, 'hers'))

  assert.equal((await database.transaction(ALICE, {}, ({ db }) => find(db, 'hers'))).length, 1)
  assert.equal((await database.transaction(BOB, {}, ({ db }) => find(db, 'hers'))).length, 0)
  const { rows } = await database.transaction(BOB, {}, ({ db }) =>
    db.execute(
      sql`SELECT generic_plans + custom_plans AS uses FROM pg_prepared_statements WHERE name = 'find_note'`,
    ),
  )
  assert.deepEqual(rows, [{ uses: '2' }])
})

test('a connection that breaks fails the call that uses it and no other', async t => {
  const database = await notesDatabase(t)
  const broken = database.transaction(ALICE, {}, async ({ db }) => {
    const { rows } = await db.execute<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`)
    await database.owner.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid])
    await write(db, ALICE, 'lost')
  })

  await assert.rejects(broken)
  assert.deepEqual(await database.transaction(ALICE, {}, ({ db }) => bodies(db)), [])
})

test('a connection that breaks while idle fails no call', async t => {
  const database = await notesDatabase(t)
  const pid = sql`SELECT pg_backend_pid() AS pid`
  const { rows } = await database.transaction(ALICE, {}, ({ db }) => db.execute<{ pid: number }>(pid))
  await database.owner.query('SELECT pg_terminate_backend($1, 5000)', [rows[0]!.pid])
  await setImmediate() // The end of the connection has arrived; Node reads it at its next turn.

  const again = await database.transaction(ALICE, {}, ({ db }) => db.execute<{ pid: number }>(pid))
  assert.notEqual(again.rows[0]!.pid, rows[0]!.pid)
})

test('BEGIN, SET LOCAL and the first query share one round trip', { timeout: 20_000 }, async t => {
  const { ownerUrl, appUrl } = await testDatabase(t)
  const proxy = await withholdingProxy(t, appUrl)
  const database = openPools({ ownerUrl, appUrl: proxy.url, max: 1 })
  t.after(() => database.close())
  const ask = () => database.transaction(ALICE, {}, ({ db }) => db.execute(sql`SELECT 'first query'`))
  await ask()

  // Now no answer, not even BEGIN's, comes through before the server was asked the query.
  proxy.withholdUntil('first query')
  const { rows } = await ask()
  assert.equal(rows.length, 1)
})

/** Stands between a client and the server, and can keep the server's answers back until the client has said something. */
async function withholdingProxy(t: TestContext, url: string) {
  let awaited: string | null = null
  const sockets: Socket[] = []
  const { hostname, port } = new URL(url)
  const directory = decodeURIComponent(hostname)
  const server = createServer(client => {
    const upstream = directory.startsWith('/')
      ? connect(`${directory}/.s.PGSQL.${port}`)
      : connect(Number(port), directory)
    sockets.push(client, upstream)
    upstream.on('data', answer => client.write(answer))
    client.on('data', question => {
      if (awaited && question.includes(awaited)) upstream.resume()
      upstream.write(question)
    })
    withhold.push(() => upstream.pause())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  const withhold: (() => void)[] = []
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const proxied = new URL(url)
  const address = server.address() as { port: number }
  return {
    url: `postgres://${proxied.username}:${proxied.password}@127.0.0.1:${address.port}${proxied.pathname}`,
    withholdUntil(text: string) {
      awaited = text
      for (const pause of withhold) pause()
    },
  }
}
