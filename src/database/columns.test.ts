import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { pgTable } from 'drizzle-orm/pg-core'
import { Temporal } from 'temporal-polyfill'
import { asMigration, openTestDatabase } from '../../test/support/database.ts'
import { instant, localDate, newId, tenantKey, wallTime } from './columns.ts'
import { isUnstorableText, refusalForViolation, refuseOnViolation } from './errors.ts'

const moments = pgTable('moments', {
  ...tenantKey(),
  at: instant('at').notNull(),
  on: localDate('on').notNull(),
  opens: wallTime('opens').notNull(),
})

const MOMENTS = `
  CREATE TABLE moments (
    workspace_id uuid, id uuid, at timestamptz(3), "on" date CONSTRAINT moments_not_in_1999 CHECK ("on" >= '2000-01-01'),
    opens time(0), PRIMARY KEY (workspace_id, id));
  SELECT tenant_table('moments')`

test('values of Temporal come back as they went in, instants cut to the millisecond', async t => {
  const database = await openTestDatabase(t)
  await asMigration(database, MOMENTS)
  const workspaceId = newId()
  const row = {
    workspaceId,
    id: newId(),
    at: Temporal.Instant.from('2026-03-29T00:59:59.999999+00:00'),
    on: Temporal.PlainDate.from('2028-02-29'),
    opens: Temporal.PlainTime.from('09:30'),
  }

  const [read] = await database.transaction(workspaceId, {}, async ({ db }) => {
    await db.insert(moments).values(row)
    return db.select().from(moments)
  })
  assert.equal(read!.at.toString(), '2026-03-29T00:59:59.999Z')
  assert.equal(read!.on.toString(), '2028-02-29')
  assert.equal(read!.opens.toString(), '09:30:00')
})

test('ids made in later milliseconds sort later', async () => {
  const first = newId()
  const begun = Date.now()
  while (Date.now() === begun);
  assert.ok(newId() > first)
  assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
})

test('a violated constraint is answered with the refusal that was named for it', async t => {
  const database = await openTestDatabase(t)
  await asMigration(database, MOMENTS)
  const refusal = new Error('Not before 2000.')
  refuseOnViolation('moments_not_in_1999', () => refusal)

  const insert = database.transaction(newId(), {}, ({ db }) =>
    db.execute(
      sql`INSERT INTO moments VALUES (current_setting('app.workspace_id')::uuid, ${newId()}, now(), '1999-12-31', '09:00')`,
    ),
  )
  await assert.rejects(insert, error => refusalForViolation(error) === refusal)
  assert.throws(() => refuseOnViolation('moments_not_in_1999', () => refusal), /has its refusal already/)
})

test('text that PostgreSQL cannot hold is told apart', async t => {
  const database = await openTestDatabase(t)
  const ask = database.transaction(newId(), {}, ({ db }) => db.execute(sql`SELECT ${'a\0b'}::text`))
  await assert.rejects(ask, isUnstorableText)
})
