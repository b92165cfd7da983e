/** What a lot is good for, and which of several a visit takes: functions of plain data. */

import { Temporal } from 'temporal-polyfill'
import type { entitlementLots } from './tables.ts'
import { expiryOf, startOfDay } from './validity.ts'

/** A lot with what its ledger says of it. */
export type Lot = typeof entitlementLots.$inferSelect & {
  /** The sum of its entries; null: it counts none. What is left of it at an instant says `remainingAt`. */
  balance: number | null
  /** The number of its last entry: what rests on the lot as it was, rests on this. */
  version: number
  /** Of what expired, what is gone; an extension brings it back. */
  lost: number
  /** An end that somebody set stays, whenever the first visit is. */
  extended: boolean
  /** Starts of the first and the last visit that credits were taken for and have not come back. */
  firstVisit: Temporal.Instant | null
  lastVisit: Temporal.Instant | null
}

/** When a lot is valid: from the day of `activatedAt` on, until `expiresAt`, exclusive. */
export type Term = Pick<Lot, 'activatedAt' | 'expiresAt'>

export interface Visit {
  serviceId: string
  /** Its start. */
  at: Temporal.Instant
}

/** From the very instant of its expiry on, whether or not anybody has noted it. */
export function isExpired({ expiresAt }: Pick<Lot, 'expiresAt'>, now: Temporal.Instant): boolean {
  return expiresAt !== null && Temporal.Instant.compare(expiresAt, now) <= 0
}

/** How many sessions are left; null: as many as one likes. An expired lot counts nothing. */
export function remainingAt(lot: Pick<Lot, 'balance' | 'expiresAt'>, now: Temporal.Instant): number | null {
  return isExpired(lot, now) ? 0 : lot.balance
}

export type LotStatus = 'not_begun' | 'valid' | 'used_up' | 'expired'

export function statusAt(lot: Lot, now: Temporal.Instant): LotStatus {
  if (isExpired(lot, now)) return 'expired'
  if (lot.balance === 0) return 'used_up'
  return lot.activatedAt === null ? 'not_begun' : 'valid'
}

/**
 * The lot that a visit takes, and the lot's term once it has: of those that cover it the one that expires soonest, one
 * that has not begun or never ends after all others, then the oldest.
 */
export function chooseLot(lots: Lot[], visit: Visit, now: Temporal.Instant): { lot: Lot; term: Term } | null {
  const covering = lots.flatMap(lot => {
    const term = termWith(lot, visit, now)
    return term ? [{ lot, term }] : []
  })
  return covering.sort((one, other) => soonestFirst(one.lot, other.lot))[0] ?? null
}

function soonestFirst(one: Lot, other: Lot): number {
  const end = ({ expiresAt }: Lot) => expiresAt?.epochMilliseconds ?? Number.MAX_SAFE_INTEGER
  return (
    end(one) - end(other) ||
    Temporal.Instant.compare(one.grantedAt, other.grantedAt) ||
    (one.id < other.id ? -1 : 1)
  )
}

/** The lot's term with this visit in it; null where the lot does not cover the visit. */
function termWith(lot: Lot, { serviceId, at }: Visit, now: Temporal.Instant): Term | null {
  if (lot.serviceIds !== null && !lot.serviceIds.includes(serviceId)) return null
  if (remainingAt(lot, now) === 0) return null
  const term = isOpenEnded(lot) ? termOfVisits(lot, earlier(at, lot.firstVisit)) : lot
  const from = startOfDay(isOpenEnded(lot) ? lot.grantedAt : lot.activatedAt!, lot.timeZone)
  // Begun earlier, it would end earlier: visits that it was taken for must stay in it.
  const last = isOpenEnded(lot) ? later(at, lot.lastVisit) : at
  const covers = Temporal.Instant.compare(from, at) <= 0 && !isExpired(term, last) && !isExpired(term, now)
  return covers ? { activatedAt: term.activatedAt, expiresAt: term.expiresAt } : null
}

/** The lot's term once one of its visits is off: it begins with the first that is left, or has not begun. */
export function termWithout(lot: Lot): Term {
  return isOpenEnded(lot) ? termOfVisits(lot, lot.firstVisit) : lot
}

/** Its term follows its first visit. */
function isOpenEnded({ activation, extended }: Lot): boolean {
  return activation === 'on_first_visit' && !extended
}

function termOfVisits({ validity, timeZone }: Lot, firstVisit: Temporal.Instant | null): Term {
  if (firstVisit === null) return { activatedAt: null, expiresAt: null }
  return { activatedAt: firstVisit, expiresAt: expiryOf(firstVisit, validity, timeZone) }
}

function earlier(one: Temporal.Instant, other: Temporal.Instant | null): Temporal.Instant {
  return other && Temporal.Instant.compare(other, one) < 0 ? other : one
}

function later(one: Temporal.Instant, other: Temporal.Instant | null): Temporal.Instant {
  return other && Temporal.Instant.compare(other, one) > 0 ? other : one
}
