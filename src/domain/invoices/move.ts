/** What a merged customer owes and holds goes to the one who remains: as entries of the ledger, like all that moves in it. */

import { and, eq, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { type Entry, post } from '../ledger/post.ts'
import { ledgerAccounts, ledgerEntries } from '../ledger/tables.ts'
import { invoices } from './tables.ts'

/** What was frozen in an invoice stays: it names whom it was issued to. */
export async function moveCustomer(context: Context, from: string, to: string): Promise<void> {
  const { db, workspace } = context
  const rows = await balancesOf(context, from)
  for (const currency of new Set(rows.map(row => row.currency))) {
    const entries = rows
      .filter(row => row.currency === currency)
      .flatMap(({ kind, invoiceId, amount }): Entry[] => [
        { account: { kind, customerId: from }, amount: -amount, invoiceId },
        { account: { kind, customerId: to }, amount, invoiceId },
      ])
    for (const [index, pair] of pairsOf(entries).entries()) {
      await post(context, {
        source: { kind: 'customer', id: from },
        cause: `merged:${to}:${currency}:${index}`,
        currency,
        entries: pair,
      })
    }
  }
  await db
    .update(invoices)
    .set({ customerId: to })
    .where(and(eq(invoices.workspaceId, workspace.id), eq(invoices.customerId, from)))
}

type Held = 'receivable' | 'customer_credit' | 'deposits_held' | 'refunds_due'

interface Balance {
  kind: Held
  currency: string
  invoiceId?: string
  /** More debits than credits. */
  amount: number
}

/** Invoice by invoice, so that each stays owed as it is. */
async function balancesOf({ db, workspace }: Context, customerId: string): Promise<Balance[]> {
  const { rows } = await db.execute<{
    kind: Held
    currency: string
    invoice_id: string | null
    amount: string
  }>(sql`
    SELECT a.kind, a.currency, CASE WHEN a.kind = 'receivable' THEN e.invoice_id END AS invoice_id,
      sum(CASE WHEN e.debit_id = a.id THEN e.amount ELSE -e.amount END)::text AS amount
    FROM ${ledgerAccounts} a
    JOIN ${ledgerEntries} e ON e.workspace_id = a.workspace_id AND (e.debit_id = a.id OR e.credit_id = a.id)
    WHERE a.workspace_id = ${workspace.id} AND a.customer_id = ${customerId}
    GROUP BY 1, 2, 3 HAVING sum(CASE WHEN e.debit_id = a.id THEN e.amount ELSE -e.amount END) <> 0
    ORDER BY 1, 2, 3`)
  return rows.map(row => ({
    kind: row.kind,
    currency: row.currency,
    ...(row.invoice_id && { invoiceId: row.invoice_id }),
    amount: Number(row.amount),
  }))
}

/** Each balance moves by itself: a pair of its own keeps one invoice's entries from another's. */
function pairsOf(entries: Entry[]): Entry[][] {
  return entries.flatMap((entry, index) => (index % 2 === 0 ? [[entry, entries[index + 1]!]] : []))
}
