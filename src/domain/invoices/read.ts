/** Reads invoices, with what is derived of them: what is due comes from the ledger, each time it is asked for. */

import { and, asc, desc, eq, inArray, lt, not, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { ledgerAccounts, ledgerEntries } from '../ledger/tables.ts'
import { underWay } from '../payments/payment-states.ts'
import { payments } from '../payments/tables.ts'
import { type Instalment, overdueAmount, type PaymentState, paymentStateOf, type Sums } from './states.ts'
import {
  creditNotes,
  type Invoice,
  type InvoiceStatus,
  invoiceInstalments,
  invoiceLines,
  invoicePayments,
  invoiceRefunds,
  invoices,
} from './tables.ts'

export interface InvoiceView extends Invoice {
  sums: Sums
  paymentState: PaymentState
  /** Of what is due, what should have been paid before today. */
  overdue: number
}

export interface InvoiceFilter {
  status?: InvoiceStatus
  paymentState?: PaymentState
  overdue?: boolean
  customerId?: string
  bookingId?: string
  limit: number
  cursor?: string
}

/** The newest first. What is derived is asked of the database, however far back it lies. */
export async function listInvoices(context: Context, filter: InvoiceFilter): Promise<Page<InvoiceView[]>> {
  const { status, overdue, paymentState, customerId, bookingId, limit } = filter
  const after = readCursor(filter.cursor)
  const which = and(
    status && eq(invoices.status, status),
    overdue === undefined ? undefined : overdue ? isOverdue(context) : not(isOverdue(context)),
    paymentState && isInState(paymentState),
    customerId ? eq(invoices.customerId, customerId) : undefined,
    bookingId ? and(eq(invoices.sourceKind, 'booking'), eq(invoices.sourceId, bookingId)) : undefined,
    after ? lt(invoices.id, after) : undefined,
  )
  return pageOf(await viewsOf(context, which, limit + 1), limit)
}

/** @throws Refusal `not_found` */
export async function getInvoice(context: Context, id: string): Promise<InvoiceView> {
  const [view] = await viewsOf(context, eq(invoices.id, id), 1)
  if (!view) throw notFound('invoice', ['list_invoices'])
  return view
}

/** The row, locked until the transaction ends: payments, refunds and credit notes of one invoice come one by one. */
export async function lockInvoice({ db, workspace }: Context, id: string): Promise<Invoice> {
  const [invoice] = await db
    .select()
    .from(invoices)
    .where(and(eq(invoices.workspaceId, workspace.id), eq(invoices.id, id)))
    .for('update')
  if (!invoice) throw notFound('invoice', ['list_invoices'])
  return invoice
}

/** For a decision that rests on the invoice as it is now. @throws Refusal `not_found` */
export async function invoiceVersion({ db, workspace }: Context, id: string): Promise<number> {
  const [row] = await db
    .select({ version: invoices.version })
    .from(invoices)
    .where(and(eq(invoices.workspaceId, workspace.id), eq(invoices.id, id)))
  if (!row) throw notFound('invoice', ['list_invoices'])
  return row.version
}

export async function update(
  { db, now }: Context,
  { workspaceId, id, version }: Invoice,
  change: Partial<Invoice>,
): Promise<Invoice> {
  const [changed] = await db
    .update(invoices)
    .set({ ...change, version: version + 1, updatedAt: now })
    .where(and(eq(invoices.workspaceId, workspaceId), eq(invoices.id, id)))
    .returning()
  return changed!
}

export function linesOf({ db, workspace }: Context, invoiceId: string) {
  return db
    .select()
    .from(invoiceLines)
    .where(and(eq(invoiceLines.workspaceId, workspace.id), eq(invoiceLines.invoiceId, invoiceId)))
    .orderBy(asc(invoiceLines.position))
}

export function paymentsOf({ db, workspace }: Context, invoiceId: string) {
  return db
    .select()
    .from(invoicePayments)
    .where(and(eq(invoicePayments.workspaceId, workspace.id), eq(invoicePayments.invoiceId, invoiceId)))
    .orderBy(asc(invoicePayments.id))
}

export function creditNotesOf({ db, workspace }: Context, invoiceId: string) {
  return db
    .select()
    .from(creditNotes)
    .where(and(eq(creditNotes.workspaceId, workspace.id), eq(creditNotes.invoiceId, invoiceId)))
    .orderBy(asc(creditNotes.id))
}

export function refundsOf({ db, workspace }: Context, invoiceId: string) {
  return db
    .select()
    .from(invoiceRefunds)
    .where(
      and(
        eq(invoiceRefunds.workspaceId, workspace.id),
        eq(invoiceRefunds.invoiceId, invoiceId),
        eq(invoiceRefunds.undone, false),
      ),
    )
    .orderBy(asc(invoiceRefunds.id))
}

/** In order. Without a plan it is one: all of it, on the due date. */
export async function instalmentsOf(context: Context, invoice: Invoice): Promise<Instalment[]> {
  const { db, workspace } = context
  const rows = await db
    .select()
    .from(invoiceInstalments)
    .where(
      and(eq(invoiceInstalments.workspaceId, workspace.id), eq(invoiceInstalments.invoiceId, invoice.id)),
    )
    .orderBy(asc(invoiceInstalments.number))
  if (rows.length > 0) return rows
  return invoice.dueDate ? [{ amount: invoice.totalAmount, dueDate: invoice.dueDate }] : []
}

/** Sums of one invoice; under its lock they stay true until the transaction ends. */
export async function sumsOf(context: Context, invoice: Invoice): Promise<Sums> {
  return (await sumsOfAll(context, [invoice])).get(invoice.id)!
}

export function todayOf(
  { now }: Pick<Context, 'now'>,
  { timeZone }: Pick<Invoice, 'timeZone'>,
): Temporal.PlainDate {
  return now.toZonedDateTimeISO(timeZone).toPlainDate()
}

async function viewsOf(context: Context, which: SQL | undefined, limit: number): Promise<InvoiceView[]> {
  const { db, workspace } = context
  const rows = await db
    .select()
    .from(invoices)
    .where(and(eq(invoices.workspaceId, workspace.id), which))
    .orderBy(desc(invoices.id))
    .limit(limit)
  const sums = await sumsOfAll(context, rows)
  const views: InvoiceView[] = []
  for (const row of rows) {
    const own = sums.get(row.id)!
    const instalments = row.status === 'open' ? await instalmentsOf(context, row) : []
    const overdue = overdueAmount(row.status, instalments, own.total - own.due, todayOf(context, row))
    views.push({ ...row, sums: own, paymentState: paymentStateOf(own), overdue })
  }
  return views
}

async function sumsOfAll(context: Context, rows: Invoice[]): Promise<Map<string, Sums>> {
  const ids = rows.map(({ id }) => id)
  const due = await dueOf(context, ids)
  const paid = await sumBy(context, invoicePayments, ids, sql`applied_amount`)
  const excess = await sumBy(context, invoicePayments, ids, sql`credited_amount`)
  const refunded = await sumBy(context, invoiceRefunds, ids, sql`CASE WHEN undone THEN 0 ELSE amount END`)
  const pending = await underWayTo(context, ids)
  return new Map(
    rows.map(({ id, status, totalAmount }) => [
      id,
      {
        total: totalAmount,
        due: status === 'draft' ? totalAmount : (due.get(id) ?? 0),
        paid: paid.get(id) ?? 0,
        excess: excess.get(id) ?? 0,
        refunded: refunded.get(id) ?? 0,
        pending: pending.get(id) ?? 0,
      },
    ]),
  )
}

/** What the ledger says is owed for each: its receivable, and what of that was written off. */
async function dueOf({ db, workspace }: Context, ids: string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const owed = (side: string) =>
    sql`CASE WHEN ${sql.raw(side)}.kind IN ('receivable', 'write_off') THEN e.amount ELSE 0 END`
  const { rows } = await db.execute<{ id: string; due: string }>(sql`
    SELECT e.invoice_id AS id, (sum(${owed('d')}) - sum(${owed('c')}))::text AS due
    FROM ${ledgerEntries} e
    JOIN ${ledgerAccounts} d ON d.workspace_id = e.workspace_id AND d.id = e.debit_id
    JOIN ${ledgerAccounts} c ON c.workspace_id = e.workspace_id AND c.id = e.credit_id
    WHERE e.workspace_id = ${workspace.id} AND e.invoice_id IN ${ids} GROUP BY e.invoice_id`)
  return new Map(rows.map(({ id, due }) => [id, Number(due)]))
}

async function sumBy(
  { db, workspace }: Context,
  table: typeof invoicePayments | typeof invoiceRefunds,
  ids: string[],
  amount: SQL,
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: table.invoiceId, sum: sql<string>`sum(${amount})` })
    .from(table)
    .where(and(eq(table.workspaceId, workspace.id), inArray(table.invoiceId, ids)))
    .groupBy(table.invoiceId)
  return new Map(rows.map(({ id, sum }) => [id, Number(sum)]))
}

/** What cards may still bring to each. */
async function underWayTo({ db, workspace }: Context, ids: string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: payments.subjectId, sum: sql<string>`sum(${payments.amount})` })
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        eq(payments.purpose, 'invoice'),
        inArray(payments.subjectId, ids),
        inArray(payments.state, [...underWay]),
      ),
    )
    .groupBy(payments.subjectId)
  return new Map(rows.map(({ id, sum }) => [id, Number(sum)]))
}

/** As `overdueAmount` has it: more should have been paid before today than was. */
function isOverdue({ now }: Context): SQL {
  const today = sql`(${now.toString()}::timestamptz AT TIME ZONE ${invoices.timeZone})::date`
  const asked = sql`CASE
    WHEN EXISTS (SELECT FROM invoice_instalments p
      WHERE p.workspace_id = ${invoices.workspaceId} AND p.invoice_id = ${invoices.id})
    THEN (SELECT coalesce(sum(p.amount), 0) FROM invoice_instalments p
      WHERE p.workspace_id = ${invoices.workspaceId} AND p.invoice_id = ${invoices.id} AND p.due_date < ${today})
    WHEN ${invoices.dueDate} < ${today} THEN ${invoices.totalAmount} ELSE 0 END`
  return sql`(${invoices.status} = 'open' AND ${asked} > ${invoices.totalAmount} - ${sqlSums.due})`
}

/** As `paymentStateOf` has it, in the same order. */
function isInState(state: PaymentState): SQL {
  const { due, paid, excess, refunded, pending } = sqlSums
  return sql`${state} = CASE
    WHEN ${refunded} > 0 THEN CASE WHEN ${refunded} >= ${paid} THEN 'refunded' ELSE 'partially_refunded' END
    WHEN ${excess} > 0 AND ${due} = 0 THEN 'overpaid'
    WHEN ${paid} > 0 AND ${due} = 0 THEN 'paid'
    WHEN ${pending} > 0 THEN 'pending'
    WHEN ${paid} > 0 THEN 'partial' ELSE 'unpaid' END`
}

const ofInvoice = (table: string) =>
  sql`${sql.raw(table)}.workspace_id = ${invoices.workspaceId} AND ${sql.raw(table)}.invoice_id = ${invoices.id}`

/** The sums of an invoice, each as one expression over its row. */
const sqlSums = {
  due: sql`CASE WHEN ${invoices.status} = 'draft' THEN ${invoices.totalAmount} ELSE (
    SELECT coalesce(sum(CASE WHEN d.kind IN ('receivable', 'write_off') THEN e.amount ELSE 0 END)
      - sum(CASE WHEN c.kind IN ('receivable', 'write_off') THEN e.amount ELSE 0 END), 0)
    FROM ledger_entries e
    JOIN ledger_accounts d ON d.workspace_id = e.workspace_id AND d.id = e.debit_id
    JOIN ledger_accounts c ON c.workspace_id = e.workspace_id AND c.id = e.credit_id
    WHERE ${ofInvoice('e')}) END`,
  paid: sql`(SELECT coalesce(sum(p.applied_amount), 0) FROM invoice_payments p WHERE ${ofInvoice('p')})`,
  excess: sql`(SELECT coalesce(sum(p.credited_amount), 0) FROM invoice_payments p WHERE ${ofInvoice('p')})`,
  refunded: sql`(SELECT coalesce(sum(r.amount), 0) FROM invoice_refunds r WHERE ${ofInvoice('r')} AND NOT r.undone)`,
  pending: sql`(SELECT coalesce(sum(p.amount), 0) FROM payments p
    WHERE p.workspace_id = ${invoices.workspaceId} AND p.purpose = 'invoice' AND p.subject_id = ${invoices.id}
      AND p.state IN ${underWay})`,
}
