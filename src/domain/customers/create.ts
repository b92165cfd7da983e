/** Makes a customer, unless they are known already. */

import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type Columns, type Customer, type CustomerFields, columnsOf, shown } from './customer.ts'
import { type Duplicate, findKnown, likelyDuplicates } from './duplicates.ts'
import { getCustomer } from './get.ts'
import { lockContacts } from './lock.ts'
import { customers } from './tables.ts'

export interface CreatedCustomer extends Customer {
  /** Was here before, and is as it was. */
  existing: boolean
  possible_duplicates: Duplicate[]
}

/** @throws Refusal `invalid_input` for an impossible phone number */
export async function createCustomer(ctx: Context, fields: CustomerFields): Promise<CreatedCustomer> {
  const columns = columnsOf(fields, ctx)
  await lockContacts(ctx, columns)
  const knownId = await findKnown(ctx, columns)
  const customer = knownId ? await getCustomer(ctx, knownId) : await insert(ctx, columns)
  return {
    ...customer,
    existing: knownId !== null,
    possible_duplicates: await likelyDuplicates(ctx, customer),
  }
}

async function insert(ctx: Context, columns: Columns): Promise<Customer> {
  const { db, workspace, now } = ctx
  const [customer] = await db
    .insert(customers)
    .values({
      ...columns,
      workspaceId: workspace.id,
      id: newId(),
      createdBy: ctx.principal.memberId,
      createdAt: now,
      updatedAt: now,
    })
    .returning(shown(ctx))
  ctx.emit({ type: 'customer.created', subject: { kind: 'customer', id: customer!.id } })
  return customer!
}
