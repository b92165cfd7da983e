import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { emptyDatabase } from '../../test/support/database.ts'
import { newId } from './columns.ts'
import { openDatabase } from './open.ts'

test('an external database needs no superuser: an owner who may create roles is enough', async t => {
  const config = await externalDatabase(t)
  const log: string[] = []
  const first = await openDatabase({ ...config, log: message => log.push(message) })
  await first.close()
  assert.match(log.join('\n'), /Applied migrations\/0001_roles_and_functions\.sql/)

  const second = await openDatabase(config)
  t.after(() => second.close())
  const { rows } = await second.transaction(newId(), {}, ({ db }) =>
    db.execute(sql`SELECT current_user AS me`),
  )
  assert.deepEqual(rows, [{ me: 'external_app' }])
})

test('the owner of an external database sees every row, for backfills and dumps', async t => {
  const config = await externalDatabase(t)
  const database = await openDatabase(config)
  t.after(() => database.close())
  const workspaceId = newId()
  await database.owner.query(`
    BEGIN; SET LOCAL backdesk.app_role = 'external_app';
    CREATE TABLE notes (workspace_id uuid, id uuid, PRIMARY KEY (workspace_id, id)); SELECT tenant_table('notes');
    COMMIT`)
  await database.transaction(workspaceId, {}, ({ db }) =>
    db.execute(sql`INSERT INTO notes VALUES (${workspaceId}, ${newId()})`),
  )

  const { rows } = await database.owner.query('SELECT workspace_id FROM notes')
  assert.deepEqual(rows, [{ workspace_id: workspaceId }])
})

test('DATABASE_URL without APP_DATABASE_URL is refused', async t => {
  const { dataDir, databaseUrl } = await externalDatabase(t)
  await assert.rejects(
    openDatabase({ dataDir, databaseUrl }),
    /DATABASE_URL needs APP_DATABASE_URL beside it/,
  )
})

/** A database as a hosting provider hands it out: its owner is no superuser. */
async function externalDatabase(t: TestContext) {
  const database = await emptyDatabase()
  const admin = new pg.Client({ connectionString: database.ownerUrl })
  await admin.connect()
  await admin.query("CREATE ROLE external_owner LOGIN CREATEROLE PASSWORD 'owner'")
  await admin.query(`ALTER DATABASE ${admin.database} OWNER TO external_owner`)
  t.after(async () => {
    await admin.query(
      'REASSIGN OWNED BY external_owner TO backdesk_owner; DROP OWNED BY external_owner CASCADE',
    )
    await admin.query('DROP OWNED BY external_app CASCADE; DROP ROLE external_app').catch(() => {})
    await admin.query('DROP ROLE external_owner')
    await admin.end()
    await database.drop()
  })
  const urlFor = (user: string) => database.ownerUrl.replace(/\/\/[^@]*@/, `//${user}@`)
  return {
    dataDir: '/nowhere',
    databaseUrl: urlFor('external_owner:owner'),
    appDatabaseUrl: urlFor('external_app:app'),
  }
}
