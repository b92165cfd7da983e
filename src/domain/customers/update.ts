/** Changes a customer, field by field. */

import { and, eq, sql } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type Customer, type CustomerFields, columnsOf, shown } from './customer.ts'
import { likelyDuplicates } from './duplicates.ts'
import { type FoundCustomer, getCustomer } from './get.ts'
import { lockContacts } from './lock.ts'
import { customers } from './tables.ts'

/**
 * What is left out stays, null takes away. A new phone brings its own extension or none. Tags are replaced as a list.
 * @param id of the customer, or of one who was merged into them
 * @throws Refusal `not_found`, `stale_version` with `current_version`, `invalid_input` for an impossible phone number
 */
export async function updateCustomer(
  ctx: Context,
  id: string,
  { version, ...fields }: Partial<CustomerFields> & { version: number },
): Promise<FoundCustomer> {
  const columns = columnsOf(fields, ctx)
  await lockContacts(ctx, columns)
  const { id: survivor, merged_from } = await getCustomer(ctx, id)
  const [customer] = await ctx.db
    .update(customers)
    .set({ ...columns, version: sql`${customers.version} + 1`, updatedAt: ctx.now })
    .where(
      and(
        eq(customers.workspaceId, ctx.workspace.id),
        eq(customers.id, survivor),
        eq(customers.version, version),
      ),
    )
    .returning(shown(ctx))
  if (!customer) throw await stale(ctx, survivor)
  ctx.emit({
    type: 'customer.updated',
    subject: { kind: 'customer', id: survivor },
    data: { fields: Object.keys(fields) },
  })
  if (columns.email || columns.phoneE164) await warnOfOthers(ctx, customer)
  return { ...customer, merged_from }
}

/** A shared phone is allowed; that it is shared may still be a slip. */
async function warnOfOthers(ctx: Context, customer: Customer): Promise<void> {
  for (const { customer_id, evidence } of await likelyDuplicates(ctx, customer)) {
    ctx.warn(`${idText('customer', customer_id)} may be the same person: ${evidence.join(', ')}.`)
  }
}

async function stale(ctx: Context, id: string): Promise<Refusal> {
  const { version } = await getCustomer(ctx, id)
  return new Refusal(
    'stale_version',
    `The customer is at version ${version} by now. Read them again.`,
    { current_version: version },
    ['get_customer'],
  )
}
