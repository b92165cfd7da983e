/**
 * Everything that is held of one person, found by the foreign keys that lead to `customers` and on from there: a table that
 * comes later is in it without being named here. Used for an export, and to see that an erasure left nothing.
 */

import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'

/** By table, each row as PostgreSQL writes it in JSON. */
export type Everything = Record<string, Record<string, unknown>[]>

interface Link {
  child: string
  child_column: string
  parent: string
}

/** How far from the person's own row: a charge of a booking of theirs is two away. */
const FARTHEST = 4
const MOST_ROWS = 20_000

/** @param ids of the customer, and whoever was merged into them */
export async function everythingOf(ctx: Context, ids: string[]): Promise<Everything> {
  const { db } = ctx
  const { rows: links } = await db.execute<Link & Record<string, unknown>>(sql`
    SELECT child.relname AS child, a.attname AS child_column, parent.relname AS parent
    FROM pg_constraint f
    JOIN pg_class child ON child.oid = f.conrelid
    JOIN pg_class parent ON parent.oid = f.confrelid
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[2]
    JOIN pg_attribute key ON key.attrelid = f.confrelid AND key.attnum = f.confkey[2]
    WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace AND cardinality(f.conkey) >= 2 AND key.attname = 'id'
    ORDER BY 1, 2`)
  const found: Everything = {}
  let step = new Map([['customers', ids]])
  add(found, 'customers', await rowsOf(ctx, 'customers', 'id', ids))
  for (let depth = 1; depth <= FARTHEST && step.size > 0; depth++) {
    const next = new Map<string, string[]>()
    for (const { child, child_column: column, parent } of links) {
      const parents = step.get(parent)
      if (!parents || OTHERS.has(child)) continue
      const fresh = add(found, child, await rowsOf(ctx, child, column, parents))
      const own = fresh.map(row => row.id).filter(id => typeof id === 'string')
      if (own.length > 0) next.set(child, [...(next.get(child) ?? []), ...own])
    }
    step = next
  }
  return found
}

/** Who is related to them, or was merged into them, is not theirs: relationships name ids alone. */
const OTHERS = new Set(['customers'])

async function rowsOf(
  { db, workspace }: Context,
  table: string,
  column: string,
  ids: string[],
): Promise<Record<string, unknown>[]> {
  const { rows } = await db.execute<{ row: Record<string, unknown> }>(sql`
    SELECT to_jsonb(t) - 'workspace_id' AS row FROM ${sql.identifier(table)} AS t
    WHERE workspace_id = ${workspace.id} AND ${sql.identifier(column)} = ANY(${sql.param(ids)}::uuid[])
    LIMIT ${MOST_ROWS}`)
  return rows.map(({ row }) => row)
}

/** @returns those that were not there yet */
function add(found: Everything, table: string, rows: Record<string, unknown>[]): Record<string, unknown>[] {
  if (rows.length === 0) return []
  const there = new Set((found[table] ?? []).map(row => JSON.stringify(row)))
  const fresh = rows.filter(row => !there.has(JSON.stringify(row)))
  found[table] = [...(found[table] ?? []), ...fresh]
  return fresh
}
