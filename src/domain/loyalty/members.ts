/** Becoming a member, once; and what becomes of membership where two customers turn out to be one. */

import { and, eq } from 'drizzle-orm'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { lockCustomer } from '../bookings/customer.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import type { Mover } from '../customers/moving.ts'
import { addMember, type Family, familyOf } from './accounts.ts'
import { openBook, repay, writeDown } from './ledger.ts'
import { programAt } from './program.ts'
import { noteTier } from './standing.ts'
import { loyaltyAccounts } from './tables.ts'

/** @throws Refusal `not_found`; `invalid_transition` while there is no program, or it is paused */
export async function enrolMember(
  context: Context,
  customerId: string,
): Promise<{ family: Family; existing: boolean }> {
  const customer = await getCustomer(context, customerId)
  await lockCustomer(context, customer.id)
  const known = await familyOf(context, customer.id)
  if (known) return { family: known, existing: true }
  if (customer.status !== 'active') throw notFound('customer', ['search_customers'])
  if ((await programAt(context, context.now))?.status !== 'active')
    throw new Refusal('invalid_transition', 'There is no loyalty program now.', {}, [
      'update_loyalty_program',
    ])
  const account = await addMember(context, customer.id)
  await noteTier(context, { account, ids: [account.id] })
  return { family: (await familyOf(context, customer.id))!, existing: false }
}

/** For the preview of a merge, and for the merge. */
export const moveLoyalty: Mover = async (context, from, to, commit) => {
  const member = await familyOf(context, from)
  if (member && commit) await moveCustomer(context, from, to)
  return { counts: { loyalty_accounts: member ? 1 : 0 } }
}

/**
 * One customer is merged into another: the ledger comes along with every entry as it was written and every lot with its own
 * end, so that what is returned later still finds its lot. What the one owes, the other's points repay. For the merge,
 * inside its transaction and under both customers' locks.
 * @returns whether there was anything to move
 */
export async function moveCustomer(context: Context, from: string, to: string): Promise<boolean> {
  const { db, workspace } = context
  const [moving, staying] = [await familyOf(context, from), await familyOf(context, to)]
  if (!moving) return false
  const account = staying?.account ?? moving.account
  const { overrideTier, overrideUntil, overrideReason } = moving.account
  const isOf = (customerId: string) =>
    and(eq(loyaltyAccounts.workspaceId, workspace.id), eq(loyaltyAccounts.customerId, customerId))
  const merged = staying ? { mergedInto: account.id, tier: null, tierChangesAt: null } : {}
  await db
    .update(loyaltyAccounts)
    .set({ customerId: to, ...merged })
    .where(isOf(from))
  if (staying && account.overrideTier === null && overrideTier !== null)
    await db
      .update(loyaltyAccounts)
      .set({ overrideTier, overrideUntil, overrideReason })
      .where(and(eq(loyaltyAccounts.workspaceId, workspace.id), eq(loyaltyAccounts.id, account.id)))
  const family = (await familyOf(context, to))!
  const book = await openBook(context, family)
  repay(book, context.now)
  await writeDown(context, book)
  await noteTier(context, family)
  return true
}
