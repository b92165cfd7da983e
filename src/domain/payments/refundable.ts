/** Which payments a refund is taken from, and how much of each: pure, so that a preview and the refund agree to the cent. */

import { Refusal } from '../../catalog/refusal.ts'
import type { Tender } from './tables.ts'

export interface Refundable {
  paymentId: string
  tender: Tender
  /** Of it, what no refund holds or has taken; minor units. */
  left: number
}

export interface Share {
  paymentId: string
  tender: Tender
  amount: number
}

/** Money goes back before credit does, and what points paid comes last: in this order, the oldest payment of each first. */
export const refundOrder: readonly Tender[] = [
  'card',
  'deposit',
  'bank_transfer',
  'cash',
  'external',
  'customer_credit',
  'gift_card',
  'points',
]

/** @param paid in order of time @throws Refusal `exceeds_refundable` */
export function shareRefund(paid: readonly Refundable[], amount: number): Share[] {
  const most = paid.reduce((sum, { left }) => sum + left, 0)
  if (amount > most) {
    throw new Refusal(
      'exceeds_refundable',
      'That is more than can be refunded.',
      { refundable_amount: most, amount },
      ['preview_refund'],
    )
  }
  const shares: Share[] = []
  let rest = amount
  for (const tender of refundOrder) {
    for (const { paymentId, left } of paid.filter(payment => payment.tender === tender)) {
      const part = Math.min(rest, left)
      if (part > 0) shares.push({ paymentId, tender, amount: part })
      rest -= part
    }
  }
  return shares
}
