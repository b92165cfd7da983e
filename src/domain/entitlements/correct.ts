/** What people change by hand: how many sessions are left, and until when. Both say why, in the ledger. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { lockCustomer } from '../bookings/customer.ts'
import type { Context } from '../context.ts'
import { wakeAt } from '../due-work.ts'
import { enter, noteExpiry, setTerm } from './ledger.ts'
import { isExpired, type Lot } from './lots.ts'
import { findLot, type LotView } from './read.ts'
import { endOfDay } from './validity.ts'

export interface Adjustment {
  lot_id: string
  /** More or fewer. */
  sessions: number
  reason: string
}

/** @throws Refusal `not_found`; `invalid_transition` of what is over or counts none; `invalid_input` below zero */
export async function adjustLot(context: Context, asked: Adjustment): Promise<LotView> {
  const { lot_id: id, sessions, reason } = asked
  const lot = await lockLot(context, id)
  if (lot.balance === null) throw cannot(lot, 'adjust', 'It has no number of sessions to change.')
  if (isExpired(lot, context.now)) throw cannot(lot, 'adjust', 'It has expired; extend it first.')
  if (lot.balance + sessions < 0) {
    throw new Refusal('invalid_input', `sessions: Only ${lot.balance} are left to take.`, {
      field: 'sessions',
      remaining: lot.balance,
    })
  }
  await enter(context, lot, [{ kind: 'adjust', sessions, reason }])
  return findLot(context, id)
}

export interface Extension {
  lot_id: string
  /** The new last day, in the lot's zone, to its end. */
  valid_through: Temporal.PlainDate
  reason: string
}

/**
 * What has expired is there again, with the sessions that were left.
 * @throws Refusal `not_found`; `invalid_transition` of what has no end yet, or none at all; `invalid_input` of a day that
 *   is past, or no later than the present one
 */
export async function extendLot(context: Context, asked: Extension): Promise<LotView> {
  const { lot_id: id, valid_through: lastDay, reason } = asked
  const found = await lockLot(context, id)
  const lot = (await noteExpiry(context, found)) ? await findLot(context, id) : found
  if (lot.activatedAt === null)
    throw cannot(lot, 'extend', 'Its time has not begun: it does with the first visit.')
  if (lot.expiresAt === null) throw cannot(lot, 'extend', 'It has no end to move.')
  const expiresAt = endOfDay(lastDay, lot.timeZone)
  if (!isLater(expiresAt, lot.expiresAt) || !isLater(expiresAt, context.now)) {
    throw new Refusal('invalid_input', 'valid_through: It must end later than it does, and later than now.', {
      field: 'valid_through',
      expires_at: lot.expiresAt.toString(),
      time_zone: lot.timeZone,
    })
  }
  const back = isExpired(lot, context.now) ? lot.lost : 0
  await enter(context, lot, [{ kind: 'extend', sessions: back, expiresAt, reason }])
  await setTerm(context, lot, { activatedAt: lot.activatedAt, expiresAt })
  await wakeAt(context, expiresAt)
  return findLot(context, id)
}

/** The lot under its customer's lock. @throws Refusal `not_found` */
async function lockLot(context: Context, id: string): Promise<Lot> {
  const { customerId } = await findLot(context, id)
  await lockCustomer(context, customerId)
  return findLot(context, id)
}

function cannot({ expiresAt }: Lot, event: string, why: string): Refusal {
  const details = { event, expires_at: expiresAt?.toString() ?? null }
  return new Refusal('invalid_transition', why, details, ['list_customer_entitlements'])
}

function isLater(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) > 0
}
