/** The packages and passes of a customer who is merged: each lot becomes the survivor's, by an entry of its ledger. */

import { and, eq } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import type { Mover } from '../customers/moving.ts'
import { enter } from './ledger.ts'
import { lotsWhere } from './read.ts'
import { entitlementLots } from './tables.ts'

/** Nobody has had more; the limit only stops a mistake. */
const MOST_LOTS = 10_000

/** A lot keeps its id, its term and its credits that are out: what comes back later comes back to it. */
export const moveEntitlements: Mover = async (ctx, from, to, commit) => {
  const theirs = eq(entitlementLots.customerId, from)
  const lots = await lotsWhere(ctx, theirs, MOST_LOTS)
  if (commit && lots.length > 0) {
    const reason = `Merged from ${idText('customer', from)}`
    for (const lot of lots)
      await enter(ctx, { ...lot, customerId: to }, [{ kind: 'move', sessions: 0, reason }])
    await ctx.db
      .update(entitlementLots)
      .set({ customerId: to })
      .where(and(eq(entitlementLots.workspaceId, ctx.workspace.id), theirs))
  }
  return { counts: { packages: lots.length } }
}
