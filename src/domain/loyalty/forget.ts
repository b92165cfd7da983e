/** Of who is erased: points and their ledger stay, whose reasons the database's own function takes (migration 0031). */

import { and, eq, inArray, isNotNull } from 'drizzle-orm'
import { GONE } from '../customers/erased.ts'
import type { Forgetter } from '../customers/forgetting.ts'
import { loyaltyAccounts, loyaltyRedemptions } from './tables.ts'

export const forgetLoyalty: Forgetter = async ({ db, workspace }, { ids }) => {
  const accounts = loyaltyAccounts
  const theirs = and(eq(accounts.workspaceId, workspace.id), inArray(accounts.customerId, ids))
  await db
    .update(accounts)
    .set({ overrideReason: GONE })
    .where(and(theirs, isNotNull(accounts.overrideReason)))
  const ofThem = and(
    eq(loyaltyRedemptions.workspaceId, workspace.id),
    inArray(loyaltyRedemptions.accountId, db.select({ id: accounts.id }).from(accounts).where(theirs)),
  )
  await db.update(loyaltyRedemptions).set({ reference: null }).where(ofThem)
  await db
    .update(loyaltyRedemptions)
    .set({ reason: GONE })
    .where(and(ofThem, isNotNull(loyaltyRedemptions.reason)))
}
