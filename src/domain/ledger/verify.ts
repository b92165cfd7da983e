/**
 * Recomputes the whole of a workspace's ledger and of what rests on it. Every question is asked of the rows themselves, and
 * by another way than the code that wrote them; each names what breaks it.
 */

import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'

export interface Finding {
  rule: string
  /** uuids, at most ten. */
  broken: string[]
}

const legs = `legs AS (
    SELECT transaction_id, invoice_id, currency, debit_id AS account_id, amount FROM ledger_entries WHERE workspace_id = $1
    UNION ALL
    SELECT transaction_id, invoice_id, currency, credit_id, -amount FROM ledger_entries WHERE workspace_id = $1
  )`

const owed = `owed AS (
    SELECT l.invoice_id, sum(l.amount) AS due FROM legs l
    JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = l.account_id
    WHERE a.kind IN ('receivable', 'write_off') AND l.invoice_id IS NOT NULL GROUP BY l.invoice_id
  )`

/** Each selects the ids of what breaks it. */
const rules: Record<string, string> = {
  'the entries of a transaction sum to zero in each currency': `
    WITH ${legs} SELECT transaction_id AS id FROM legs GROUP BY transaction_id, currency HAVING sum(amount) <> 0`,

  'the accounts of a currency sum to zero': `
    WITH ${legs}, balances AS (SELECT account_id, sum(amount) AS amount FROM legs GROUP BY account_id)
    SELECT min(a.id::text)::uuid AS id FROM balances b JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = b.account_id
    GROUP BY a.currency HAVING sum(b.amount) <> 0`,

  'a transaction has entries': `
    SELECT t.id FROM ledger_transactions t WHERE t.workspace_id = $1
    AND NOT EXISTS (SELECT FROM ledger_entries e WHERE e.workspace_id = $1 AND e.transaction_id = t.id)`,

  'a reversal moves back what its original moved': `
    SELECT t.id FROM ledger_transactions t WHERE t.workspace_id = $1 AND t.reverses IS NOT NULL AND (
      SELECT sum(amount) FROM ledger_entries WHERE workspace_id = $1 AND transaction_id = t.id
    ) IS DISTINCT FROM (SELECT sum(amount) FROM ledger_entries WHERE workspace_id = $1 AND transaction_id = t.reverses)`,

  'what an invoice comes to is the sum of its lines': `
    SELECT i.id FROM invoices i LEFT JOIN (
      SELECT invoice_id, sum(net_amount) AS net, sum(tax_amount) AS tax FROM invoice_lines WHERE workspace_id = $1 GROUP BY 1
    ) l ON l.invoice_id = i.id
    WHERE i.workspace_id = $1 AND (coalesce(l.net, 0), coalesce(l.tax, 0)) IS DISTINCT FROM (i.net_amount, i.tax_amount)`,

  'what is due is the total less payments and credit notes': `
    WITH ${legs}, ${owed}
    SELECT i.id FROM invoices i LEFT JOIN owed o ON o.invoice_id = i.id WHERE i.workspace_id = $1
    AND coalesce(o.due, 0) <> CASE WHEN i.status IN ('draft', 'void') THEN 0 ELSE i.total_amount
      - coalesce((SELECT sum(applied_amount) FROM invoice_payments p WHERE p.workspace_id = $1 AND p.invoice_id = i.id), 0)
      - coalesce((SELECT sum(due_amount) FROM credit_notes n
          WHERE n.workspace_id = $1 AND n.invoice_id = i.id AND n.status = 'issued'), 0) END`,

  'an invoice is paid when, and only when, nothing is due': `
    WITH ${legs}, ${owed}
    SELECT i.id FROM invoices i LEFT JOIN owed o ON o.invoice_id = i.id
    WHERE i.workspace_id = $1 AND i.status <> 'draft' AND (coalesce(o.due, 0) < 0
      OR (coalesce(o.due, 0) > 0) <> (i.status IN ('open', 'uncollectible')))`,

  'what a customer owes is the sum of their open invoices': `
    WITH ${legs}, owes AS (
      SELECT a.customer_id, sum(l.amount) AS amount FROM legs l
      JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = l.account_id WHERE a.kind = 'receivable' GROUP BY 1
    ), dues AS (
      SELECT i.customer_id, sum(l.amount) AS amount FROM legs l
      JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = l.account_id
      JOIN invoices i ON i.workspace_id = $1 AND i.id = l.invoice_id WHERE a.kind = 'receivable' GROUP BY 1
    )
    SELECT coalesce(o.customer_id, d.customer_id) AS id FROM owes o FULL JOIN dues d USING (customer_id)
    WHERE coalesce(o.amount, 0) <> coalesce(d.amount, 0)`,

  'no customer has less than nothing as credit, as deposit or to be refunded': `
    WITH ${legs} SELECT a.id FROM legs l JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = l.account_id
    WHERE a.kind IN ('customer_credit', 'deposits_held', 'refunds_due') GROUP BY a.id HAVING sum(l.amount) > 0`,

  'no line is credited by more than it comes to': `
    SELECT l.id FROM invoice_lines l JOIN invoice_line_credits c ON c.workspace_id = $1 AND c.line_id = l.id AND NOT c.undone
    WHERE l.workspace_id = $1 GROUP BY l.id, l.net_amount, l.tax_amount
    HAVING sum(c.net_amount) > l.net_amount OR sum(c.tax_amount) > l.tax_amount`,

  'no more is refunded than was paid': `
    SELECT p.id FROM invoice_payments p JOIN invoice_refunds r
      ON r.workspace_id = $1 AND r.invoice_id = p.invoice_id AND r.reference = p.reference AND NOT r.undone
    WHERE p.workspace_id = $1 GROUP BY p.id, p.applied_amount HAVING sum(r.amount) > p.applied_amount`,

  'the numbers of a series have no gap': `
    SELECT s.id FROM number_series s LEFT JOIN (
      SELECT series_id, number FROM invoices WHERE workspace_id = $1 AND number IS NOT NULL
      UNION ALL SELECT series_id, number FROM credit_notes WHERE workspace_id = $1
    ) n ON n.series_id = s.id
    WHERE s.workspace_id = $1 GROUP BY s.id, s.first_number, s.last_number
    HAVING count(n.number) <> s.last_number - s.first_number + 1
      OR (count(n.number) > 0 AND (min(n.number), max(n.number)) IS DISTINCT FROM (s.first_number, s.last_number))`,
}

export const verified = Object.keys(rules)

/** What does not hold; empty where all does. */
export async function verifyLedger({ db, workspace }: Pick<Context, 'db' | 'workspace'>): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [rule, query] of Object.entries(rules)) {
    const { rows } = await db.execute<{ id: string }>(
      sql.join(
        query
          .split('$1')
          .flatMap((part, index) => [...(index === 0 ? [] : [sql`${workspace.id}::uuid`]), sql.raw(part)]),
      ),
    )
    if (rows.length > 0) findings.push({ rule, broken: rows.slice(0, 10).map(({ id }) => id) })
  }
  return findings
}
