/** Points and tiers that time has ended: nothing of them counts from that instant on; the ledger says so once somebody looks. */

import { and, asc, eq, isNull, lte, min, not, type SQL } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import type { DueWork } from '../due-work.ts'
import { lockOwner } from './accounts.ts'
import { openBook, writeDown } from './ledger.ts'
import { noteTier } from './standing.ts'
import { loyaltyAccounts, loyaltyLots } from './tables.ts'

/** Many lots end with the same month. */
const BATCH = 500

export const pointsEnd: DueWork = {
  name: 'loyalty_points',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(loyaltyLots.expiresAt) })
      .from(loyaltyLots)
      .where(and(eq(loyaltyLots.workspaceId, workspace.id), unnoted, lte(loyaltyLots.expiresAt, until)))
    return row?.at ?? null
  },

  async run(context) {
    let count = 0
    for (;;) {
      const accountIds = await accountsWithPointsOver(context)
      if (accountIds.length === 0) return count
      for (const accountId of accountIds) {
        const book = await openBook(context, await lockOwner(context, accountId))
        await writeDown(context, book)
        count++
      }
    }
  },
}

/** The condition of the partial index `loyalty_lots_expiring`. */
const unnoted = not(loyaltyLots.expiryNoted)

/** In the order of their customers: two who look do not wait for each other. */
async function accountsWithPointsOver({ db, workspace, now }: Context): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: loyaltyLots.accountId, customerId: loyaltyAccounts.customerId })
    .from(loyaltyLots)
    .innerJoin(
      loyaltyAccounts,
      and(
        eq(loyaltyAccounts.workspaceId, loyaltyLots.workspaceId),
        eq(loyaltyAccounts.id, loyaltyLots.accountId),
      ),
    )
    .where(and(eq(loyaltyLots.workspaceId, workspace.id), unnoted, lte(loyaltyLots.expiresAt, now)))
    .orderBy(asc(loyaltyAccounts.customerId), asc(loyaltyLots.accountId))
    .limit(BATCH)
  return rows.map(({ id }) => id)
}

export const tierEnd: DueWork = {
  name: 'loyalty_tier',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(loyaltyAccounts.tierChangesAt) })
      .from(loyaltyAccounts)
      .where(and(eq(loyaltyAccounts.workspaceId, workspace.id), changing(until)))
    return row?.at ?? null
  },

  async run(context) {
    const { db, workspace, now } = context
    let count = 0
    for (;;) {
      const rows = await db
        .select({ id: loyaltyAccounts.id })
        .from(loyaltyAccounts)
        .where(and(eq(loyaltyAccounts.workspaceId, workspace.id), changing(now)))
        .orderBy(asc(loyaltyAccounts.customerId))
        .limit(BATCH)
      if (rows.length === 0) return count
      for (const { id } of rows) {
        await noteTier(context, await lockOwner(context, id))
        count++
      }
    }
  },
}

/** Of an account that was merged, its survivor's counts. */
function changing(until: Temporal.Instant): SQL | undefined {
  return and(isNull(loyaltyAccounts.mergedInto), lte(loyaltyAccounts.tierChangesAt, until))
}
