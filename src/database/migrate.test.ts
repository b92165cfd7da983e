import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { emptyDatabase, type TestDatabase } from '../../test/support/database.ts'
import { migrate } from './migrate.ts'

test('files are applied in their order, once', async t => {
  const { database, directory } = await scratch(t, {
    '0001_a.sql': 'CREATE TABLE a ()',
    '0002_b.sql': 'ALTER TABLE a ADD n int',
  })

  assert.deepEqual(await migrate({ ...database, directory }), ['0001_a.sql', '0002_b.sql'])
  assert.deepEqual(await migrate({ ...database, directory }), [])
})

test('of hosts that start at once one migrates and the others find nothing to do', async t => {
  const { database, directory } = await scratch(t, {
    '0001_a.sql': 'CREATE TABLE a ()',
    '0002_b.sql': 'CREATE TABLE b ()',
  })
  const hosts = await Promise.all([1, 2, 3, 4].map(() => migrate({ ...database, directory })))

  assert.deepEqual(hosts.flat(), ['0001_a.sql', '0002_b.sql'])
})

test('a migration that fails leaves nothing of itself, and says where it failed', async t => {
  const { database, directory, put } = await scratch(t, {
    '0001_a.sql': 'CREATE TABLE a ()',
    '0002_b.sql': 'CREATE TABLE b ();\n\nSELECT missing;',
  })
  await assert.rejects(
    migrate({ ...database, directory }),
    /migrations\/0002_b\.sql:3: column "missing" does not exist/,
  )
  assert.deepEqual(await tables(database), ['a', 'schema_migrations'])

  await put('0002_b.sql', 'CREATE TABLE b ()')
  assert.deepEqual(await migrate({ ...database, directory }), ['0002_b.sql'])
})

test('a file that changed after it was applied is refused, but not for its line endings', async t => {
  const { database, directory, put } = await scratch(t, { '0001_a.sql': 'CREATE TABLE a\n()' })
  await migrate({ ...database, directory })

  await put('0001_a.sql', 'CREATE TABLE a\r\n()')
  assert.deepEqual(await migrate({ ...database, directory }), [])
  await put('0001_a.sql', 'CREATE TABLE a (n int)')
  await assert.rejects(migrate({ ...database, directory }), /0001_a\.sql has changed since it was applied/)
})

test('a database that is newer than the code is refused', async t => {
  const { database, directory } = await scratch(t, {
    '0001_a.sql': 'CREATE TABLE a ()',
    '0002_b.sql': 'CREATE TABLE b ()',
  })
  await migrate({ ...database, directory })

  await rm(join(directory, '0002_b.sql'))
  await assert.rejects(migrate({ ...database, directory }), /newer than this code: it has 0002_b\.sql/)
})

test('a gap in the numbers and a name of another form are refused', async t => {
  const gap = await scratch(t, { '0001_a.sql': '', '0003_c.sql': '' })
  await assert.rejects(migrate({ ...gap.database, directory: gap.directory }), /0003_c\.sql is number 2/)
  const misnamed = await scratch(t, { '1-a.sql': '' })
  await assert.rejects(migrate({ ...misnamed.database, directory: misnamed.directory }), /NNNN_name\.sql/)
})

test('tables that were granted to one role are not served to another', async t => {
  const { database, directory } = await scratch(t, { '0001_a.sql': 'CREATE TABLE a ()' })
  await migrate({ ...database, directory })

  const appUrl = database.appUrl.replace('//backdesk_app:', '//somebody_else:')
  await assert.rejects(
    migrate({ ...database, appUrl, directory }),
    /granted to the role backdesk_app.*names somebody_else/,
  )
})

async function scratch(t: TestContext, files: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), 'backdesk-migrations-'))
  t.after(() => rm(directory, { recursive: true }))
  const put = (name: string, sql: string) => writeFile(join(directory, name), sql)
  for (const [name, sql] of Object.entries(files)) await put(name, sql)
  return { database: await emptyDatabase(t), directory, put }
}

async function tables({ ownerUrl }: TestDatabase): Promise<string[]> {
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const { rows } = await owner.query(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
  )
  await owner.end()
  return rows.map(row => row.relname).sort()
}
