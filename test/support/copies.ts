/** As many rows as it takes, where making each by its tool would take too long: copies of one that a tool has made. */

import { newId } from '../../src/database/columns.ts'
import type { TestServer } from './server.ts'

/**
 * @param id uuid of the row that is copied
 * @param change SQL that makes the fields that differ, as a jsonb; in it `n` is the number of the copy, from 1
 * @returns the uuids
 */
export async function copies(
  { house }: Pick<TestServer, 'house'>,
  { table, id, count, change = `'{}'` }: { table: string; id: string; count: number; change?: string },
): Promise<string[]> {
  const { owner } = house.database
  const { rows } = await owner.query(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
     WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  )
  const ids = Array.from({ length: count }, newId)
  const { columns } = rows[0]
  await owner.query(
    `INSERT INTO ${table} (${columns})
     SELECT ${columns.replaceAll(/[^ ,]+/g, 'made.$&')}
     FROM ${table} model, unnest($2::uuid[]) WITH ORDINALITY AS copy (id, n),
       LATERAL jsonb_populate_record(model, jsonb_build_object('id', copy.id) || (${change})::jsonb) AS made
     WHERE model.id = $1`,
    [id, ids],
  )
  return ids
}
