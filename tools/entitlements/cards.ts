/** Shapes that the tools of gift cards share. */

import { z } from 'zod'
import { Id, Instant, Money } from '../../src/catalog/kinds.ts'
import type { GiftCardView } from '../../src/domain/gift-cards/gift-cards.ts'

export const GiftCard = z.object({
  id: Id('giftcard'),
  customer_id: Id('customer').describe('Who bought it.'),
  state: z.enum(['pending', 'active', 'expired', 'cancelled']),
  last4: z.string(),
  value: Money().describe('At its sale.'),
  balance: Money().describe('Left to spend.'),
  expires_at: Instant().nullable(),
  activated_at: Instant().nullable(),
})

export function giftCardOf(card: GiftCardView): z.output<typeof GiftCard> {
  const { id, customerId, state, last4, amount, balance, currency, expired, expiresAt, activatedAt } = card
  return {
    id,
    customer_id: customerId,
    state: expired && state === 'active' ? 'expired' : state,
    last4,
    value: { amount, currency },
    balance: { amount: expired ? 0 : balance, currency },
    expires_at: expiresAt,
    activated_at: activatedAt,
  }
}
