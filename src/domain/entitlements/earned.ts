/** How much of a package's price is earned by now: functions of plain data. Amounts are minor units. */

import type { Temporal } from 'temporal-polyfill'
import { fraction, halfUp } from '../money/fractions.ts'
import { split } from '../money/split.ts'
import { isExpired, type Lot } from './lots.ts'

/** Sessions that visits have taken and not given back, and what is left. */
export interface Usage {
  used: number
  /** null: it counts none. */
  left: number | null
}

/**
 * Of a number of sessions, each earns its share of the price, and all of them earn the price; what is left over when a lot
 * is over is earned then. A pass that counts none is earned day by day while it is valid.
 * @param price without its tax
 */
export function earnedOf(
  price: number,
  { used, left }: Usage,
  term: Pick<Lot, 'activatedAt' | 'expiresAt' | 'timeZone'>,
  now: Temporal.Instant,
): number {
  if (left === null) return earnedByTime(price, used, term, now)
  if (left === 0) return price
  const shares = split(price, Array<number>(used + left).fill(1))
  return shares.slice(0, used).reduce((sum, share) => sum + share, 0)
}

function earnedByTime(
  price: number,
  used: number,
  { activatedAt, expiresAt, timeZone }: Pick<Lot, 'activatedAt' | 'expiresAt' | 'timeZone'>,
  now: Temporal.Instant,
): number {
  if (activatedAt === null) return 0
  // Without an end there is no share of it.
  if (expiresAt === null) return used > 0 ? price : 0
  if (isExpired({ expiresAt }, now)) return price
  const dayOf = (instant: Temporal.Instant) => instant.toZonedDateTimeISO(timeZone).toPlainDate()
  const days = (until: Temporal.PlainDate) => dayOf(activatedAt).until(until, { largestUnit: 'day' }).days
  const whole = days(dayOf(expiresAt))
  // Today counts; a pass whose first visit is yet to come has not begun to be earned.
  const gone = Math.min(Math.max(days(dayOf(now)) + 1, 0), whole)
  return halfUp(fraction(BigInt(price) * BigInt(gone), BigInt(Math.max(whole, 1))))
}
