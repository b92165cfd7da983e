/** Members: whose points are whose. A customer has one account; those of customers who were merged into them count as it. */

import { and, asc, eq } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { lockCustomer } from '../bookings/customer.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { type Account, loyaltyAccounts } from './tables.ts'

/** The account that counts, with those that were merged into it. */
export interface Family {
  account: Account
  /** Of all of them, the one that counts first. */
  ids: string[]
}

/** null: not a member. Read it under the customer's lock to spend from it. */
export async function familyOf({ db, workspace }: Context, customerId: string): Promise<Family | null> {
  const rows = await db
    .select()
    .from(loyaltyAccounts)
    .where(and(eq(loyaltyAccounts.workspaceId, workspace.id), eq(loyaltyAccounts.customerId, customerId)))
    .orderBy(asc(loyaltyAccounts.id))
  const account = rows.find(({ mergedInto }) => mergedInto === null)
  if (!account) return null
  const others = rows.filter(({ id }) => id !== account.id)
  return { account, ids: [account.id, ...others.map(({ id }) => id)] }
}

/** @throws Refusal `not_found`, also of one who is not a member */
export async function findMember(context: Context, customerId: string): Promise<Family> {
  const customer = await getCustomer(context, customerId)
  const family = await familyOf(context, customer.id)
  if (family) return family
  throw new Refusal('not_found', 'This customer is no member of the loyalty program.', { kind: 'loyalty' }, [
    'enrol_loyalty_member',
  ])
}

/** The same, locked until the transaction ends. @throws Refusal `not_found` */
export async function lockMember(context: Context, customerId: string): Promise<Family> {
  const customer = await getCustomer(context, customerId)
  await lockCustomer(context, customer.id)
  return findMember(context, customer.id)
}

/** Of whoever has the account by now. */
export async function lockOwner(context: Context, accountId: string): Promise<Family> {
  await lockCustomer(context, await ownerOf(context, accountId))
  // Whose it was may have been merged while we waited.
  return lockMember(context, await ownerOf(context, accountId))
}

export async function ownerOf({ db, workspace }: Context, accountId: string): Promise<string> {
  const [row] = await db
    .select({ customerId: loyaltyAccounts.customerId })
    .from(loyaltyAccounts)
    .where(and(eq(loyaltyAccounts.workspaceId, workspace.id), eq(loyaltyAccounts.id, accountId)))
  return row!.customerId
}

/** @param customerId locked, and no member */
export async function addMember(context: Context, customerId: string): Promise<Account> {
  const { db, workspace, now, emit } = context
  const [account] = await db
    .insert(loyaltyAccounts)
    .values({ workspaceId: workspace.id, id: newId(), customerId, enrolledAt: now })
    .returning()
  emit({
    type: 'loyalty.enrolled',
    subject: { kind: 'loyalty', id: account!.id },
    data: { customer_id: idText('customer', customerId) },
    at: now,
  })
  return account!
}
