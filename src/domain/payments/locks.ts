/**
 * Who moves money locks first what it is for (the invoice, the booking, the gift card), then the payment: so payments
 * and refunds of one debt come one after the other, and no two wait for each other.
 */

import { and, asc, eq, inArray, sum } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { lockDebt } from './debts.ts'
import { underWay } from './payment-states.ts'
import { type Payment, type Purpose, payments } from './tables.ts'

/** null: there is none. */
export async function findPayment({ db, workspace }: Context, id: string): Promise<Payment | null> {
  const [found] = await db
    .select()
    .from(payments)
    .where(and(eq(payments.workspaceId, workspace.id), eq(payments.id, id)))
  return found ?? null
}

/** With what it is for. null: there is none. */
export async function lockPayment(context: Context, id: string): Promise<Payment | null> {
  const found = await findPayment(context, id)
  if (!found) return null
  await lockDebt(context, found.purpose, found.subjectId)
  const { db, workspace } = context
  const [locked] = await db
    .select()
    .from(payments)
    .where(and(eq(payments.workspaceId, workspace.id), eq(payments.id, id)))
    .for('update')
  return locked!
}

/** What is on its way to it already; minor units. Its debt is locked. */
export async function amountUnderWay(
  { db, workspace }: Context,
  purpose: Purpose,
  subjectId: string,
): Promise<number> {
  const [row] = await db
    .select({ amount: sum(payments.amount).mapWith(Number) })
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        eq(payments.purpose, purpose),
        eq(payments.subjectId, subjectId),
        inArray(payments.state, [...underWay]),
      ),
    )
  return row?.amount ?? 0
}

/** In order of ids. */
export function paymentsOf({ db, workspace }: Context, subjectId: string): Promise<Payment[]> {
  return db
    .select()
    .from(payments)
    .where(and(eq(payments.workspaceId, workspace.id), eq(payments.subjectId, subjectId)))
    .orderBy(asc(payments.id))
}

/** The payment that brought the money: a deposit that pays an invoice was paid before. */
export async function moneyBehind(context: Context, payment: Payment): Promise<Payment> {
  if (payment.tender !== 'deposit' || !payment.sourceId) return payment
  return (await findPayment(context, payment.sourceId)) ?? payment
}
