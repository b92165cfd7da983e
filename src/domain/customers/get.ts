/** Finds one customer. Who was merged is found as the survivor: an old link or a noted id stays good. */

import { and, eq, sql } from 'drizzle-orm'
import { notFound } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type Customer, shown } from './customer.ts'
import { customers } from './tables.ts'

export interface FoundCustomer extends Customer {
  /** The id that was asked for, where that customer was merged into this one. */
  merged_from: string | null
}

/** @throws Refusal `not_found` */
export async function getCustomer(ctx: Context, id: string): Promise<FoundCustomer> {
  const customer = await find(ctx, id)
  if (customer.status !== 'merged') return { ...customer, merged_from: null }
  return { ...(await find(ctx, await survivorOf(ctx, id))), merged_from: id }
}

async function find(ctx: Context, id: string): Promise<Customer> {
  const [customer] = await ctx.db
    .select(shown(ctx))
    .from(customers)
    .where(and(eq(customers.workspaceId, ctx.workspace.id), eq(customers.id, id)))
  if (!customer) throw notFound('customer', ['search_customers'])
  return customer
}

/** The end of the chain, in one query however long it is. UNION, and not UNION ALL, ends even a chain that is a ring. */
export async function survivorOf({ db, workspace }: Context, id: string): Promise<string> {
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH RECURSIVE chain AS (
      SELECT id, merged_into FROM ${customers} WHERE workspace_id = ${workspace.id} AND id = ${id}
      UNION
      SELECT next.id, next.merged_into FROM chain
      JOIN ${customers} AS next ON next.workspace_id = ${workspace.id} AND next.id = chain.merged_into
    )
    SELECT id FROM chain WHERE merged_into IS NULL`)
  if (!rows[0]) throw new Error(`The merges from customer ${id} on have no end.`)
  return rows[0].id
}

/** The customer, and everybody who was merged into them: what was not rewritten is under those ids. */
export async function idsOf({ db, workspace }: Context, survivorId: string): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    WITH RECURSIVE chain AS (
      SELECT id FROM ${customers} WHERE workspace_id = ${workspace.id} AND id = ${survivorId}
      UNION
      SELECT former.id FROM chain
      JOIN ${customers} AS former ON former.workspace_id = ${workspace.id} AND former.merged_into = chain.id
    )
    SELECT id FROM chain`)
  return rows.map(({ id }) => id)
}
