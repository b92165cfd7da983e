/** Lots that time has ended: nothing of them counts from that instant on; the ledger says so once somebody looks. */

import { and, asc, eq, inArray, lte, min, not, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { DueWork } from '../due-work.ts'
import { noteExpiry } from './ledger.ts'
import { lotsWhere } from './read.ts'
import { entitlementLots } from './tables.ts'

/** Many passes end at the same midnight. */
const BATCH = 500

export const entitlementExpiry: DueWork = {
  name: 'entitlement',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(entitlementLots.expiresAt) })
      .from(entitlementLots)
      .where(
        and(eq(entitlementLots.workspaceId, workspace.id), unnoted, lte(entitlementLots.expiresAt, until)),
      )
    return row?.at ?? null
  },

  async run(context) {
    let count = 0
    for (;;) {
      const ids = await lockOver(context)
      if (ids.length === 0) return count
      for (const lot of await lotsWhere(context, inArray(entitlementLots.id, ids), BATCH))
        if (await noteExpiry(context, lot)) count++
    }
  },
}

/** The condition of the partial index `entitlement_lots_expiring`. */
const unnoted = not(entitlementLots.expiryNoted)

/**
 * Lots to be noted, their customers locked in the order of ids: two who look do not wait for each other, and who takes a
 * credit at this instant is done or has not begun.
 */
async function lockOver({ db, workspace, now }: Context): Promise<string[]> {
  const rows = await db
    .select({ id: entitlementLots.id, customerId: entitlementLots.customerId })
    .from(entitlementLots)
    .where(and(eq(entitlementLots.workspaceId, workspace.id), unnoted, lte(entitlementLots.expiresAt, now)))
    .orderBy(asc(entitlementLots.expiresAt), asc(entitlementLots.id))
    .limit(BATCH)
  if (rows.length === 0) return []
  const customerIds = [...new Set(rows.map(({ customerId }) => customerId))]
  await db.execute(sql`
    SELECT FROM customers WHERE workspace_id = ${workspace.id} AND id = ANY(${sql.param(customerIds)}::uuid[])
    ORDER BY id FOR NO KEY UPDATE`)
  return rows.map(({ id }) => id)
}
