/** Reads invoices, with what is derived of them: what is due comes from the ledger, each time it is asked for. */

import { and, asc, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
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

/** The newest first. */
export async function listInvoices(context: Context, filter: InvoiceFilter): Promise<Page<InvoiceView[]>> {
  const { status, overdue, paymentState, customerId, bookingId, limit } = filter
  const after = readCursor(filter.cursor)
  const conditions = [
    status && eq(invoices.status, status),
    overdue && eq(invoices.status, 'open'),
    customerId && eq(invoices.customerId, customerId),
    bookingId && and(eq(invoices.sourceKind, 'booking'), eq(invoices.sourceId, bookingId)),
  ].filter(condition => condition !== undefined && condition !== false && condition !== '') as SQL[]
  const found: InvoiceView[] = []
  let cursor = after
  // What is derived is filtered here; a page is read on until it is full.
  for (let round = 0; round < MOST_ROUNDS && found.length <= limit; round++) {
    const rows = await viewsOf(
      context,
      and(...conditions, cursor ? lt(invoices.id, cursor) : undefined),
      limit + 1,
    )
    found.push(
      ...rows.filter(
        view =>
          (overdue === undefined || view.overdue > 0 === overdue) &&
          (paymentState === undefined || view.paymentState === paymentState),
      ),
    )
    if (rows.length <= limit) break
    cursor = rows.at(-1)!.id
  }
  const page = pageOf(found, limit)
  return new Page(page.rows, page.nextCursor)
}

const MOST_ROUNDS = 50

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
