/** Of who is erased: their payments stay, without words in which they stand; their saved cards are charged no more. */

import { and, eq, inArray, sql } from 'drizzle-orm'
import { GONE } from '../customers/erased.ts'
import type { Forgetter } from '../customers/forgetting.ts'
import { paymentMethods, payments, refunds } from './tables.ts'

export const forgetPayments: Forgetter = async ({ db, workspace, now }, { ids, patterns }) => {
  const theirs = and(eq(payments.workspaceId, workspace.id), inArray(payments.customerId, ids))
  await db
    .update(payments)
    .set({ reference: GONE })
    .where(and(theirs, sql`${payments.reference} ~* ANY (${patterns})`))
  await db
    .update(refunds)
    .set({ reason: GONE })
    .where(
      and(
        eq(refunds.workspaceId, workspace.id),
        inArray(refunds.paymentId, db.select({ id: payments.id }).from(payments).where(theirs)),
        sql`${refunds.reason} ~* ANY (${patterns})`,
      ),
    )
  await db
    .update(paymentMethods)
    .set({
      brand: null,
      last4: null,
      mandateAt: null,
      removedAt: sql`coalesce(${paymentMethods.removedAt}, ${now.toString()})`,
    })
    .where(and(eq(paymentMethods.workspaceId, workspace.id), inArray(paymentMethods.customerId, ids)))
}
