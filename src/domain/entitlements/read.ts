/** Reads lots with what their ledger says of them. */

import { and, asc, desc, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Temporal } from 'temporal-polyfill'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import type { Lot } from './lots.ts'
import { type Entry, type EntryKind, entitlementEntries, entitlementLots } from './tables.ts'

const entries = entitlementEntries
const returns = alias(entitlementEntries, 'returns')
const keeps = alias(entitlementEntries, 'keeps')

/** A credit is out while its visit stands: it was taken, and has not come back. */
const isOut = sql`${entries.kind} = 'consume' AND ${returns.number} IS NULL`

export interface LotView extends Lot {
  /** Credits taken for visits to come. */
  held: number
}

/** What a lot's entries come to: no column holds it. */
function sums(now: Temporal.Instant) {
  return {
    sum: sql<number>`coalesce(sum(${entries.sessions}), 0)::int`,
    version: sql<number>`max(${entries.number})`,
    lost: sql<number>`coalesce(-sum(${entries.sessions}) FILTER (WHERE ${entries.kind} IN ('expire', 'extend')), 0)::int`,
    extended: sql<boolean>`bool_or(${entries.kind} = 'extend')`,
    held: sql<number>`(count(*) FILTER (WHERE ${isOut} AND ${isNull(keeps.number)} AND ${gt(entries.visitAt, now)}))::int`,
    firstVisit: sql<Temporal.Instant | null>`min(${entries.visitAt}) FILTER (WHERE ${isOut})`.mapWith(
      entries.visitAt,
    ),
    lastVisit: sql<Temporal.Instant | null>`max(${entries.visitAt}) FILTER (WHERE ${isOut})`.mapWith(
      entries.visitAt,
    ),
  }
}

/** @param limit of lots, the oldest first */
export async function lotsWhere(
  { db, workspace, now }: Context,
  which: SQL | undefined,
  limit: number,
): Promise<LotView[]> {
  const rows = await db
    .select({ lot: entitlementLots, ...sums(now) })
    .from(entitlementLots)
    .innerJoin(
      entries,
      and(eq(entries.workspaceId, entitlementLots.workspaceId), eq(entries.lotId, entitlementLots.id)),
    )
    .leftJoin(returns, ofSameTurn(returns, 'return'))
    .leftJoin(keeps, ofSameTurn(keeps, 'keep'))
    .where(and(eq(entitlementLots.workspaceId, workspace.id), eq(entries.workspaceId, workspace.id), which))
    .groupBy(entitlementLots.workspaceId, entitlementLots.id)
    .orderBy(asc(entitlementLots.id))
    .limit(limit)
  return rows.map(({ lot, sum, ...said }) => ({
    ...lot,
    ...said,
    balance: lot.sessions === null ? null : sum,
  }))
}

/** What became of a credit that was taken; a turn has each kind of entry once. */
function ofSameTurn(later: typeof returns | typeof keeps, kind: EntryKind): SQL | undefined {
  return and(
    eq(entries.kind, 'consume'),
    eq(later.workspaceId, entries.workspaceId),
    eq(later.sourceKind, entries.sourceKind),
    eq(later.sourceId, entries.sourceId),
    eq(later.turn, entries.turn),
    eq(later.kind, kind),
  )
}

/** Nobody holds more that is not over; the limit only stops a mistake. */
const MOST_OPEN_LOTS = 500

/** The customer's lots that time has not ended. Read them under the customer's lock to spend from them. */
export function openLots(context: Context, customerId: string): Promise<Lot[]> {
  return lotsWhere(context, and(eq(entitlementLots.customerId, customerId), notOver(context)), MOST_OPEN_LOTS)
}

function notOver({ now }: Context): SQL | undefined {
  return or(isNull(entitlementLots.expiresAt), gt(entitlementLots.expiresAt, now))
}

/** @throws Refusal `not_found` */
export async function findLot(context: Context, id: string): Promise<LotView> {
  const [lot] = await lotsWhere(context, eq(entitlementLots.id, id), 1)
  if (!lot) throw notFound('lot', ['list_customer_entitlements'])
  return lot
}

/** For a decision that rests on the lot as it is now. @throws Refusal `not_found` */
export async function lotVersion(context: Context, id: string): Promise<number> {
  return (await findLot(context, id)).version
}

/** With the end of its ledger, the newest entry first. */
export type LotWithLedger = LotView & { ledger: Entry[] }

export interface LotFilter {
  customerId: string
  /** Only this one. */
  lotId?: string
  /** Entries with smaller numbers than this. */
  before?: number
  /** Those that are over too. */
  includeExpired: boolean
  limit: number
  cursor?: string
}

/** The oldest first, each with the end of its ledger. @throws Refusal `not_found` */
export async function listLots(context: Context, filter: LotFilter): Promise<Page<LotWithLedger[]>> {
  const { id: customerId } = await getCustomer(context, filter.customerId)
  const after = readCursor(filter.cursor)
  const which = and(
    eq(entitlementLots.customerId, customerId),
    filter.lotId === undefined ? undefined : eq(entitlementLots.id, filter.lotId),
    filter.lotId !== undefined || filter.includeExpired ? undefined : notOver(context),
    after ? gt(entitlementLots.id, after) : undefined,
  )
  const found = await lotsWhere(context, which, filter.limit + 1)
  if (filter.lotId !== undefined && found.length === 0) throw notFound('lot', ['list_customer_entitlements'])
  const page = pageOf(found, filter.limit)
  return new Page(
    await Promise.all(
      page.rows.map(async lot => ({ ...lot, ledger: await ledgerOf(context, lot.id, filter.before) })),
    ),
    page.nextCursor,
  )
}

const ENTRIES_SHOWN = 20

async function ledgerOf(
  { db, workspace }: Context,
  lotId: string,
  before: number | undefined,
): Promise<Entry[]> {
  return db
    .select()
    .from(entries)
    .where(
      and(
        eq(entries.workspaceId, workspace.id),
        eq(entries.lotId, lotId),
        before === undefined ? undefined : lt(entries.number, before),
      ),
    )
    .orderBy(desc(entries.number))
    .limit(ENTRIES_SHOWN)
}
