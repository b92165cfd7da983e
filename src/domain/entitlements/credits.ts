/**
 * What bookings and classes need of entitlements: a visit takes one credit, and gives it back or not.
 *
 *   creditFor     which lot a visit would take; changes nothing and refuses nothing: for quotes
 *   consume       takes it
 *   creditOf      the one that it has
 *   moveCredit    the visit has a new start: one credit still, from whatever lot is good for it then
 *   returnCredit  the visit is off, in time or by the business
 *   keepCredit    the visit is off too late, or was missed: nothing comes back
 *
 * A source (a booking, an enrolment) has one credit at a time, so each of these is once, however often it is asked for;
 * a source that came without a credit has none to give back. All of it is serialised on the customer's row, which a
 * booking locks after its people.
 */

import { and, asc, desc, eq, isNotNull } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { lockCustomer } from '../bookings/customer.ts'
import type { Context } from '../context.ts'
import { wakeAt } from '../due-work.ts'
import { grant } from './grant.ts'
import { enter, noteExpiry, type Source, setTerm, type Turn } from './ledger.ts'
import { chooseLot, isExpired, type Lot, remainingAt, type Term, termWithout, type Visit } from './lots.ts'
import { findLot, openLots } from './read.ts'
import { type Entry, entitlementEntries } from './tables.ts'

export type { Source }

export interface CustomerVisit extends Visit {
  customerId: string
}

export interface Credit {
  lotId: string
  /** Of the lot, once the credit is taken; null: as many as one likes. */
  remaining: number | null
  /** null: without end. */
  expiresAt: Temporal.Instant | null
}

/** What became of a credit: back in its lot; come back to a lot that is over, and gone; or granted anew in one of its own. */
export interface Returned {
  outcome: 'returned' | 'gone' | 'reissued'
  /** Where it came from, or, of one that is granted anew, where it is now. */
  lotId: string
}

/** The credit that the visit would take now; null: the customer has none for it. Neither locks nor writes. */
export async function creditFor(context: Context, visit: CustomerVisit): Promise<Credit | null> {
  const chosen = chooseLot(await openLots(context, visit.customerId), visit, context.now)
  return chosen && taken(context, chosen.lot, chosen.term)
}

/**
 * Takes a credit of the lot that expires soonest, and begins a lot whose first visit this is.
 * @throws Refusal `no_entitlement`
 */
export async function consume(
  context: Context,
  { source, ...visit }: CustomerVisit & { source: Source },
): Promise<Credit> {
  await lockCustomer(context, visit.customerId)
  const last = await lastTurn(context, source)
  if (last && isOpen(last)) return held(context, await findLot(context, last.lotId))
  return take(context, visit, { source, number: (last?.number ?? 0) + 1 })
}

/**
 * The visit starts at another time: its credit goes back and one is taken as if the visit were new, so that it is never
 * two, and never one that is over by then.
 * @returns null where the source has no credit
 * @throws Refusal `no_entitlement`
 */
export async function moveCredit(
  context: Context,
  { source, ...visit }: Visit & { source: Source },
): Promise<Credit | null> {
  const last = await lockLast(context, source)
  if (!last || !isOpen(last)) return null
  const lot = await findLot(context, last.lotId)
  if (last.visitAt.equals(visit.at)) return held(context, lot)
  await giveBack(context, lot, last.turn)
  return take(context, { ...visit, customerId: lot.customerId }, { source, number: last.number + 1 })
}

/**
 * The visit is off, and its credit goes back to its own lot, with the lot's own expiry. If that has come meanwhile, the
 * credit is gone where the customer cancels; where the business does, it is granted anew for at least 7 days.
 * @returns null where the source has no credit, or has lost it
 */
export async function returnCredit(
  context: Context,
  { source, by }: { source: Source; by: 'customer' | 'business' },
): Promise<Returned | null> {
  const last = await lockLast(context, source)
  if (!last) return null
  if (!isOpen(last)) return outcomeOf(last)
  if (last.kinds.has('keep') && by === 'customer') return null
  const lot = await findLot(context, last.lotId)
  if (by === 'business' && isExpired(lot, context.now)) return reissue(context, lot, last.turn)
  return { outcome: await giveBack(context, lot, last.turn), lotId: lot.id }
}

/** The visit is off too late: the credit stays taken, and the ledger says why. @returns whether the source has one */
export async function keepCredit(context: Context, { source }: { source: Source }): Promise<boolean> {
  const last = await lockLast(context, source)
  if (!last || !isOpen(last)) return false
  if (last.kinds.has('keep')) return true
  await enter(context, await findLot(context, last.lotId), [{ kind: 'keep', sessions: 0, turn: last.turn }])
  return true
}

/** The credit that a source has now; null: none, or it has come back. Neither locks nor writes. */
export async function creditOf(context: Context, source: Source): Promise<Credit | null> {
  const last = await lastTurn(context, source)
  return last && isOpen(last) ? held(context, await findLot(context, last.lotId)) : null
}

async function take(context: Context, visit: CustomerVisit, turn: Turn): Promise<Credit> {
  const chosen = chooseLot(await openLots(context, visit.customerId), visit, context.now)
  if (!chosen) throw noEntitlement(visit)
  const { lot, term } = chosen
  await follow(context, lot, term)
  await enter(context, lot, [{ kind: 'consume', sessions: -1, turn, visitAt: visit.at }])
  return taken(context, lot, term)
}

function noEntitlement({ customerId, serviceId, at }: CustomerVisit): Refusal {
  return new Refusal(
    'no_entitlement',
    'The customer has no package or pass with a session left that covers this service then.',
    {
      customer_id: idText('customer', customerId),
      service_id: idText('service', serviceId),
      starts_at: at.toString(),
    },
    ['list_customer_entitlements', 'sell_package'],
  )
}

async function giveBack(context: Context, lot: Lot, turn: Turn): Promise<'returned' | 'gone'> {
  const noted = await current(context, lot)
  const back = { kind: 'return', sessions: 1, turn } as const
  if (isExpired(noted, context.now)) {
    await enter(context, noted, [back, { kind: 'expire', sessions: -1, turn }])
    return 'gone'
  }
  await enter(context, noted, [back])
  await follow(context, noted, termWithout(await findLot(context, lot.id)))
  return 'returned'
}

/** Days on which it can be used, after today. */
const REISSUED_FOR = 'P7D'

async function reissue(context: Context, lot: Lot, turn: Turn): Promise<Returned> {
  await enter(context, await current(context, lot), [{ kind: 'return', sessions: 0, turn }])
  const terms = {
    ...lot,
    sessions: 1,
    validity: REISSUED_FOR,
    activation: 'on_purchase',
    priceAmount: null,
  } as const
  return { outcome: 'reissued', lotId: await grant(context, { ...terms, source: 'reissue' }, turn) }
}

/** The lot with its expiry in the ledger, where that has come: what is written from now on comes after it. */
async function current(context: Context, lot: Lot): Promise<Lot> {
  return (await noteExpiry(context, lot)) ? findLot(context, lot.id) : lot
}

/** The lot's term follows its first visit. */
async function follow(context: Context, lot: Lot, term: Term): Promise<void> {
  if (isSame(lot.activatedAt, term.activatedAt) && isSame(lot.expiresAt, term.expiresAt)) return
  await setTerm(context, lot, term)
  if (term.expiresAt) await wakeAt(context, term.expiresAt)
}

function isSame(one: Temporal.Instant | null, other: Temporal.Instant | null): boolean {
  return one === other || (one !== null && other !== null && one.equals(other))
}

function taken({ now }: Context, lot: Lot, { expiresAt }: Term): Credit {
  const remaining = remainingAt(lot, now)
  return { lotId: lot.id, remaining: remaining === null ? null : remaining - 1, expiresAt }
}

/** The credit that a source has already. */
function held({ now }: Context, lot: Lot): Credit {
  return { lotId: lot.id, remaining: remainingAt(lot, now), expiresAt: lot.expiresAt }
}

/** The newest turn of a source, and all that happened in it. */
interface LastTurn {
  number: number
  turn: Turn
  /** Where the credit came from. */
  lotId: string
  visitAt: Temporal.Instant
  kinds: ReadonlySet<Entry['kind']>
  /** Where it was granted anew. */
  reissuedLotId: string | undefined
}

/** The credit is out: it has not come back. */
function isOpen({ kinds }: LastTurn): boolean {
  return !kinds.has('return')
}

function outcomeOf({ kinds, lotId, reissuedLotId }: LastTurn): Returned {
  if (reissuedLotId) return { outcome: 'reissued', lotId: reissuedLotId }
  return { outcome: kinds.has('expire') ? 'gone' : 'returned', lotId }
}

async function lastTurn({ db, workspace }: Context, source: Source): Promise<LastTurn | null> {
  const rows = await db
    .select()
    .from(entitlementEntries)
    .where(
      and(
        eq(entitlementEntries.workspaceId, workspace.id),
        eq(entitlementEntries.sourceKind, source.kind),
        eq(entitlementEntries.sourceId, source.id),
        isNotNull(entitlementEntries.turn),
      ),
    )
    .orderBy(desc(entitlementEntries.turn), asc(entitlementEntries.number))
    .limit(entryKindsOfATurn)
  const [newest] = rows
  if (!newest) return null
  const number = newest.turn!
  const entries = rows.filter(entry => entry.turn === number)
  const consumed = entries.find(entry => entry.kind === 'consume')!
  return {
    number,
    turn: { source, number },
    lotId: consumed.lotId,
    visitAt: consumed.visitAt!,
    kinds: new Set(entries.map(entry => entry.kind)),
    reissuedLotId: entries.find(entry => entry.kind === 'grant')?.lotId,
  }
}

/** consume, keep, return, expire or grant: each is once a turn. */
const entryKindsOfATurn = 5

/** The same under the lock of the customer whose credit it is. */
async function lockLast(context: Context, source: Source): Promise<LastTurn | null> {
  const last = await lastTurn(context, source)
  if (!last) return null
  const { customerId } = await findLot(context, last.lotId)
  await lockCustomer(context, customerId)
  return lastTurn(context, source)
}
