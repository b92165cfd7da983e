/** Reads the ledger as it was written: postings, the newest first, each with its entries. */

import { and, asc, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import type { Context } from '../context.ts'
import {
  type AccountKind,
  type LedgerTransaction,
  ledgerAccounts,
  ledgerEntries,
  ledgerTransactions,
} from './tables.ts'

export interface PostedEntry {
  transactionId: string
  debit: AccountKind
  debitCustomer: string | null
  debitProvider: string | null
  credit: AccountKind
  creditCustomer: string | null
  creditProvider: string | null
  amount: number
  currency: string
  invoiceId: string | null
}

export interface PostingView extends LedgerTransaction {
  entries: PostedEntry[]
}

export interface PostingFilter {
  account?: AccountKind
  customerId?: string
  invoiceId?: string
  /** What posted it. */
  sourceId?: string
  limit: number
  cursor?: string
}

export async function listPostings(context: Context, filter: PostingFilter): Promise<Page<PostingView[]>> {
  const { db, workspace } = context
  const { limit, sourceId } = filter
  const after = readCursor(filter.cursor)
  const rows = await db
    .select()
    .from(ledgerTransactions)
    .where(
      and(
        eq(ledgerTransactions.workspaceId, workspace.id),
        sourceId === undefined ? undefined : eq(ledgerTransactions.sourceId, sourceId),
        touching(context, filter),
        after ? lt(ledgerTransactions.id, after) : undefined,
      ),
    )
    .orderBy(desc(ledgerTransactions.id))
    .limit(limit + 1)
  const page = pageOf(rows, limit)
  const entries = await entriesOf(
    context,
    page.rows.map(({ id }) => id),
  )
  return new Page(
    page.rows.map(row => ({ ...row, entries: entries.filter(entry => entry.transactionId === row.id) })),
    page.nextCursor,
  )
}

function touching(
  { workspace }: Context,
  { account, customerId, invoiceId }: PostingFilter,
): SQL | undefined {
  if (account === undefined && customerId === undefined && invoiceId === undefined) return undefined
  const accounts = sql`SELECT id FROM ${ledgerAccounts} WHERE workspace_id = ${workspace.id}
    ${account === undefined ? sql`` : sql`AND kind = ${account}`} ${customerId === undefined ? sql`` : sql`AND customer_id = ${customerId}`}`
  const one =
    account === undefined && customerId === undefined
      ? sql``
      : sql`AND (e.debit_id IN (${accounts}) OR e.credit_id IN (${accounts}))`
  const other = invoiceId === undefined ? sql`` : sql`AND e.invoice_id = ${invoiceId}`
  return sql`EXISTS (SELECT FROM ${ledgerEntries} e WHERE e.workspace_id = ${workspace.id}
    AND e.transaction_id = ${ledgerTransactions.id} ${one} ${other})`
}

async function entriesOf({ db, workspace }: Context, ids: string[]): Promise<PostedEntry[]> {
  if (ids.length === 0) return []
  const [debits, credits] = [alias(ledgerAccounts, 'debits'), alias(ledgerAccounts, 'credits')]
  return db
    .select({
      transactionId: ledgerEntries.transactionId,
      debit: debits.kind,
      debitCustomer: debits.customerId,
      debitProvider: debits.provider,
      credit: credits.kind,
      creditCustomer: credits.customerId,
      creditProvider: credits.provider,
      amount: ledgerEntries.amount,
      currency: ledgerEntries.currency,
      invoiceId: ledgerEntries.invoiceId,
    })
    .from(ledgerEntries)
    .innerJoin(debits, and(eq(debits.workspaceId, workspace.id), eq(debits.id, ledgerEntries.debitId)))
    .innerJoin(credits, and(eq(credits.workspaceId, workspace.id), eq(credits.id, ledgerEntries.creditId)))
    .where(and(eq(ledgerEntries.workspaceId, workspace.id), inArray(ledgerEntries.transactionId, ids)))
    .orderBy(asc(ledgerEntries.transactionId), asc(ledgerEntries.number))
}
