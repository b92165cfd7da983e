/** What a member has, how it came about, and what will end: as of now, whether or not anybody has noted it. */

import { and, arrayContains, asc, desc, eq, gt, inArray, lt, lte, or, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { labels } from '../customers/customer.ts'
import { audience, findSegment } from '../customers/segments.ts'
import { customers } from '../customers/tables.ts'
import { type Family, findMember } from './accounts.ts'
import { lotsOf, owedBy } from './ledger.ts'
import { balanceAt, type Lot, leftAt, soonestFirst } from './lots.ts'
import { issuedTo } from './redemptions.ts'
import { type MemberStanding, standingOf } from './standing.ts'
import {
  type Account,
  type Accrual,
  type Entry,
  loyaltyAccounts,
  loyaltyAccruals,
  loyaltyEntries,
  loyaltyLots,
  type Redemption,
} from './tables.ts'

export interface AccountView {
  account: Account
  /** What can be spent; below nothing: it is owed. */
  available: number
  /** Of purchases that are not paid yet. */
  pending: number
  /** In rewards that are issued. */
  locked: number
  /** Those with something left, what ends first before all others. */
  lots: Lot[]
  issued: Redemption[]
  standing: MemberStanding | null
}

/** @throws Refusal `not_found`, also of one who is not a member */
export async function readAccount(context: Context, customerId: string): Promise<AccountView> {
  return accountView(context, await findMember(context, customerId))
}

export async function accountView(context: Context, family: Family): Promise<AccountView> {
  const [lots, owed, pending, issued, standing] = await Promise.all([
    lotsOf(context, family),
    owedBy(context, family),
    pendingOf(context, family),
    issuedTo(context, family),
    standingOf(context, family),
  ])
  const { now } = context
  return {
    account: family.account,
    available: balanceAt(lots, owed, now),
    pending,
    locked: issued.reduce((sum, { points }) => sum + points, 0),
    lots: lots.filter(lot => leftAt(lot, now) > 0).sort(soonestFirst),
    issued,
    standing,
  }
}

async function pendingOf({ db, workspace }: Context, { ids }: Family): Promise<number> {
  const [row] = await db
    .select({ points: sql<number>`coalesce(sum(${loyaltyAccruals.points}), 0)::float8` })
    .from(loyaltyAccruals)
    .where(
      and(
        eq(loyaltyAccruals.workspaceId, workspace.id),
        inArray(loyaltyAccruals.accountId, ids),
        eq(loyaltyAccruals.state, 'pending'),
      ),
    )
  return row!.points
}

/** For a decision that rests on the account as it is now: its settings, and how much its ledger says. */
export async function accountVersion(context: Context, customerId: string): Promise<string> {
  const { db, workspace } = context
  const { account, ids } = await findMember(context, customerId)
  const [row] = await db
    .select({ entries: sql<number>`count(*)::int` })
    .from(loyaltyEntries)
    .where(and(eq(loyaltyEntries.workspaceId, workspace.id), inArray(loyaltyEntries.accountId, ids)))
  return `${account.version}/${row!.entries}`
}

/** @throws Refusal `not_found` */
export async function findAccrualById({ db, workspace }: Context, id: string): Promise<Accrual> {
  const [accrual] = await db
    .select()
    .from(loyaltyAccruals)
    .where(and(eq(loyaltyAccruals.workspaceId, workspace.id), eq(loyaltyAccruals.id, id)))
  if (!accrual) throw notFound('accrual', ['list_loyalty_events'])
  return accrual
}

export interface EntryView extends Entry {
  /** Of what it belongs to. */
  sourceKind: Accrual['sourceKind'] | null
  sourceId: string | null
  /** Of its lot. */
  expiresAt: Temporal.Instant | null
}

export interface EventFilter {
  customerId: string
  limit: number
  cursor?: string
}

/** The newest first. @throws Refusal `not_found` */
export async function listEntries(context: Context, filter: EventFilter): Promise<Page<EntryView[]>> {
  const { db, workspace } = context
  const { ids } = await findMember(context, filter.customerId)
  const after = readPlace(filter.cursor)
  const rows = await db
    .select({
      entry: loyaltyEntries,
      sourceKind: loyaltyAccruals.sourceKind,
      sourceId: loyaltyAccruals.sourceId,
      expiresAt: loyaltyLots.expiresAt,
    })
    .from(loyaltyEntries)
    .leftJoin(
      loyaltyAccruals,
      and(
        eq(loyaltyAccruals.workspaceId, loyaltyEntries.workspaceId),
        eq(loyaltyAccruals.id, loyaltyEntries.accrualId),
      ),
    )
    .leftJoin(
      loyaltyLots,
      and(eq(loyaltyLots.workspaceId, loyaltyEntries.workspaceId), eq(loyaltyLots.id, loyaltyEntries.lotId)),
    )
    .where(
      and(
        eq(loyaltyEntries.workspaceId, workspace.id),
        inArray(loyaltyEntries.accountId, ids),
        after
          ? or(
              lt(loyaltyEntries.accountId, after.accountId),
              and(eq(loyaltyEntries.accountId, after.accountId), lt(loyaltyEntries.number, after.number)),
            )
          : undefined,
      ),
    )
    .orderBy(desc(loyaltyEntries.accountId), desc(loyaltyEntries.number))
    .limit(filter.limit + 1)
  const shown = rows.slice(0, filter.limit).map(({ entry, ...rest }) => ({ ...entry, ...rest }))
  const last = shown.at(-1)
  return new Page(shown, rows.length > filter.limit && last ? placeOf(last) : undefined)
}

/** An entry's number is its own only in its account; of a merged customer there are several, one after the other. */
function placeOf({ accountId, number }: Entry): string {
  return Buffer.from(`${number}/${accountId}`, 'latin1').toString('base64url')
}

function readPlace(cursor: string | undefined): { accountId: string; number: number } | null {
  if (cursor === undefined) return null
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  const [, number, accountId] = /^(\d{1,9})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(text) ?? []
  if (!number || !accountId)
    throw new Refusal('invalid_input', "cursor: Take it from the last answer's next_cursor.")
  return { accountId, number: Number(number) }
}

export interface ExpiringFilter {
  until: Temporal.Instant
  customerId?: string
  /** Of customers who have it. */
  tag?: string
  /** Of those who are in it now, by its key. */
  segment?: string
  limit: number
  cursor?: string
}

export interface Expiring {
  id: string
  customerId: string
  customerName: string
  points: number
  firstEnds: Temporal.Instant
}

/**
 * Members whose points end from now to `until`, with how many of them and when the first do.
 * @throws Refusal `not_found`, of a segment too
 */
export async function listExpiring(context: Context, filter: ExpiringFilter): Promise<Page<Expiring[]>> {
  const { db, workspace, now } = context
  const after = readCursor(filter.cursor)
  const only = filter.customerId === undefined ? undefined : await findMember(context, filter.customerId)
  const rule = filter.segment === undefined ? undefined : (await findSegment(context, filter.segment)).rule
  const left = db
    .select({
      lotId: loyaltyEntries.lotId,
      points: sql<number>`sum(${loyaltyEntries.points})`.as('points'),
    })
    .from(loyaltyEntries)
    .where(eq(loyaltyEntries.workspaceId, workspace.id))
    .groupBy(loyaltyEntries.lotId)
    .as('left')
  const rows = await db
    .select({
      id: customers.id,
      customerId: customers.id,
      customerName: customers.name,
      points: sql<number>`sum(${left.points})::float8`,
      firstEnds: sql<Temporal.Instant>`min(${loyaltyLots.expiresAt})`.mapWith(loyaltyLots.expiresAt),
    })
    .from(loyaltyLots)
    .innerJoin(left, eq(left.lotId, loyaltyLots.id))
    .innerJoin(
      loyaltyAccounts,
      and(
        eq(loyaltyAccounts.workspaceId, loyaltyLots.workspaceId),
        eq(loyaltyAccounts.id, loyaltyLots.accountId),
      ),
    )
    .innerJoin(
      customers,
      and(
        eq(customers.workspaceId, loyaltyAccounts.workspaceId),
        eq(customers.id, loyaltyAccounts.customerId),
      ),
    )
    .where(
      and(
        eq(loyaltyLots.workspaceId, workspace.id),
        gt(loyaltyLots.expiresAt, now),
        lte(loyaltyLots.expiresAt, filter.until),
        gt(left.points, 0),
        only && eq(customers.id, only.account.customerId),
        filter.tag === undefined ? undefined : arrayContains(customers.tags, labels([filter.tag])),
        rule && (await audience(context, rule)),
        after ? gt(customers.id, after) : undefined,
      ),
    )
    .groupBy(customers.workspaceId, customers.id)
    .orderBy(asc(customers.id))
    .limit(filter.limit + 1)
  return pageOf(rows, filter.limit)
}
