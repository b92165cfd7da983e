import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { emptyDatabase } from '../../test/support/database.ts'
import { ensureRoles } from './roles.ts'

test('a missing role is made with its password, also by hosts that start at once', async t => {
  const { ownerUrl, appUrl, owner } = await scratch(t)
  await Promise.all([1, 2, 3].map(() => ensureRoles(ownerUrl, appUrl)))

  const { rows } = await owner.query(
    'SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = $1',
    [APP],
  )
  assert.deepEqual(rows, [
    { rolcanlogin: true, rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false },
  ])
})

for (const [power, sql] of [
  ['is a superuser', 'ALTER ROLE scratch_app SUPERUSER'],
  ['has BYPASSRLS', 'ALTER ROLE scratch_app BYPASSRLS'],
  ['has CREATEROLE', 'ALTER ROLE scratch_app CREATEROLE'],
  ['owns tables', 'CREATE TABLE mine (); ALTER TABLE mine OWNER TO scratch_app'],
  ['is a superuser by way of backdesk_owner', 'GRANT backdesk_owner TO scratch_app'],
  [
    'owns tables by way of scratch_group',
    'CREATE TABLE ours (); ALTER TABLE ours OWNER TO scratch_group; GRANT scratch_group TO scratch_app',
  ],
] as const) {
  test(`an application role that ${power} is refused`, async t => {
    const { ownerUrl, appUrl, owner } = await scratch(t)
    await ensureRoles(ownerUrl, appUrl)
    await owner.query(sql)
    await assert.rejects(
      ensureRoles(ownerUrl, appUrl),
      new RegExp(`The application role scratch_app ${power},`),
    )
  })
}

test('an owner who serves as the application too is refused', async t => {
  const { ownerUrl } = await scratch(t)
  await assert.rejects(ensureRoles(ownerUrl, ownerUrl), /is a superuser/)
})

test('an owner who may not create roles is told what an administrator runs', async t => {
  const { ownerUrl, appUrl, owner } = await scratch(t)
  await owner.query("ALTER ROLE scratch_group LOGIN PASSWORD 'group'")
  const humble = ownerUrl.replace(/\/\/[^@]*@/, '//scratch_group:group@')
  await assert.rejects(
    ensureRoles(humble, appUrl),
    /Run as an administrator: CREATE ROLE "scratch_app" LOGIN NOSUPERUSER/,
  )
})

test('a role that exists with another password is reported as such', async t => {
  const { ownerUrl, appUrl } = await scratch(t)
  await ensureRoles(ownerUrl, appUrl)
  await assert.rejects(
    ensureRoles(ownerUrl, appUrl.replace(':secret@', ':other@')),
    /cannot log in with APP_DATABASE_URL/,
  )
})

const APP = 'scratch_app'

/** Roles belong to the whole server, so these are not the ones that other tests use. */
async function scratch(t: TestContext) {
  const database = await emptyDatabase()
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  const removeRoles = async () => {
    const { rows } = await owner.query("SELECT rolname FROM pg_roles WHERE rolname LIKE 'scratch\\_%'")
    for (const { rolname } of rows) await owner.query(`DROP OWNED BY ${rolname}; DROP ROLE ${rolname}`)
  }
  await removeRoles()
  await owner.query('CREATE ROLE scratch_group')
  t.after(async () => {
    await removeRoles()
    await owner.end()
    await database.drop()
  })
  const appUrl = database.appUrl.replace(/\/\/[^@]*@/, `//${APP}:secret@`)
  return { ownerUrl: database.ownerUrl, appUrl, owner }
}
