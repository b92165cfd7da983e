/** Drizzle's tables say what the migrations made: every table, column, type and nullability. */

import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { openTestDatabase } from './support/database.ts'

const root = join(import.meta.dirname, '..')

test('Drizzle and the migrations agree', async t => {
  const database = await openTestDatabase(t)
  const { rows } = await database.owner.query(`
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relname <> 'schema_migrations'
    ORDER BY 1, 2`)
  const inDatabase = rows.map(
    ({ table, column, type, required }) => `${table}.${column} ${type}${required ? ' not null' : ''}`,
  )
  assert.deepEqual((await columnsOfDrizzle()).sort(), inDatabase.sort())
})

async function columnsOfDrizzle(): Promise<string[]> {
  const files = globSync('src/**/tables.ts', { cwd: root })
  const modules: Record<string, unknown>[] = await Promise.all(files.map(file => import(join(root, file))))
  const tables = modules.flatMap(module => Object.values(module)).filter(value => is(value, PgTable))
  return tables.flatMap(table => {
    const { name, columns } = getTableConfig(table)
    return columns.map(
      column => `${name}.${column.name} ${column.getSQLType()}${column.notNull ? ' not null' : ''}`,
    )
  })
}
