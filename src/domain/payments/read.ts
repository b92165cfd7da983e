/** Reads payments, with what became of them. */

import { and, asc, desc, eq, inArray, lt, ne, sum } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import type { PaymentState } from './payment-states.ts'
import type { DisputeState } from './reports.ts'
import {
  type Dispute,
  type Payment,
  type PaymentMethod,
  paymentAttempts,
  paymentDisputes,
  paymentMethods,
  payments,
  type Refund,
  refunds,
} from './tables.ts'

export interface PaymentView extends Payment {
  /** Minor units that refunds hold or have taken. */
  refunded: number
}

export interface PaymentFilter {
  customerId?: string
  /** An invoice, a booking, a gift card. */
  subjectId?: string
  state?: PaymentState
  needsAttention?: boolean
  limit: number
  cursor?: string
}

/** The newest first. */
export async function listPayments(
  context: Context,
  { customerId, subjectId, state, needsAttention, limit, cursor }: PaymentFilter,
): Promise<Page<PaymentView[]>> {
  const { db, workspace } = context
  const after = readCursor(cursor)
  const rows = await db
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        customerId === undefined ? undefined : eq(payments.customerId, customerId),
        subjectId === undefined ? undefined : eq(payments.subjectId, subjectId),
        state && eq(payments.state, state),
        needsAttention ? inArray(payments.alert, ['overpaid', 'debt_gone']) : undefined,
        after === undefined ? undefined : lt(payments.id, after),
      ),
    )
    .orderBy(desc(payments.id))
    .limit(limit + 1)
  return pageOf(await withRefunds(context, rows), limit)
}

export interface PaymentInFull extends PaymentView {
  attempts_made: (typeof paymentAttempts.$inferSelect)[]
  refunds: Refund[]
  disputes: Dispute[]
}

/** @throws Refusal `not_found` */
export async function getPayment(context: Context, id: string): Promise<PaymentInFull> {
  const { db, workspace } = context
  const rows = await db
    .select()
    .from(payments)
    .where(and(eq(payments.workspaceId, workspace.id), eq(payments.id, id)))
  const [view] = await withRefunds(context, rows)
  if (!view) throw notFound('payment', ['list_payments'])
  const [attempts, back, disputes] = [
    await db
      .select()
      .from(paymentAttempts)
      .where(and(eq(paymentAttempts.workspaceId, workspace.id), eq(paymentAttempts.paymentId, id)))
      .orderBy(asc(paymentAttempts.number)),
    await db
      .select()
      .from(refunds)
      .where(and(eq(refunds.workspaceId, workspace.id), eq(refunds.paymentId, id)))
      .orderBy(asc(refunds.id)),
    await db
      .select()
      .from(paymentDisputes)
      .where(and(eq(paymentDisputes.workspaceId, workspace.id), eq(paymentDisputes.paymentId, id)))
      .orderBy(asc(paymentDisputes.id)),
  ]
  return { ...view, attempts_made: attempts, refunds: back, disputes }
}

export async function viewOfPayment(context: Context, payment: Payment): Promise<PaymentView> {
  return (await withRefunds(context, [payment]))[0]!
}

async function withRefunds({ db, workspace }: Context, rows: Payment[]): Promise<PaymentView[]> {
  if (rows.length === 0) return []
  const sums = await db
    .select({ paymentId: refunds.paymentId, amount: sum(refunds.amount).mapWith(Number) })
    .from(refunds)
    .where(
      and(
        eq(refunds.workspaceId, workspace.id),
        inArray(
          refunds.paymentId,
          rows.map(({ id }) => id),
        ),
        ne(refunds.state, 'failed'),
      ),
    )
    .groupBy(refunds.paymentId)
  const byPayment = new Map(sums.map(({ paymentId, amount }) => [paymentId, amount]))
  return rows.map(row => ({ ...row, refunded: byPayment.get(row.id) ?? 0 }))
}

export interface DisputeView extends Dispute {
  payment: Payment
}

/** The newest first. */
export async function listDisputes(
  { db, workspace }: Context,
  { state, limit, cursor }: { state?: DisputeState; limit: number; cursor?: string },
): Promise<Page<DisputeView[]>> {
  const after = readCursor(cursor)
  const rows = await db
    .select({ dispute: paymentDisputes, payment: payments })
    .from(paymentDisputes)
    .innerJoin(
      payments,
      and(eq(payments.workspaceId, paymentDisputes.workspaceId), eq(payments.id, paymentDisputes.paymentId)),
    )
    .where(
      and(
        eq(paymentDisputes.workspaceId, workspace.id),
        state && eq(paymentDisputes.state, state),
        after === undefined ? undefined : lt(paymentDisputes.id, after),
      ),
    )
    .orderBy(desc(paymentDisputes.id))
    .limit(limit + 1)
  return pageOf(
    rows.map(({ dispute, payment }) => ({ ...dispute, payment })),
    limit,
  )
}

/** Cards on file, the newest first. @throws Refusal `not_found` */
export async function listMethods(context: Context, customerId: string): Promise<PaymentMethod[]> {
  const { db, workspace } = context
  const customer = await getCustomer(context, customerId)
  return db
    .select()
    .from(paymentMethods)
    .where(and(eq(paymentMethods.workspaceId, workspace.id), eq(paymentMethods.customerId, customer.id)))
    .orderBy(desc(paymentMethods.id))
}

/** What a decision about a payment's money rests on. */
export async function paymentVersion({ db, workspace }: Context, id: string): Promise<string> {
  const [row] = await db
    .select({ state: payments.state, updatedAt: payments.updatedAt })
    .from(payments)
    .where(and(eq(payments.workspaceId, workspace.id), eq(payments.id, id)))
  if (!row) throw notFound('payment', ['list_payments'])
  const [taken] = await db
    .select({ amount: sum(refunds.amount) })
    .from(refunds)
    .where(and(eq(refunds.workspaceId, workspace.id), eq(refunds.paymentId, id), ne(refunds.state, 'failed')))
  return `${row.state} ${taken?.amount ?? 0}`
}
