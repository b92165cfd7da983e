/**
 * The price of a package is owed to its customer as visits: deferred at its sale, and earned with each of them. What is
 * earned follows from the lot and from what its invoice still comes to, so it is asked for after every change of either, and
 * only the difference is posted.
 */

import { and, eq, notInArray, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { newId } from '../../database/columns.ts'
import { lockCustomer } from '../bookings/customer.ts'
import type { Context } from '../context.ts'
import { remainingLines } from '../invoices/line-credits.ts'
import { invoices } from '../invoices/tables.ts'
import { post } from '../ledger/post.ts'
import { ledgerAccounts, ledgerEntries, ledgerTransactions } from '../ledger/tables.ts'
import { earnedOf } from './earned.ts'
import { findLot } from './read.ts'
import { entitlementEntries } from './tables.ts'

/** Takes the customer's lock. @param at when it was earned; default: now */
export async function recognise(context: Context, lotId: string, at = context.now): Promise<void> {
  const sales = await salesOf(context, lotId)
  if (sales.length === 0) return
  const { customerId } = await findLot(context, lotId)
  await lockCustomer(context, customerId)
  const lot = await findLot(context, lotId)
  const usage = { used: await usedOf(context, lotId), left: lot.balance }
  let price = 0
  for (const { id } of sales.filter(({ status }) => status !== 'void')) price += await deferredBy(context, id)
  await earn(context, lotId, earnedOf(price, usage, lot, at) - (await earnedSoFar(context, lotId)), at)
}

/** Less than nothing is given back: a session that has come back is owed again. */
async function earn(context: Context, lotId: string, amount: number, at: Temporal.Instant): Promise<void> {
  await post(context, {
    source: { kind: 'lot', id: lotId },
    cause: `earned ${newId()}`,
    entries: [
      { account: { kind: 'deferred_revenue' }, amount },
      { account: { kind: 'revenue' }, amount: -amount },
    ],
    at,
  })
}

/** Its invoices, drafts aside. */
function salesOf({ db, workspace }: Context, lotId: string) {
  return db
    .select({ id: invoices.id, status: invoices.status })
    .from(invoices)
    .where(
      and(
        eq(invoices.workspaceId, workspace.id),
        eq(invoices.sourceKind, 'lot'),
        eq(invoices.sourceId, lotId),
        notInArray(invoices.status, ['draft']),
      ),
    )
}

/** Without tax, and without what was credited or refunded. */
async function deferredBy(context: Context, invoiceId: string): Promise<number> {
  const lines = await remainingLines(context, invoiceId)
  return lines
    .filter(({ line }) => line.account === 'deferred_revenue')
    .reduce((sum, { net }) => sum + net, 0)
}

async function usedOf({ db, workspace }: Context, lotId: string): Promise<number> {
  const [row] = await db
    .select({
      used: sql<number>`(count(*) FILTER (WHERE kind = 'consume') - count(*) FILTER (WHERE kind = 'return' AND sessions IS DISTINCT FROM 0))::int`,
    })
    .from(entitlementEntries)
    .where(and(eq(entitlementEntries.workspaceId, workspace.id), eq(entitlementEntries.lotId, lotId)))
  return row!.used
}

/** What the ledger says. */
async function earnedSoFar({ db, workspace }: Context, lotId: string): Promise<number> {
  const { rows } = await db.execute<{ earned: string }>(sql`
    SELECT coalesce(sum(CASE WHEN c.kind = 'revenue' THEN e.amount ELSE -e.amount END), 0)::text AS earned
    FROM ${ledgerTransactions} t
    JOIN ${ledgerEntries} e ON e.workspace_id = t.workspace_id AND e.transaction_id = t.id
    JOIN ${ledgerAccounts} c ON c.workspace_id = e.workspace_id AND c.id = e.credit_id
    WHERE t.workspace_id = ${workspace.id} AND t.source_kind = 'lot' AND t.source_id = ${lotId}`)
  return Number(rows[0]!.earned)
}
