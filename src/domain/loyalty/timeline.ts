/** The movements of a customer's points, for their timeline. */

import { and, desc, eq, inArray, lte } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import type { TimelineSource } from '../customers/timeline.ts'
import { loyaltyAccounts, loyaltyEntries, loyaltyRedemptions, loyaltyRewards } from './tables.ts'

export const loyaltyTimeline: TimelineSource = async ({ db, workspace }, { ids, until, limit }) => {
  const entries = loyaltyEntries
  const rows = await db
    .select({ entry: entries, reward: loyaltyRewards.name })
    .from(loyaltyAccounts)
    .innerJoin(
      entries,
      and(eq(entries.workspaceId, loyaltyAccounts.workspaceId), eq(entries.accountId, loyaltyAccounts.id)),
    )
    .leftJoin(
      loyaltyRedemptions,
      and(
        eq(loyaltyRedemptions.workspaceId, entries.workspaceId),
        eq(loyaltyRedemptions.id, entries.redemptionId),
      ),
    )
    .leftJoin(
      loyaltyRewards,
      and(
        eq(loyaltyRewards.workspaceId, loyaltyRedemptions.workspaceId),
        eq(loyaltyRewards.id, loyaltyRedemptions.rewardId),
      ),
    )
    .where(
      and(
        eq(loyaltyAccounts.workspaceId, workspace.id),
        inArray(loyaltyAccounts.customerId, ids),
        until ? lte(entries.at, until) : undefined,
      ),
    )
    .orderBy(desc(entries.at), desc(entries.accountId), desc(entries.number))
    .limit(limit)
  return rows.map(({ entry, reward }) => ({
    at: entry.at,
    kind: 'loyalty',
    id: entry.accountId,
    event: entry.kind,
    text: entry.reason,
    details: {
      points: entry.points,
      ...(entry.accrualId && { accrual_id: idText('accrual', entry.accrualId) }),
      ...(entry.redemptionId && { redemption_id: idText('redemption', entry.redemptionId), reward }),
    },
    order: `${entry.accountId}/${String(entry.number).padStart(9, '0')}`,
  }))
}
