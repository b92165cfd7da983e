/** Writes columns of a customer, and tells the rest of the house which. */

import { and, eq, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { type Columns, type Customer, shown } from './customer.ts'
import { customers } from './tables.ts'

/** @param id of a customer who is there and not merged @param fields what to call what changed; no values */
export async function change(
  ctx: Context,
  id: string,
  columns: Partial<Columns>,
  fields: string[],
): Promise<Customer> {
  const [customer] = await ctx.db
    .update(customers)
    .set({ ...columns, version: sql`${customers.version} + 1`, updatedAt: ctx.now })
    .where(and(eq(customers.workspaceId, ctx.workspace.id), eq(customers.id, id)))
    .returning(shown(ctx))
  ctx.emit({ type: 'customer.updated', subject: { kind: 'customer', id }, data: { fields } })
  return customer!
}
