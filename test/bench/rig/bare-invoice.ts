/**
 * An invoice finalised and paid by hand: the rows that `finalize_invoice` and `record_manual_payment` write and the locks
 * under them, two transactions, each statement awaited, on plain `pg` as the application's role. Nothing is read that is
 * not written, no state asked for, no sum checked.
 */

import type pg from 'pg'
import { newId } from '../../../src/database/columns.ts'

/** Ids are uuids. */
export interface BareInvoice {
  workspaceId: string
  invoiceId: string
  customerId: string
  principalId: string
  accounts: Record<'receivable' | 'revenue' | 'tax' | 'cash', string>
}

export const NET = 10_000
export const TAX = 2_100

export async function invoiceByHand(pool: pg.Pool, invoice: BareInvoice): Promise<void> {
  await inTransaction(pool, invoice, finalise)
  await inTransaction(pool, invoice, pay)
}

async function inTransaction(
  pool: pg.Pool,
  invoice: BareInvoice,
  work: (client: pg.PoolClient, invoice: BareInvoice) => Promise<void>,
): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`BEGIN; SET LOCAL app.workspace_id = '${invoice.workspaceId}'`)
    await work(client, invoice)
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    client.release(true) // Which rolls back.
    throw error
  }
}

async function finalise(client: pg.PoolClient, invoice: BareInvoice): Promise<void> {
  const { workspaceId, invoiceId, customerId, accounts } = invoice
  await client.query(LOCK_INVOICE, [workspaceId, invoiceId])
  await client.query(LOCK_CUSTOMER, [workspaceId, customerId])
  const { rows } = await client.query(NUMBER, [workspaceId])
  await client.query(FINALISE, [workspaceId, invoiceId, rows[0].last_number, rows[0].id])
  const transactionId = newId()
  await client.query(TRANSACTION, [workspaceId, transactionId, 'invoice', invoiceId, 'finalized'])
  const entry = (number: number, credit: string, amount: number) =>
    client.query(ENTRY, [workspaceId, transactionId, number, accounts.receivable, credit, amount, invoiceId])
  await entry(1, accounts.revenue, NET)
  await entry(2, accounts.tax, TAX)
  await trace(client, invoice, ['invoice.finalized'])
}

async function pay(client: pg.PoolClient, invoice: BareInvoice): Promise<void> {
  const { workspaceId, invoiceId, customerId, accounts } = invoice
  const [paymentId, transactionId] = [newId(), newId()]
  await client.query(LOCK_INVOICE, [workspaceId, invoiceId])
  await client.query(PAYMENT, [workspaceId, paymentId, customerId, invoiceId, NET + TAX])
  await client.query(TRANSACTION, [workspaceId, transactionId, 'payment', paymentId, `invoice:${invoiceId}`])
  await client.query(ENTRY, [
    workspaceId,
    transactionId,
    1,
    accounts.cash,
    accounts.receivable,
    NET + TAX,
    invoiceId,
  ])
  await client.query(APPLIED, [workspaceId, newId(), invoiceId, paymentId, NET + TAX])
  await client.query(PAID, [workspaceId, invoiceId])
  await trace(client, invoice, ['invoice.paid', 'payment.succeeded'])
}

async function trace(client: pg.PoolClient, invoice: BareInvoice, events: string[]): Promise<void> {
  const { workspaceId, invoiceId, principalId } = invoice
  const auditId = newId()
  await client.query(AUDIT, [workspaceId, auditId, principalId])
  await client.query(DETAILS, [workspaceId, auditId, JSON.stringify(invoice), JSON.stringify(invoice)])
  for (const type of events) await client.query(EVENT, [workspaceId, newId(), type, invoiceId, auditId])
  await client.query(KEY, [workspaceId, crypto.randomUUID(), auditId])
}

const LOCK_INVOICE = 'SELECT FROM invoices WHERE workspace_id = $1 AND id = $2 FOR UPDATE'
const LOCK_CUSTOMER = 'SELECT FROM customers WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE'
const NUMBER = `
  UPDATE number_series SET last_number = last_number + 1
  WHERE workspace_id = $1 AND kind = 'invoice' AND key = 'bare' RETURNING id, last_number`
const FINALISE = `
  UPDATE invoices SET status = 'open', series_id = $4, number = $3, number_text = 'B-' || $3::integer, due_date = current_date, customer_snapshot = '{}',
    issuer_snapshot = '{}', finalized_at = now(), updated_at = now(), version = 2 WHERE workspace_id = $1 AND id = $2`
const PAID = `UPDATE invoices SET status = 'paid', version = 3, updated_at = now() WHERE workspace_id = $1 AND id = $2`
const TRANSACTION = `
  INSERT INTO ledger_transactions (workspace_id, id, source_kind, source_id, cause, at, principal_kind)
  VALUES ($1, $2, $3, $4, $5, now(), 'api_key')`
const ENTRY = `
  INSERT INTO ledger_entries (workspace_id, transaction_id, number, debit_id, credit_id, currency, amount, invoice_id)
  VALUES ($1, $2, $3, $4, $5, 'EUR', $6, $7)`
const PAYMENT = `
  INSERT INTO payments (workspace_id, id, customer_id, purpose, subject_id, tender, state, amount, currency, created_at, updated_at, settled_at)
  VALUES ($1, $2, $3, 'invoice', $4, 'cash', 'succeeded', $5, 'EUR', now(), now(), now())`
const APPLIED = `
  INSERT INTO invoice_payments (workspace_id, id, invoice_id, reference, tender, applied_amount, credited_amount, at)
  VALUES ($1, $2, $3, $4, 'cash', $5, 0, now())`
const AUDIT = `
  INSERT INTO audit_events (workspace_id, id, at, request_id, surface, principal_kind, principal_id, tool, outcome)
  VALUES ($1, $2, now(), 'bench', 'rest', 'api_key', $3, 'finalize_invoice', 'done')`
const DETAILS = 'INSERT INTO call_details (workspace_id, audit_id, arguments, answer) VALUES ($1, $2, $3, $4)'
const EVENT = `
  INSERT INTO events (workspace_id, id, type, subject_kind, subject_id, at, audit_id)
  VALUES ($1, $2, $3, 'invoice', $4, now(), $5)`
const KEY = `
  INSERT INTO idempotency_keys (workspace_id, tool, key, arguments_hash, audit_id)
  VALUES ($1, 'bare', $2, '', $3)`
