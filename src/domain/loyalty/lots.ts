/** Lots and what is owed, as plain data: what an account has, and which lots points come from. */

import { Temporal } from 'temporal-polyfill'
import type { loyaltyLots } from './tables.ts'

/** A lot with what its ledger says of it. */
export type Lot = typeof loyaltyLots.$inferSelect & {
  /** The sum of its entries; what is left of it at an instant says `leftAt`. Never below nothing. */
  balance: number
  /** Of what ended, what is gone. */
  lost: number
}

/** From the very instant on, whether or not anybody has noted it. */
export function isOver({ expiresAt }: Pick<Lot, 'expiresAt'>, now: Temporal.Instant): boolean {
  return expiresAt !== null && Temporal.Instant.compare(expiresAt, now) <= 0
}

export function leftAt(lot: Pick<Lot, 'balance' | 'expiresAt'>, now: Temporal.Instant): number {
  return isOver(lot, now) ? 0 : lot.balance
}

/** What can be spent; below nothing where more was taken back than there was. */
export function balanceAt(lots: Lot[], owed: number, now: Temporal.Instant): number {
  return lots.reduce((sum, lot) => sum + leftAt(lot, now), 0) - owed
}

export interface Portion<Of extends Lot = Lot> {
  lot: Of
  /** More than none. */
  points: number
}

/**
 * So many points from what ends soonest; from what never ends last of all; of two that end at once, from the older. Fewer
 * where there are not so many.
 */
export function portionsOf<Of extends Lot>(lots: Of[], points: number, now: Temporal.Instant): Portion<Of>[] {
  const portions: Portion<Of>[] = []
  let missing = points
  for (const lot of [...lots].sort(soonestFirst)) {
    const taken = Math.min(missing, leftAt(lot, now))
    if (taken > 0) portions.push({ lot, points: taken })
    missing -= taken
  }
  return portions
}

export function soonestFirst(one: Lot, other: Lot): number {
  const end = ({ expiresAt }: Lot) => expiresAt?.epochMilliseconds ?? Number.MAX_SAFE_INTEGER
  return (
    end(one) - end(other) ||
    Temporal.Instant.compare(one.earnedAt, other.earnedAt) ||
    (one.id < other.id ? -1 : 1)
  )
}
