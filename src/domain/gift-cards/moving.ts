/** The gift cards that a merged customer bought: the survivor's purchases now. Whoever has the code spends it as before. */

import { and, count, eq } from 'drizzle-orm'
import type { Mover } from '../customers/moving.ts'
import { giftCards } from './tables.ts'

export const moveGiftCards: Mover = async ({ db, workspace }, from, to, commit) => {
  const theirs = and(eq(giftCards.workspaceId, workspace.id), eq(giftCards.customerId, from))
  const [row] = await db.select({ cards: count() }).from(giftCards).where(theirs)
  if (commit) await db.update(giftCards).set({ customerId: to }).where(theirs)
  return { counts: { gift_cards: row!.cards } }
}
