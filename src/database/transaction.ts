/**
 * One transaction, in one workspace, on one connection. BEGIN, SET LOCAL and savepoints are sent ahead of the
 * statements behind them without waiting for an answer (pg's pipeline mode), so they cost no round trip; what is sent
 * in one turn of the event loop leaves in one write.
 */

import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { PgTable } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import { sqlState } from './errors.ts'

/** Drizzle, bound to one transaction. Its own `transaction` would commit ours, so it is not there. */
export type Db = Omit<NodePgDatabase, 'transaction'>

export interface Transaction {
  readonly db: Db
  /** These four return at once; where one fails, so does the next statement, and the transaction with its error. */
  savepoint(name: string): void
  rollbackTo(name: string): void
  release(name: string): void
  /** Goes on in another workspace. Only what makes a workspace does this. */
  enterWorkspace(workspaceId: string): void
}

export interface TransactionOptions {
  /** The database refuses to write, and the answer need not wait for the COMMIT. */
  readOnly?: boolean
}

/** Runs `work` and commits, or rolls back and throws what `work` threw. Always gives the connection back. */
export async function runTransaction<T>(
  client: pg.PoolClient,
  workspaceId: string,
  options: TransactionOptions,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const lane = new Lane(client)
  try {
    lane.send(`BEGIN${options.readOnly ? ' READ ONLY' : ''}; ${setWorkspace(workspaceId)}`)
    const result = await work(lane)
    lane.throwFailure()
    lane.close()
    const committed = commit(lane)
    if (options.readOnly) committed.catch(() => {})
    else await committed
    return result
  } catch (error) {
    if (lane.close()) await rollback(client)
    throw lane.rootOf(error)
  }
}

async function commit(lane: Lane): Promise<void> {
  try {
    const { command } = await lane.client.query('COMMIT')
    if (command === 'ROLLBACK') {
      // PostgreSQL's answer, without an error, where a statement has failed and nobody listened.
      lane.throwFailure()
      throw new Error('The transaction was rolled back: a statement in it had failed.')
    }
  } finally {
    giveBack(lane.client)
  }
}

async function rollback(client: pg.PoolClient): Promise<void> {
  try {
    // Awaited, for a caller may try again at once and must not meet the locks of its first attempt.
    await client.query('ROLLBACK')
  } catch {
    // The connection is gone, and the transaction with it.
  } finally {
    giveBack(client)
  }
}

/** Only a connection that the server calls idle is used again. */
function giveBack(client: pg.PoolClient): void {
  client.release(client.getTransactionStatus() !== 'I')
}

class Lane implements Transaction {
  readonly db: Db
  readonly client: pg.PoolClient
  #open = true
  #failure: unknown = null

  constructor(client: pg.PoolClient) {
    this.client = client
    // A new Drizzle each time (0.2 µs): whoever still holds an old one must not reach the connection's next user.
    this.db = drizzle({ client: this.#guarded() })
    lanes.set(this.db, this)
  }

  savepoint(name: string): void {
    this.send(`SAVEPOINT ${identifier(name)}`)
  }

  rollbackTo(name: string): void {
    this.send(`ROLLBACK TO SAVEPOINT ${identifier(name)}`)
  }

  release(name: string): void {
    this.send(`RELEASE SAVEPOINT ${identifier(name)}`)
  }

  enterWorkspace(workspaceId: string): void {
    this.send(setWorkspace(workspaceId))
  }

  /** Sends without waiting; a failure is kept for `throwFailure` and `rootOf`. */
  send(sql: string): void {
    this.admit()
    this.client.query(sql).catch(error => {
      this.#failure ??= error
    })
  }

  /** Answers arrive in order, so once a statement was answered the failures of those before it are known. */
  throwFailure(): void {
    if (this.#failure) throw this.#failure
  }

  /** "Current transaction is aborted" is only the echo of a statement that was sent ahead and failed. */
  rootOf(error: unknown): unknown {
    return sqlState(error) === IN_FAILED_TRANSACTION ? (this.#failure ?? error) : error
  }

  /** Before each statement, whoever sends it. */
  admit(): void {
    if (!this.#open)
      throw new Error('This transaction is over: a query was left running without being awaited.')
    gather(this.client)
  }

  /** @returns whether it was open until now */
  close(): boolean {
    const wasOpen = this.#open
    this.#open = false
    return wasOpen
  }

  #guarded(): pg.PoolClient {
    const query = (...args: Parameters<pg.PoolClient['query']>) => {
      this.admit()
      return this.client.query(...args)
    }
    return { query } as unknown as pg.PoolClient
  }
}

/**
 * Holds back what is written until this turn's promises have had their say. A read call made 7.7 writes to its sockets,
 * a write call 18, and each is a system call.
 */
function gather(client: pg.PoolClient): void {
  const { stream } = (client as unknown as pg.Client).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork()) // Harmless where the connection has broken meanwhile.
}

const IN_FAILED_TRANSACTION = '25P02'
const lanes = new WeakMap<Db, Lane>()

function setWorkspace(workspaceId: string): string {
  if (!UUID.test(workspaceId))
    throw new Error(`A workspace id is a uuid, not ${JSON.stringify(workspaceId)}.`)
  return `SET LOCAL app.workspace_id = '${workspaceId}'` // Citus asks for SET LOCAL, which takes no parameters.
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function identifier(name: string): string {
  if (!/^[a-z_]+$/.test(name))
    throw new Error(`A savepoint is named in small letters, not ${JSON.stringify(name)}.`)
  return `"${name}"` // Quoted, for it may be a word of SQL.
}

/** Runs `work` so that nothing of it stays in the transaction where it throws; locks that it took are let go too. */
export async function inSavepoint<T>(db: Db, name: string, work: () => Promise<T>): Promise<T> {
  const lane = laneOf(db)
  lane.savepoint(name)
  try {
    return await work()
  } catch (error) {
    lane.rollbackTo(name)
    throw error
  } finally {
    lane.release(name)
  }
}

function laneOf(db: Db): Lane {
  const lane = lanes.get(db)
  if (!lane) throw new Error('This needs the db of a transaction.')
  return lane
}

interface PreparedQuery {
  // biome-ignore lint/suspicious/noExplicitAny: Drizzle's own type of placeholder values and of rows.
  execute(values?: Record<string, unknown>): Promise<any>
}

/**
 * A hot query, built and planned once for each connection instead of at each call. It is sent as soon as `execute` is
 * called, other queries of Drizzle's only when they are awaited: where the order matters, do not mix the two.
 * @param name names the prepared statement too, so it is unique in the program
 * @param build ends in `.prepare(name)`
 */
export function prepared<Query extends PreparedQuery>(
  db: Db,
  name: string,
  build: (db: Db) => Query,
): Pick<Query, 'execute'> {
  const lane = laneOf(db)
  const query = statementOf(lane.client, name, build)
  return {
    execute(values) {
      lane.admit()
      return query.execute(values)
    },
  }
}

function statementOf<Query extends PreparedQuery>(
  client: pg.PoolClient,
  name: string,
  build: (db: Db) => Query,
): Query {
  let connection = connections.get(client)
  if (!connection) {
    connection = { db: drizzle({ client }), statements: new Map() }
    connections.set(client, connection)
  }
  let statement = connection.statements.get(name) as Query | undefined
  if (!statement) {
    statement = build(connection.db)
    connection.statements.set(name, statement)
  }
  return statement
}

const connections = new WeakMap<pg.PoolClient, { db: Db; statements: Map<string, PreparedQuery> }>()

/**
 * An INSERT of one row, prepared as above.
 * @param defaults columns that the database fills; of the others, a text or id that is not given is NULL
 */
export function preparedInsert<Table extends PgTable, Default extends keyof Table['$inferInsert'] = never>(
  table: Table,
  defaults: Default[] = [],
): (db: Db, row: Omit<Table['$inferInsert'], Default>) => Promise<unknown> {
  const name = `insert_${getTableName(table)}`
  const given = Object.keys(getTableColumns(table)).filter(column => !defaults.includes(column as Default))
  const empty = Object.fromEntries(given.map(column => [column, null]))
  const placeholders = Object.fromEntries(given.map(column => [column, sql.placeholder(column)]))
  const build = (db: Db) =>
    db
      .insert(table)
      .values(placeholders as never)
      .prepare(name)
  return (db, row) => prepared(db, name, build).execute({ ...empty, ...row })
}
