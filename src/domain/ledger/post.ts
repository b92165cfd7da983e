/**
 * Writes into the ledger. A posting is balanced or it is not made: its entries are checked here and are stored as pairs of
 * a debit and a credit, of which the database holds no half.
 */

import { and, asc, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { type Account, accountIds, keyOf } from './accounts.ts'
import {
  type LedgerSourceKind,
  type LedgerTransaction,
  ledgerAccounts,
  ledgerEntries,
  ledgerTransactions,
} from './tables.ts'

export interface Entry {
  account: Account
  /** Minor units; positive is a debit, negative a credit. */
  amount: number
  /** Whose receivable it moves. */
  invoiceId?: string
}

export interface LedgerSource {
  kind: LedgerSourceKind
  id: string
}

export interface Posting {
  source: LedgerSource
  /** What of the source it is, once: `finalized`, `succeeded`. */
  cause: string
  /** Default: the workspace's. */
  currency?: string
  /** Sum to zero. */
  entries: Entry[]
  at?: Temporal.Instant
}

/**
 * The same cause of the same source is posted once, whoever comes second.
 * @returns the transaction's id; null where there was nothing to post, or it is posted already
 */
export async function post(context: Context, posting: Posting): Promise<string | null> {
  const { source, cause, currency = context.workspace.currency, entries, at } = posting
  const pairs = paired(entries)
  if (pairs.length === 0) return null
  return write(context, { source, cause, currency, at, pairs })
}

export interface Reversal {
  source: LedgerSource
  /** Of the posting that is undone. */
  cause: string
}

/**
 * Undoes a posting of a source: the same accounts, the other way round, now. Of a customer who was merged since, the
 * accounts are the survivor's, where the balance went. Once: a second one finds it done.
 * @returns the reversing transaction's id; null where there is nothing to reverse, or it was
 */
export async function reverse(context: Context, { source, cause }: Reversal): Promise<string | null> {
  const original = await findPosting(context, source, cause)
  if (!original) return null
  const entries = await entriesOf(context, original.id)
  return write(context, {
    source,
    cause: `${cause}:reversed`,
    currency: original.currency,
    reverses: original.id,
    pairs: entries.map(({ debit, credit, amount, invoiceId }) => ({
      debit: credit,
      credit: debit,
      amount,
      invoiceId,
    })),
  })
}

/** Two accounts and what moves between them. */
interface Pair {
  debit: Account
  credit: Account
  amount: number
  invoiceId?: string
}

/** Largest possible pieces, in the order given. Throws where the entries do not balance: that is a fault of ours. */
export function paired(entries: Entry[]): Pair[] {
  const sum = entries.reduce((total, { amount }) => total + amount, 0)
  if (sum !== 0 || entries.some(({ amount }) => !Number.isSafeInteger(amount))) {
    throw new Error(`A posting that is out of balance by ${sum}.`)
  }
  const debits = entries.filter(({ amount }) => amount > 0).map(entry => ({ ...entry }))
  const credits = entries
    .filter(({ amount }) => amount < 0)
    .map(entry => ({ ...entry, amount: -entry.amount }))
  const pairs: Pair[] = []
  for (const debit of debits) {
    for (const credit of credits) {
      const amount = Math.min(debit.amount, credit.amount)
      if (amount === 0) continue
      debit.amount -= amount
      credit.amount -= amount
      // Within one account nothing has moved.
      if (keyOf(debit.account) === keyOf(credit.account)) continue
      const invoiceId = debit.invoiceId ?? credit.invoiceId
      pairs.push({ debit: debit.account, credit: credit.account, amount, invoiceId })
    }
  }
  return pairs
}

interface Written {
  source: LedgerSource
  cause: string
  currency: string
  at?: Temporal.Instant
  reverses?: string
  pairs: Pair[]
}

async function write(context: Context, { source, cause, currency, at, reverses, pairs }: Written) {
  const { db, workspace, principal, now } = context
  const id = newId()
  const [made] = await db
    .insert(ledgerTransactions)
    .values({
      workspaceId: workspace.id,
      id,
      sourceKind: source.kind,
      sourceId: source.id,
      cause,
      reverses,
      at: at ?? now,
      principalKind: principal.kind,
      principalId: principal.id,
    })
    .onConflictDoNothing()
    .returning({ id: ledgerTransactions.id })
  if (!made) return null
  const ids = await accountIds(
    context,
    pairs.flatMap(({ debit, credit }) => [debit, credit]),
    currency,
  )
  await db.insert(ledgerEntries).values(
    pairs.map(({ debit, credit, amount, invoiceId }, index) => ({
      workspaceId: workspace.id,
      transactionId: id,
      number: index + 1,
      debitId: ids.get(keyOf(debit))!,
      creditId: ids.get(keyOf(credit))!,
      currency,
      amount,
      invoiceId,
    })),
  )
  return id
}

export async function findPosting(
  { db, workspace }: Context,
  source: LedgerSource,
  cause: string,
): Promise<(LedgerTransaction & { currency: string }) | null> {
  const [found] = await db
    .select({ transaction: ledgerTransactions, currency: ledgerEntries.currency })
    .from(ledgerTransactions)
    .innerJoin(
      ledgerEntries,
      and(
        eq(ledgerEntries.workspaceId, workspace.id),
        eq(ledgerEntries.transactionId, ledgerTransactions.id),
      ),
    )
    .where(
      and(
        eq(ledgerTransactions.workspaceId, workspace.id),
        eq(ledgerTransactions.sourceKind, source.kind),
        eq(ledgerTransactions.sourceId, source.id),
        eq(ledgerTransactions.cause, cause),
      ),
    )
    .limit(1)
  return found ? { ...found.transaction, currency: found.currency } : null
}

async function entriesOf(context: Context, transactionId: string): Promise<Pair[]> {
  const { db, workspace } = context
  const rows = await db
    .select()
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.workspaceId, workspace.id), eq(ledgerEntries.transactionId, transactionId)))
    .orderBy(asc(ledgerEntries.number))
  const pairs: Pair[] = []
  for (const { debitId, creditId, amount, invoiceId } of rows) {
    const [debit, credit] = [await accountOf(context, debitId), await accountOf(context, creditId)]
    pairs.push({ debit, credit, amount, ...(invoiceId && { invoiceId }) })
  }
  return pairs
}

/** As it is today: a merged customer's is the survivor's. */
async function accountOf(context: Context, id: string): Promise<Account> {
  const { db, workspace } = context
  const [row] = await db
    .select()
    .from(ledgerAccounts)
    .where(and(eq(ledgerAccounts.workspaceId, workspace.id), eq(ledgerAccounts.id, id)))
  const { kind, customerId, provider } = row!
  if (provider !== null) return { kind, provider } as Account
  if (customerId === null) return { kind } as Account
  return { kind, customerId: (await getCustomer(context, customerId)).id } as Account
}
