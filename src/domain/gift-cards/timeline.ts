/** What became of the gift cards that a customer bought, for their timeline: whoever spends one need not be them. */

import { and, desc, eq, inArray, lte } from 'drizzle-orm'
import type { TimelineSource } from '../customers/timeline.ts'
import { giftCardEntries, giftCards } from './tables.ts'

export const giftCardsTimeline: TimelineSource = async ({ db, workspace }, { ids, until, limit }) => {
  const rows = await db
    .select({ entry: giftCardEntries, card: giftCards })
    .from(giftCards)
    .innerJoin(
      giftCardEntries,
      and(
        eq(giftCardEntries.workspaceId, giftCards.workspaceId),
        eq(giftCardEntries.giftCardId, giftCards.id),
      ),
    )
    .where(
      and(
        eq(giftCards.workspaceId, workspace.id),
        inArray(giftCards.customerId, ids),
        until ? lte(giftCardEntries.at, until) : undefined,
      ),
    )
    .orderBy(desc(giftCardEntries.at), desc(giftCardEntries.giftCardId), desc(giftCardEntries.number))
    .limit(limit)
  return rows.map(({ entry, card }) => ({
    at: entry.at,
    kind: 'giftcard',
    id: card.id,
    event: entry.kind,
    text: null,
    details: { last4: card.last4, amount: { amount: entry.amount, currency: card.currency } },
    order: `${card.id}/${String(entry.number).padStart(9, '0')}`,
  }))
}
