/**
 * The ledger of a customer's points: read whole under the customer's lock, moved in memory, written down behind its last
 * entry. Every movement keeps what must hold: no lot below nothing, and nothing owed while there is something to spend.
 */

import { and, eq, inArray, isNull, not, or, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { wakeAt } from '../due-work.ts'
import type { Family } from './accounts.ts'
import { balanceAt, isOver, type Lot, leftAt, portionsOf, soonestFirst } from './lots.ts'
import { pointsExpiry } from './points-expiry.ts'
import { type EntryKind, loyaltyEntries, loyaltyLots } from './tables.ts'

export interface Movement {
  kind: EntryKind
  /** null: of what is owed, or of no points at all. */
  lot: Lot | null
  points: number
  accrualId?: string
  redemptionId?: string
  reason?: string
  /** Default: now. */
  at?: Temporal.Instant
}

/** What brought a movement about. */
export type Cause = Pick<Movement, 'accrualId' | 'redemptionId' | 'reason'>

export interface Book extends Family {
  lots: Lot[]
  /** Points that were taken back after they had been spent. */
  owed: number
  movements: Movement[]
}

/** @param also lots that are over and may have to be touched again @param family locked */
export async function openBook(context: Context, family: Family, also: string[] = []): Promise<Book> {
  const [lots, owed] = await Promise.all([lotsOf(context, family, also), owedBy(context, family)])
  const book: Book = { ...family, lots, owed, movements: [] }
  for (const lot of lots.sort(soonestFirst))
    if (!lot.expiryNoted && isOver(lot, context.now)) await noteOver(context, book, lot)
  return book
}

/** Lots that nobody has noted to be over, and those asked for. */
export async function lotsOf(
  { db, workspace }: Context,
  { ids }: Pick<Family, 'ids'>,
  also: string[] = [],
): Promise<Lot[]> {
  const rows = await db
    .select({
      lot: loyaltyLots,
      balance: sql<number>`coalesce(sum(${loyaltyEntries.points}), 0)::float8`,
      lost: sql<number>`coalesce(-sum(${loyaltyEntries.points}) FILTER (WHERE ${loyaltyEntries.kind} = 'expire'), 0)::float8`,
    })
    .from(loyaltyLots)
    .leftJoin(
      loyaltyEntries,
      and(eq(loyaltyEntries.workspaceId, loyaltyLots.workspaceId), eq(loyaltyEntries.lotId, loyaltyLots.id)),
    )
    .where(
      and(
        eq(loyaltyLots.workspaceId, workspace.id),
        inArray(loyaltyLots.accountId, ids),
        or(not(loyaltyLots.expiryNoted), also.length > 0 ? inArray(loyaltyLots.id, also) : undefined),
      ),
    )
    .groupBy(loyaltyLots.workspaceId, loyaltyLots.id)
  return rows.map(({ lot, ...sums }) => ({ ...lot, ...sums }))
}

export async function owedBy({ db, workspace }: Context, { ids }: Pick<Family, 'ids'>): Promise<number> {
  const [row] = await db
    .select({ owed: sql<number>`coalesce(-sum(${loyaltyEntries.points}), 0)::float8` })
    .from(loyaltyEntries)
    .where(
      and(
        eq(loyaltyEntries.workspaceId, workspace.id),
        inArray(loyaltyEntries.accountId, ids),
        isNull(loyaltyEntries.lotId),
      ),
    )
  return row!.owed
}

export function post(book: Book, movement: Movement): void {
  const { lot, kind, points } = movement
  if (lot) lot.balance += points
  else book.owed -= points
  if (lot && kind === 'expire') lot.lost -= points
  book.movements.push(movement)
}

export interface NewLot {
  earnedAt: Temporal.Instant
  expiry: string | null
  zone: string
}

/** Empty, to be filled by what earned it. */
export async function addLot(context: Context, book: Book, { earnedAt, expiry, zone }: NewLot): Promise<Lot> {
  const { db, workspace } = context
  const expiresAt = pointsExpiry(earnedAt, expiry, zone)
  const [row] = await db
    .insert(loyaltyLots)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      accountId: book.account.id,
      earnedAt,
      expiresAt,
      timeZone: zone,
    })
    .returning()
  if (expiresAt) await wakeAt(context, expiresAt)
  const lot = { ...row!, balance: 0, lost: 0 }
  book.lots.push(lot)
  return lot
}

/** What is owed is repaid first. What comes to a lot that is over is gone with it, and the ledger says both. */
export async function credit(context: Context, book: Book, movement: Movement & { lot: Lot }): Promise<void> {
  const { lot, points } = movement
  post(book, movement)
  if (isOver(lot, context.now)) {
    if (lot.expiryNoted) post(book, { kind: 'expire', lot, points: -points })
    else await noteOver(context, book, lot)
  }
  repay(book, context.now)
}

/** From what ends soonest; who takes more than there is has asked first. @returns what was not there */
export function take(
  book: Book,
  points: number,
  kind: EntryKind,
  cause: Cause,
  now: Temporal.Instant,
): number {
  let missing = points
  for (const portion of portionsOf(book.lots, points, now)) {
    post(book, { kind, lot: portion.lot, points: -portion.points, ...cause })
    missing -= portion.points
  }
  return missing
}

/**
 * Takes back what a purchase earned: from its own lot what is left there; what ended there unused is no loss to make good;
 * then from what ends soonest; the rest is owed, and repaid by what is earned later.
 */
export function takeBack(book: Book, own: Lot, points: number, cause: Cause, now: Temporal.Instant): void {
  const left = Math.min(points, leftAt(own, now))
  if (left > 0) post(book, { kind: 'revise', lot: own, points: -left, ...cause })
  const ended = Math.min(points - left, Math.max(0, own.lost))
  if (ended > 0) {
    post(book, { kind: 'expire', lot: own, points: ended })
    post(book, { kind: 'revise', lot: own, points: -ended, ...cause })
  }
  const missing = take(book, points - left - ended, 'revise', cause, now)
  if (missing > 0) post(book, { kind: 'revise', lot: null, points: -missing, ...cause })
}

export function repay(book: Book, now: Temporal.Instant): void {
  for (const { lot, points } of portionsOf(book.lots, book.owed, now)) {
    post(book, { kind: 'repay', lot, points: -points })
    post(book, { kind: 'repay', lot: null, points })
  }
}

/** As of its instant and once: what was left is gone. */
async function noteOver({ db, workspace }: Context, book: Book, lot: Lot): Promise<void> {
  if (lot.balance !== 0) post(book, { kind: 'expire', lot, points: -lot.balance, at: lot.expiresAt! })
  lot.expiryNoted = true
  await db
    .update(loyaltyLots)
    .set({ expiryNoted: true })
    .where(and(eq(loyaltyLots.workspaceId, workspace.id), eq(loyaltyLots.id, lot.id)))
}

export function balanceOf(book: Book, now: Temporal.Instant): number {
  return balanceAt(book.lots, book.owed, now)
}

/** The event that automations and webhooks see, for each kind of entry. */
const published = {
  earn: 'loyalty.points_earned',
  revise: 'loyalty.points_revised',
  adjust: 'loyalty.points_adjusted',
  lock: 'loyalty.points_locked',
  unlock: 'loyalty.points_unlocked',
  return: 'loyalty.points_returned',
  expire: 'loyalty.points_expired',
} as const satisfies Partial<Record<EntryKind, `loyalty.${string}`>>

/** Writes down what has moved, in order, each in the account of its lot. */
export async function writeDown(context: Context, book: Book): Promise<void> {
  if (book.movements.length === 0) return
  const { db, workspace, principal, now } = context
  const last = await lastNumbers(context, book)
  const next = (accountId: string) => {
    const number = (last.get(accountId) ?? 0) + 1
    last.set(accountId, number)
    return number
  }
  await db.insert(loyaltyEntries).values(
    book.movements.map(({ kind, lot, points, accrualId, redemptionId, reason, at = now }) => {
      const accountId = lot?.accountId ?? book.account.id
      return {
        workspaceId: workspace.id,
        accountId,
        number: next(accountId),
        kind,
        lotId: lot?.id,
        points,
        accrualId,
        redemptionId,
        reason,
        at,
        principalKind: principal.kind,
        principalId: principal.id,
      }
    }),
  )
  tell(context, book)
  book.movements = []
}

async function lastNumbers({ db, workspace }: Context, { ids }: Book): Promise<Map<string, number>> {
  const rows = await db
    .select({ accountId: loyaltyEntries.accountId, last: sql<number>`max(${loyaltyEntries.number})` })
    .from(loyaltyEntries)
    .where(and(eq(loyaltyEntries.workspaceId, workspace.id), inArray(loyaltyEntries.accountId, ids)))
    .groupBy(loyaltyEntries.accountId)
  return new Map(rows.map(({ accountId, last }) => [accountId, last]))
}

/** One event for each kind, with the sum of its points; why somebody changed them is their words, and stays in the ledger. */
function tell({ emit, now }: Context, { account, movements }: Book): void {
  for (const [kind, type] of Object.entries(published)) {
    const moved = movements.filter(movement => movement.kind === kind)
    if (moved.length === 0) continue
    emit({
      type: type as (typeof published)[keyof typeof published],
      subject: { kind: 'loyalty', id: account.id },
      data: {
        customer_id: idText('customer', account.customerId),
        points: moved.reduce((sum, { points }) => sum + points, 0),
      },
      at: moved[0]!.at ?? now,
    })
  }
}
