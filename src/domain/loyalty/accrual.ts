/**
 * What a purchase earns, once, whoever says so first: the completed visit, the paid invoice, or somebody by hand.
 * For bookings, classes and money, each inside its own transaction:
 *
 *   accrueFor   it has happened: points are earned where it is paid, or pending until it is
 *   settleFor   it is paid, before or after it has happened; with `lines` where an invoice knows net and tax better
 *   reviseFor   some of it was refunded, and `lines` is what remains: its points are computed anew, not shared out
 *   reverseFor  all of it was refunded
 *   revertFor   it has not happened after all (the completion is undone); accrueFor brings it back
 *
 * A source is what was bought. An invoice of a booking (or a class, or an order) settles and revises the source
 * `{ kind: 'booking', id }`, and not one of its own, or the visit would earn twice; an invoice that stands alone is a source:
 * accrueFor when it is issued, with `paid: false`, then settleFor. All of these are idempotent and may come in any order. They
 * take the customer's lock, which comes after a booking's, a session's or an invoice's, and answer null where nothing was
 * or is earned: no program, or no member of it.
 */

import { and, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { newId } from '../../database/columns.ts'
import { lockCustomer } from '../bookings/customer.ts'
import { findLocation } from '../business/locations.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { addMember, type Family, familyOf, lockOwner, ownerOf } from './accounts.ts'
import { type Activity, countedOf, earnedBy, type Line } from './earn.ts'
import { addLot, credit, openBook, takeBack, writeDown } from './ledger.ts'
import { programAt, programVersion } from './program.ts'
import { promotionFor } from './promotions.ts'
import { noteTier } from './standing.ts'
import {
  type Accrual,
  type AccrualState,
  loyaltyAccruals,
  loyaltyPaidSources,
  type SourceKind,
} from './tables.ts'

export type { Accrual, Line }

/** What was bought. `id`: its uuid; of a receipt that is kept elsewhere, its number. */
export interface Source {
  kind: SourceKind
  id: string
}

export interface Purchase {
  source: Source
  customerId: string
  /** Whose days and months count; default: the workspace's. */
  locationId?: string
  lines: Line[]
  /** What costs nothing, or was paid with a pass, is. */
  paid: boolean
  /** When it happened; its rules and promotions are of that instant. */
  at: Temporal.Instant
}

interface Change {
  source: Source
  /** Whose purchase it is. */
  customerId: string
}

/** @throws Refusal `not_found` of the customer or the location */
export async function accrueFor(context: Context, purchase: Purchase): Promise<Accrual | null> {
  const { customerId, accrual: existing } = await lockSource(context, purchase)
  const mark = await paidMark(context, purchase.source)
  const lines = mark?.lines ?? purchase.lines
  const paid = purchase.paid || mark !== null || lines.every(({ net, tax }) => net + tax === 0)
  if (existing?.state === 'reverted') return become(context, existing, paid ? 'earned' : 'pending', lines)
  if (existing?.state === 'pending' && paid) return become(context, existing, 'earned', existing.lines)
  return existing ?? begin(context, customerId, { ...purchase, lines, paid })
}

/** @returns null where it has not happened yet: it is remembered that it is paid */
export async function settleFor(
  context: Context,
  { source, customerId, lines }: Change & { lines?: Line[] },
): Promise<Accrual | null> {
  const { accrual } = await lockSource(context, { source, customerId })
  await markPaid(context, source, lines ?? null)
  if (accrual?.state !== 'pending') return accrual
  return become(context, accrual, 'earned', lines ?? accrual.lines)
}

/** @param change.lines what remains, at its own price; none: nothing does */
export async function reviseFor(
  context: Context,
  { source, customerId, lines, reason }: Change & { lines: Line[]; reason?: string },
): Promise<Accrual | null> {
  const { accrual } = await lockSource(context, { source, customerId })
  const mark = await paidMark(context, source)
  if (mark) await (lines.length > 0 ? markPaid(context, source, lines) : forgetPaid(context, source))
  if (!accrual || accrual.state === 'reverted') return accrual
  if (lines.length === 0) return become(context, accrual, 'reversed', [], reason)
  const state = accrual.state === 'reversed' ? (accrual.earnedAt ? 'earned' : 'pending') : accrual.state
  return become(context, accrual, state, lines, reason)
}

export function reverseFor(context: Context, change: Change): Promise<Accrual | null> {
  return reviseFor(context, { ...change, lines: [] })
}

export async function revertFor(context: Context, change: Change): Promise<Accrual | null> {
  const { accrual } = await lockSource(context, change)
  // What was refunded whole stays so, whatever becomes of the visit.
  if (!accrual || accrual.state === 'reversed') return accrual
  return become(context, accrual, 'reverted', accrual.lines)
}

/**
 * Everything that touches a customer's points is one after the other. A source that another customer is said to have
 * bought is the one's who was first.
 */
async function lockSource(
  context: Context,
  { source, customerId }: Change,
): Promise<{ customerId: string; accrual: Accrual | null }> {
  const buyer = await getCustomer(context, customerId)
  await lockCustomer(context, buyer.id)
  const accrual = await findAccrual(context, source)
  if (!accrual || (await ownerOf(context, accrual.accountId)) === buyer.id)
    return { customerId: buyer.id, accrual }
  const { account } = await lockOwner(context, accrual.accountId)
  return { customerId: account.customerId, accrual: await findAccrual(context, source) }
}

export async function findAccrual({ db, workspace }: Context, { kind, id }: Source): Promise<Accrual | null> {
  const [accrual] = await db
    .select()
    .from(loyaltyAccruals)
    .where(
      and(
        eq(loyaltyAccruals.workspaceId, workspace.id),
        eq(loyaltyAccruals.sourceKind, kind),
        eq(loyaltyAccruals.sourceId, id),
      ),
    )
  return accrual ?? null
}

/** Pending with the rules of its day; earned at once where it is paid. */
async function begin(context: Context, customerId: string, purchase: Purchase): Promise<Accrual | null> {
  const { source, lines, at } = purchase
  const program = await programAt(context, at)
  if (program?.status !== 'active') return null
  const member = await familyOf(context, customerId)
  if (!member && !program.autoEnrol) return null
  const zone = purchase.locationId
    ? (await findLocation(context, purchase.locationId)).time_zone
    : context.workspace.timeZone
  const promotion = await promotionFor(context, { accountIds: member?.ids ?? [], at, zone })
  const { base } = earnedBy(program.earnRules, program.excluded, activityOf(source, lines))
  const applied = base > 0 ? promotion : null
  const account = member?.account ?? (await addMember(context, customerId))
  const [accrual] = await context.db
    .insert(loyaltyAccruals)
    .values({
      workspaceId: context.workspace.id,
      id: newId(),
      accountId: account.id,
      sourceKind: source.kind,
      sourceId: source.id,
      timeZone: zone,
      programVersion: program.version,
      promotionId: applied?.id,
      promotion: applied && { percent: applied.percent, addition: applied.addition },
      state: 'pending',
      lines,
      points: 0,
      spendAmount: 0,
      visits: 0,
      happenedAt: at,
    })
    // Two customers who are told to have bought the same thing do not share a lock; the first has.
    .onConflictDoNothing()
    .returning()
  if (!accrual) return findAccrual(context, source)
  return become(context, accrual, purchase.paid ? 'earned' : 'pending', lines)
}

function activityOf({ kind }: Source, lines: Line[]): Activity {
  return { visit: kind === 'booking' || kind === 'enrolment', lines }
}

/**
 * The accrual in another state, or of other lines: its points are computed by the rules of its day, and the ledger gets
 * the difference.
 */
async function become(
  context: Context,
  accrual: Accrual,
  state: AccrualState,
  lines: Line[],
  reason?: string,
): Promise<Accrual> {
  const program = await programVersion(context, accrual.programVersion)
  const activity = activityOf({ kind: accrual.sourceKind, id: accrual.sourceId }, lines)
  const counts = state === 'earned' || state === 'pending'
  const points = counts
    ? earnedBy(program.earnRules, program.excluded, activity, accrual.promotion).points
    : 0
  const counted = counts ? countedOf(activity, program.excluded) : { spendAmount: 0, visits: 0 }
  const earnedAt = accrual.earnedAt ?? (state === 'earned' ? context.now : null)
  const held = accrual.state === 'earned' ? accrual.points : 0
  const due = state === 'earned' ? points : 0
  const family = await lockOwner(context, accrual.accountId)
  const changed = { ...accrual, state, lines, points, ...counted, earnedAt }
  const lotId = await move(context, family, changed, due - held, program.expiry, reason)
  const [saved] = await context.db
    .update(loyaltyAccruals)
    .set({ state, lines, points, ...counted, earnedAt, lotId, version: accrual.version + 1 })
    .where(and(eq(loyaltyAccruals.workspaceId, accrual.workspaceId), eq(loyaltyAccruals.id, accrual.id)))
    .returning()
  await noteTier(context, family)
  return saved!
}

/** @returns the accrual's lot: what it earns again later goes there, and ends as it would have */
async function move(
  context: Context,
  family: Family,
  { id: accrualId, lotId, earnedAt, timeZone }: Accrual,
  points: number,
  expiry: string | null,
  reason: string | undefined,
): Promise<string | null> {
  if (points === 0) return lotId
  const book = await openBook(context, family, lotId ? [lotId] : [])
  const own =
    book.lots.find(({ id }) => id === lotId) ??
    (await addLot(context, book, { earnedAt: earnedAt!, expiry, zone: timeZone }))
  if (points > 0)
    await credit(context, book, { kind: lotId ? 'revise' : 'earn', lot: own, points, accrualId, reason })
  else takeBack(book, own, -points, { accrualId, reason }, context.now)
  await writeDown(context, book)
  return own.id
}

async function paidMark({ db, workspace }: Context, { kind, id }: Source) {
  const [mark] = await db
    .select({ lines: loyaltyPaidSources.lines })
    .from(loyaltyPaidSources)
    .where(
      and(
        eq(loyaltyPaidSources.workspaceId, workspace.id),
        eq(loyaltyPaidSources.sourceKind, kind),
        eq(loyaltyPaidSources.sourceId, id),
      ),
    )
  return mark ?? null
}

async function markPaid(
  { db, workspace, now }: Context,
  { kind, id }: Source,
  lines: Line[] | null,
): Promise<void> {
  await db
    .insert(loyaltyPaidSources)
    .values({ workspaceId: workspace.id, sourceKind: kind, sourceId: id, paidAt: now, lines })
    .onConflictDoUpdate({
      target: [loyaltyPaidSources.workspaceId, loyaltyPaidSources.sourceKind, loyaltyPaidSources.sourceId],
      set: { lines },
    })
}

async function forgetPaid({ db, workspace }: Context, { kind, id }: Source): Promise<void> {
  await db
    .delete(loyaltyPaidSources)
    .where(
      and(
        eq(loyaltyPaidSources.workspaceId, workspace.id),
        eq(loyaltyPaidSources.sourceKind, kind),
        eq(loyaltyPaidSources.sourceId, id),
      ),
    )
}
