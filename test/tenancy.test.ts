/** DESIGN, "Data": what keeps workspaces apart, read from the catalog for every table there is, now and later. */

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { roleOf } from '../src/database/roles.ts'
import { type TestDatabase, testDatabase } from './support/database.ts'

/** The closed list of tables without a workspace; names of OAuth's begin with oauth_. */
const GLOBAL = ['accounts', 'sign_ups', 'sessions', 'workspaces', 'schema_migrations']

/** Each query names what breaks the rule. */
const rules: Record<string, string> = {
  'workspace_id is a uuid and NOT NULL': 'SELECT name FROM tenants WHERE workspace_id IS NULL OR is_nullable',

  'workspace_id comes first in every primary key, unique and exclusion constraint': `
    SELECT name FROM tenants JOIN pg_index ON indrelid = oid
    WHERE (indisunique OR indisexclusion) AND indkey[0] IS DISTINCT FROM workspace_id`,

  'workspace_id comes first on both sides of every foreign key to a tenant table': `
    SELECT referrer.name FROM tenants AS referrer
    JOIN pg_constraint ON conrelid = referrer.oid AND contype = 'f'
    JOIN tenants AS target ON target.oid = confrelid
    WHERE conkey[1] IS DISTINCT FROM referrer.workspace_id OR confkey[1] IS DISTINCT FROM target.workspace_id`,

  'row-level security is enabled and forced': `
    SELECT name FROM tenants WHERE NOT (relrowsecurity AND relforcerowsecurity)`,

  "the policies are the workspace's for the application and the owner's own": `
    SELECT name FROM tenants WHERE ARRAY[
      'owner is PERMISSIVE for * to ' || current_user || ', using true, check true',
      'tenant is PERMISSIVE for * to :app, using :own_rows, check :own_rows'
    ] IS DISTINCT FROM (
      SELECT array_agg(
        format('%s is %s for %s to %s, using %s, check %s', polname,
          CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, polcmd,
          array_to_string(polroles::regrole[], ' and '), pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
        ORDER BY polname)
      FROM pg_policy WHERE polrelid = tenants.oid)`,

  'there is no trigger': `
    SELECT name FROM tenants WHERE EXISTS (SELECT FROM pg_trigger WHERE tgrelid = tenants.oid AND NOT tgisinternal)`,

  'ids are made in the application, not by a sequence': `
    SELECT relname AS name FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace`,

  'the application may not truncate, refer to it or put triggers on it': `
    SELECT name FROM tables WHERE has_table_privilege(':app', oid, 'TRUNCATE, REFERENCES, TRIGGER')`,

  'the application owns nothing': `
    SELECT relname AS name FROM pg_class WHERE relowner = ':app'::regrole`,

  'the application role has no powers, nor can it become one that has': `
    SELECT rolname AS name FROM pg_roles
    WHERE pg_has_role(':app', oid, 'MEMBER') AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolname = current_user)`,

  'the application may not create tables': `
    SELECT nspname AS name FROM pg_namespace WHERE has_schema_privilege(':app', oid, 'CREATE')`,

  "a view reads with its reader's rights": `
    SELECT relname AS name FROM pg_class
    WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
      AND NOT coalesce(reloptions, '{}') && '{security_invoker=true,security_invoker=on}'`,

  "a function with its owner's rights is not everybody's, and sets its search_path": `
    SELECT proname AS name FROM pg_proc
    WHERE prosecdef AND pronamespace = 'public'::regnamespace
      AND (has_function_privilege('public', oid, 'EXECUTE') OR coalesce(proconfig::text, '') NOT LIKE '%search_path=%')`,
}

/** graphile-worker's tables are not ours: the queue is local, and the application never touches it. */
const TABLES = `
  WITH tables AS (
    SELECT c.*, relname AS name, attnum AS workspace_id, NOT attnotnull AS is_nullable,
      relname IN (:global) OR relname LIKE 'oauth\\_%' AS is_global
    FROM pg_class c
    LEFT JOIN pg_attribute ON attrelid = c.oid AND attname = 'workspace_id' AND atttypid = 'uuid'::regtype
    WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^(pg_.*|information_schema|graphile_worker)$'
  ), tenants AS (SELECT * FROM tables WHERE NOT is_global)`

const OWN_ROWS = "(workspace_id = (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid)"

/** `name: rule` for everything that breaks a rule. */
async function broken(owner: pg.Client, app: string): Promise<string[]> {
  const found: string[] = []
  for (const [rule, query] of Object.entries(rules)) {
    const filled = `${TABLES} ${query}`
      .replaceAll(':app', app)
      .replaceAll(':own_rows', OWN_ROWS.replaceAll("'", "''"))
      .replaceAll(':global', GLOBAL.map(pg.escapeLiteral).join())
    const { rows } = await owner.query(filled)
    for (const { name } of rows) found.push(`${name}: ${rule}`)
  }
  return found
}

type Offence = [offence: string, sql: string, broken: string]

/** What is done to the good table `notes`, and the one rule that it breaks. */
const offences: Offence[] = [
  [
    'a nullable workspace',
    'ALTER TABLE notes DROP CONSTRAINT notes_pkey, ALTER workspace_id DROP NOT NULL',
    'notes: workspace_id is a uuid and NOT NULL',
  ],
  [
    'a unique constraint across workspaces',
    'ALTER TABLE notes ADD UNIQUE (id)',
    'notes: workspace_id comes first in every primary key, unique and exclusion constraint',
  ],
  [
    'a unique index that begins with an expression',
    'CREATE UNIQUE INDEX ON notes (lower(body), workspace_id)',
    'notes: workspace_id comes first in every primary key, unique and exclusion constraint',
  ],
  [
    'an exclusion constraint across workspaces',
    'ALTER TABLE notes ADD EXCLUDE USING hash (body WITH =)',
    'notes: workspace_id comes first in every primary key, unique and exclusion constraint',
  ],
  [
    'a foreign key whose workspace comes second',
    'ALTER TABLE notes ADD FOREIGN KEY (parent_id, workspace_id) REFERENCES notes (id, workspace_id)',
    'notes: workspace_id comes first on both sides of every foreign key to a tenant table',
  ],
  [
    'row-level security that is not forced',
    'ALTER TABLE notes NO FORCE ROW LEVEL SECURITY',
    'notes: row-level security is enabled and forced',
  ],
  [
    'row-level security that is not enabled',
    'ALTER TABLE notes DISABLE ROW LEVEL SECURITY',
    'notes: row-level security is enabled and forced',
  ],
  ...[
    'CREATE POLICY more ON notes USING (true)',
    'DROP POLICY owner ON notes',
    'ALTER POLICY owner ON notes TO PUBLIC',
    "ALTER POLICY tenant ON notes USING (workspace_id = current_setting('app.workspace_id')::uuid)",
    'ALTER POLICY tenant ON notes WITH CHECK (true)',
    'ALTER POLICY tenant ON notes USING (workspace_id IN (SELECT id FROM notes))',
  ].map(
    (sql): Offence => [
      sql,
      sql,
      "notes: the policies are the workspace's for the application and the owner's own",
    ],
  ),
  [
    'a trigger',
    `CREATE TRIGGER stamp BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    'notes: there is no trigger',
  ],
  [
    'an identity column',
    'ALTER TABLE notes ADD number int GENERATED ALWAYS AS IDENTITY',
    'notes_number_seq: ids are made in the application, not by a sequence',
  ],
  ...['TRUNCATE', 'REFERENCES', 'TRIGGER'].map(
    (right): Offence => [
      `the right to ${right}`,
      `GRANT ${right} ON notes TO PUBLIC`,
      'notes: the application may not truncate, refer to it or put triggers on it',
    ],
  ),
  [
    'a role that bypasses',
    'ALTER ROLE :app BYPASSRLS',
    ':app: the application role has no powers, nor can it become one that has',
  ],
  [
    'a schema that is open',
    'GRANT CREATE ON SCHEMA public TO PUBLIC',
    'public: the application may not create tables',
  ],
  [
    'a view',
    'CREATE VIEW all_notes AS SELECT * FROM notes',
    "all_notes: a view reads with its reader's rights",
  ],
  ...['SET search_path = public', ''].map(
    (setting): Offence => [
      `a definer's function ${setting ? 'for everybody' : 'without a search_path'}`,
      `CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER ${setting} RETURN 1;
     ${setting ? '' : 'REVOKE ALL ON FUNCTION peek FROM PUBLIC'}`,
      "peek: a function with its owner's rights is not everybody's, and sets its search_path",
    ],
  ),
]

const NOTES = `
  CREATE TABLE notes (workspace_id uuid, id uuid, parent_id uuid, body text, PRIMARY KEY (workspace_id, id));
  SELECT tenant_table('notes')`

describe('the catalog', () => {
  let database: TestDatabase
  let owner: pg.Client
  let app: string

  before(async () => {
    database = await testDatabase()
    app = roleOf(database.appUrl)
    owner = new pg.Client({ connectionString: database.ownerUrl })
    await owner.connect()
  })

  after(async () => {
    await owner.end()
    await database.drop()
  })

  test('every table keeps every rule', async () => {
    assert.deepEqual(await broken(owner, app), [])
  })

  for (const [offence, sql, rule] of offences) {
    test(`would show ${offence}`, async () => {
      await owner.query(`BEGIN; SET LOCAL backdesk.app_role = '${app}'; ${NOTES}`)
      try {
        await owner.query(sql.replace(':app', app))
        assert.deepEqual(await broken(owner, app), [rule.replace(':app', app)])
      } finally {
        await owner.query('ROLLBACK')
      }
    })
  }
})
