/** Balances: sums of the ledger, and nowhere stored. */

import { sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import { type Account, growsByDebit } from './accounts.ts'
import { type AccountKind, ledgerAccounts, ledgerEntries, ledgerTransactions } from './tables.ts'

export interface AccountBalance {
  kind: AccountKind
  currency: string
  provider: string | null
  /** Minor units that were ever debited and credited. */
  debit: number
  credit: number
  /** On the side on which the account grows; negative where it went the other way. */
  balance: number
}

/** What the rows of a sum are: whole, or by one customer. */
export interface BalanceFilter {
  customerId?: string
  /** What had been posted before this; default: all. */
  before?: Temporal.Instant
}

/** The trial balance: every kind of account, by currency and holder. Debits and credits of a currency are the same sum. */
export async function trialBalance(
  { db, workspace }: Context,
  { customerId, before }: BalanceFilter = {},
): Promise<AccountBalance[]> {
  // Summed by account first, from an index alone: the accounts are few, the entries are not.
  const of = (side: 'debit_id' | 'credit_id') => {
    const column = sql.raw(side)
    const cut = before
      ? sql`JOIN ${ledgerTransactions} t ON t.workspace_id = e.workspace_id AND t.id = e.transaction_id AND t.at < ${before.toString()}`
      : sql``
    const only = customerId
      ? sql`AND e.${column} IN (SELECT id FROM ${ledgerAccounts} WHERE workspace_id = ${workspace.id} AND customer_id = ${customerId})`
      : sql``
    return sql`SELECT e.${column} AS id, sum(e.amount) AS amount FROM ${ledgerEntries} e ${cut}
      WHERE e.workspace_id = ${workspace.id} ${only} GROUP BY e.${column}`
  }
  const { rows } = await db.execute<Record<string, string>>(sql`
    WITH debits AS (${of('debit_id')}), credits AS (${of('credit_id')})
    SELECT a.kind, a.currency, a.provider,
      coalesce(sum(d.amount), 0)::text AS debit, coalesce(sum(c.amount), 0)::text AS credit
    FROM ${ledgerAccounts} a LEFT JOIN debits d ON d.id = a.id LEFT JOIN credits c ON c.id = a.id
    WHERE a.workspace_id = ${workspace.id} AND (d.id IS NOT NULL OR c.id IS NOT NULL)
    GROUP BY a.kind, a.currency, a.provider ORDER BY a.currency, a.kind, a.provider`)
  return rows.map(row => {
    const [debit, credit] = [Number(row.debit), Number(row.credit)]
    const kind = row.kind as AccountKind
    const balance = growsByDebit.includes(kind) ? debit - credit : credit - debit
    return { kind, currency: row.currency!, provider: row.provider ?? null, debit, credit, balance }
  })
}

/** Of one account: what a customer owes, or has as credit; minor units, on the side on which it grows. */
export async function balanceOf(context: Context, account: Account, currency?: string): Promise<number> {
  const { db, workspace } = context
  const customerId = 'customerId' in account ? account.customerId : null
  const provider = 'provider' in account ? account.provider : null
  const { rows } = await db.execute<{ balance: string }>(sql`
    SELECT (coalesce((SELECT sum(amount) FROM ${ledgerEntries} WHERE workspace_id = a.workspace_id AND debit_id = a.id), 0)
      - coalesce((SELECT sum(amount) FROM ${ledgerEntries} WHERE workspace_id = a.workspace_id AND credit_id = a.id), 0))::text AS balance
    FROM ${ledgerAccounts} a
    WHERE a.workspace_id = ${workspace.id} AND a.kind = ${account.kind} AND a.currency = ${currency ?? workspace.currency}
      AND a.customer_id IS NOT DISTINCT FROM ${customerId}::uuid AND a.provider IS NOT DISTINCT FROM ${provider}::text`)
  const debits = Number(rows[0]?.balance ?? 0)
  if (debits === 0) return 0
  return growsByDebit.includes(account.kind) ? debits : -debits
}
