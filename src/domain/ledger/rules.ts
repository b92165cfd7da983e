/**
 * What must hold of a workspace's money, each rule as a query that finds what breaks it. They are asked of the rows
 * themselves, and by another way than the code that wrote them. `$1` is the workspace.
 */

const legs = `legs AS (
    SELECT transaction_id, invoice_id, currency, debit_id AS account_id, amount FROM ledger_entries WHERE workspace_id = $1
    UNION ALL
    SELECT transaction_id, invoice_id, currency, credit_id, -amount FROM ledger_entries WHERE workspace_id = $1
  )`

/** By kind and currency; what grows by credit is positive. */
const held = `${legs}, held AS (
    SELECT a.kind, a.currency, -sum(l.amount) AS amount, min(a.id::text)::uuid AS id FROM legs l
    JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = l.account_id GROUP BY 1, 2
  )`

const owed = `owed AS (
    SELECT l.invoice_id, sum(l.amount) AS due FROM legs l
    JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = l.account_id
    WHERE a.kind IN ('receivable', 'write_off') AND l.invoice_id IS NOT NULL GROUP BY l.invoice_id
  )`

/** What each source has moved: its postings less their reversals. */
const moved = `moved AS (
    SELECT t.source_kind, t.source_id, sum(CASE WHEN t.reverses IS NULL THEN e.amount ELSE -e.amount END) AS amount
    FROM ledger_transactions t JOIN ledger_entries e ON e.workspace_id = $1 AND e.transaction_id = t.id
    WHERE t.workspace_id = $1 GROUP BY 1, 2
  )`

/** Of a lot: the price that its invoices still come to, what of it is earned, and what its sessions were used for. */
const packages = `sold AS (
    SELECT i.source_id AS lot_id, sum(l.net_amount - coalesce((
      SELECT sum(c.net_amount) FROM invoice_line_credits c WHERE c.workspace_id = $1 AND c.line_id = l.id AND NOT c.undone
    ), 0)) AS price
    FROM invoices i JOIN invoice_lines l ON l.workspace_id = $1 AND l.invoice_id = i.id AND l.account = 'deferred_revenue'
    WHERE i.workspace_id = $1 AND i.source_kind = 'lot' AND i.status NOT IN ('draft', 'void') GROUP BY 1
  ), earned AS (
    SELECT t.source_id AS lot_id, sum(CASE WHEN a.kind = 'revenue' THEN e.amount ELSE -e.amount END) AS amount
    FROM ledger_transactions t JOIN ledger_entries e ON e.workspace_id = $1 AND e.transaction_id = t.id
    JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = e.credit_id
    WHERE t.workspace_id = $1 AND t.source_kind = 'lot' GROUP BY 1
  ), used AS (
    SELECT n.lot_id, sum(n.sessions) AS left_over, bool_or(n.sessions IS NULL) AS uncounted,
      count(*) FILTER (WHERE n.kind = 'consume') - count(*) FILTER (WHERE n.kind = 'return' AND n.sessions <> 0) AS used
    FROM entitlement_entries n WHERE n.workspace_id = $1 GROUP BY 1
  )`

export const rules: Record<string, string> = {
  'the entries of a transaction sum to zero in each currency': `
    WITH ${legs} SELECT l.transaction_id AS id FROM legs l
    JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = l.account_id
    GROUP BY l.transaction_id, a.currency HAVING sum(l.amount) <> 0`,

  'the accounts of a currency sum to zero': `
    WITH ${legs}, balances AS (SELECT account_id, sum(amount) AS amount FROM legs GROUP BY account_id)
    SELECT min(a.id::text)::uuid AS id FROM balances b JOIN ledger_accounts a ON a.workspace_id = $1 AND a.id = b.account_id
    GROUP BY a.currency HAVING sum(b.amount) <> 0`,

  'entries are in the currency of their accounts': `
    SELECT e.transaction_id AS id FROM ledger_entries e
    JOIN ledger_accounts d ON d.workspace_id = $1 AND d.id = e.debit_id
    JOIN ledger_accounts c ON c.workspace_id = $1 AND c.id = e.credit_id
    WHERE e.workspace_id = $1 AND (e.currency <> d.currency OR e.currency <> c.currency)`,

  'a transaction has entries': `
    SELECT t.id FROM ledger_transactions t WHERE t.workspace_id = $1
    AND NOT EXISTS (SELECT FROM ledger_entries e WHERE e.workspace_id = $1 AND e.transaction_id = t.id)`,

  // The accounts of a customer who was merged since are the survivor's: the kinds stay.
  'a reversal moves back what its original moved': `
    WITH kinds AS (
      SELECT e.transaction_id, d.kind AS debit, c.kind AS credit, e.currency, sum(e.amount) AS amount FROM ledger_entries e
      JOIN ledger_accounts d ON d.workspace_id = $1 AND d.id = e.debit_id
      JOIN ledger_accounts c ON c.workspace_id = $1 AND c.id = e.credit_id
      WHERE e.workspace_id = $1 GROUP BY 1, 2, 3, 4
    )
    SELECT t.id FROM ledger_transactions t WHERE t.workspace_id = $1 AND t.reverses IS NOT NULL AND EXISTS (
      (SELECT debit, credit, currency, amount FROM kinds WHERE transaction_id = t.id
        EXCEPT SELECT credit, debit, currency, amount FROM kinds WHERE transaction_id = t.reverses)
      UNION ALL
      (SELECT credit, debit, currency, amount FROM kinds WHERE transaction_id = t.reverses
        EXCEPT SELECT debit, credit, currency, amount FROM kinds WHERE transaction_id = t.id))`,

  'what is reversed is reversed once, and is no reversal itself': `
    SELECT min(t.id::text)::uuid AS id FROM ledger_transactions t WHERE t.workspace_id = $1 AND t.reverses IS NOT NULL
    GROUP BY t.reverses HAVING count(*) > 1
    UNION SELECT t.id FROM ledger_transactions t JOIN ledger_transactions o ON o.workspace_id = $1 AND o.id = t.reverses
    WHERE t.workspace_id = $1 AND o.reverses IS NOT NULL`,

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

  'a credit note is the sum of what it takes off the lines': `
    SELECT n.id FROM credit_notes n LEFT JOIN (
      SELECT source_id, sum(net_amount) AS net, sum(tax_amount) AS tax FROM invoice_line_credits WHERE workspace_id = $1 GROUP BY 1
    ) c ON c.source_id = n.id
    WHERE n.workspace_id = $1 AND (coalesce(c.net, 0), coalesce(c.tax, 0)) IS DISTINCT FROM (n.net_amount, n.tax_amount)`,

  'no more is refunded than was paid': `
    SELECT p.id FROM invoice_payments p JOIN invoice_refunds r
      ON r.workspace_id = $1 AND r.invoice_id = p.invoice_id AND r.reference = p.reference AND NOT r.undone
    WHERE p.workspace_id = $1 GROUP BY p.id, p.applied_amount HAVING sum(r.amount) > p.applied_amount`,

  'what is to be refunded is what credit notes promised and no refund gives': `
    WITH ${held}, promised AS (
      SELECT i.currency, sum(n.refund_amount - coalesce((
        SELECT sum(r.amount) FROM invoice_refunds r WHERE r.workspace_id = $1 AND r.credit_note_id = n.id AND NOT r.undone
      ), 0)) AS amount
      FROM credit_notes n JOIN invoices i ON i.workspace_id = $1 AND i.id = n.invoice_id
      WHERE n.workspace_id = $1 AND n.status = 'issued' GROUP BY 1
    )
    SELECT coalesce(h.id, $1) AS id FROM (SELECT * FROM held WHERE kind = 'refunds_due') h
    FULL JOIN promised p USING (currency) WHERE coalesce(h.amount, 0) <> coalesce(p.amount, 0)`,

  'the numbers of a series have no gap': `
    SELECT s.id FROM number_series s LEFT JOIN (
      SELECT series_id, number FROM invoices WHERE workspace_id = $1 AND number IS NOT NULL
      UNION ALL SELECT series_id, number FROM credit_notes WHERE workspace_id = $1
    ) n ON n.series_id = s.id
    WHERE s.workspace_id = $1 GROUP BY s.id, s.first_number, s.last_number
    HAVING count(DISTINCT n.number) <> s.last_number - s.first_number + 1 OR count(DISTINCT n.number) <> count(n.number)
      OR (count(n.number) > 0 AND (min(n.number), max(n.number)) IS DISTINCT FROM (s.first_number, s.last_number))`,

  'a payment is in the ledger when, and only when, it has succeeded': `
    WITH ${moved} SELECT p.id FROM payments p LEFT JOIN moved m ON m.source_kind = 'payment' AND m.source_id = p.id
    WHERE p.workspace_id = $1 AND coalesce(m.amount, 0) <> CASE p.state WHEN 'succeeded' THEN p.amount ELSE 0 END`,

  'a refund is in the ledger unless it has failed': `
    WITH ${moved} SELECT r.id FROM refunds r LEFT JOIN moved m ON m.source_kind = 'refund' AND m.source_id = r.id
    WHERE r.workspace_id = $1 AND coalesce(m.amount, 0) <> CASE r.state WHEN 'failed' THEN 0 ELSE r.amount END`,

  'no payment is refunded by more than it brought': `
    SELECT p.id FROM payments p JOIN refunds r ON r.workspace_id = $1 AND r.payment_id = p.id AND r.state <> 'failed'
    WHERE p.workspace_id = $1 GROUP BY p.id, p.amount HAVING sum(r.amount) > p.amount`,

  'what is held as deposits is what bookings have not used, kept or given back': `
    WITH ${held}, ${moved}, taken AS (
      SELECT currency, amount - credited_amount AS amount FROM payments
      WHERE workspace_id = $1 AND purpose = 'deposit' AND state = 'succeeded'
      UNION ALL SELECT p.currency, r.credit_amount - r.amount FROM refunds r
      JOIN payments p ON p.workspace_id = $1 AND p.id = r.payment_id AND p.purpose = 'deposit'
      WHERE r.workspace_id = $1 AND r.state <> 'failed'
      UNION ALL SELECT currency, -amount FROM payments
      WHERE workspace_id = $1 AND tender = 'deposit' AND state = 'succeeded'
      UNION ALL SELECT w.currency, -m.amount FROM moved m JOIN workspaces w ON w.id = $1 WHERE m.source_kind = 'booking'
    ), sums AS (SELECT currency, sum(amount) AS amount FROM taken GROUP BY 1)
    SELECT coalesce(h.id, $1) AS id FROM (SELECT * FROM held WHERE kind = 'deposits_held') h
    FULL JOIN sums s USING (currency) WHERE coalesce(h.amount, 0) <> coalesce(s.amount, 0)`,

  'gift cards together are worth what the ledger says': `
    WITH ${held}, worth AS (
      SELECT g.currency, sum(e.amount) AS amount FROM gift_cards g
      JOIN gift_card_entries e ON e.workspace_id = $1 AND e.gift_card_id = g.id WHERE g.workspace_id = $1 GROUP BY 1
    )
    SELECT coalesce(h.id, $1) AS id FROM (SELECT * FROM held WHERE kind = 'gift_card_liability') h
    FULL JOIN worth w USING (currency) WHERE coalesce(h.amount, 0) <> coalesce(w.amount, 0)`,

  'no gift card is worth less than nothing': `
    SELECT gift_card_id AS id FROM gift_card_entries WHERE workspace_id = $1 GROUP BY 1 HAVING sum(amount) < 0`,

  'each session of a package has earned its share of the price, and what is over all of it': `
    WITH ${packages} SELECT u.lot_id AS id FROM used u LEFT JOIN sold s USING (lot_id) LEFT JOIN earned e USING (lot_id)
    WHERE CASE WHEN u.uncounted THEN coalesce(e.amount, 0) NOT BETWEEN 0 AND coalesce(s.price, 0)
      ELSE coalesce(e.amount, 0) <> CASE WHEN u.left_over = 0 THEN coalesce(s.price, 0) ELSE
        div(coalesce(s.price, 0), u.used + u.left_over) * u.used + least(u.used, mod(coalesce(s.price, 0), u.used + u.left_over)) END
      END`,

  'what is deferred is what packages have not earned yet': `
    WITH ${held}, ${packages}, open AS (
      SELECT coalesce((SELECT sum(price) FROM sold), 0) - coalesce((SELECT sum(amount) FROM earned), 0) AS amount
    )
    SELECT $1 AS id FROM open
    WHERE amount <> coalesce((SELECT sum(h.amount) FROM held h WHERE h.kind = 'deferred_revenue'), 0)`,

  'no package has less than no session left, nor a hole in its ledger': `
    SELECT lot_id AS id FROM entitlement_entries WHERE workspace_id = $1 GROUP BY 1
    HAVING sum(sessions) < 0 OR count(*) <> max(number) OR min(number) <> 1`,

  'what a purchase has earned in points is what its entries say': `
    SELECT a.id FROM loyalty_accruals a LEFT JOIN loyalty_entries e
      ON e.workspace_id = $1 AND e.accrual_id = a.id AND e.kind IN ('earn', 'revise')
    WHERE a.workspace_id = $1 GROUP BY a.id, a.state, a.points
    HAVING coalesce(sum(e.points), 0) <> CASE a.state WHEN 'earned' THEN a.points ELSE 0 END`,

  'no lot of points is below zero': `
    SELECT lot_id AS id FROM loyalty_entries WHERE workspace_id = $1 AND lot_id IS NOT NULL
    GROUP BY 1 HAVING sum(points) < 0`,
}
