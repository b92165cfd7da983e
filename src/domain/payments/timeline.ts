/** What a customer paid and had back, for their timeline: payments, refunds, disputes, and credit that was given by hand. */

import { and, desc, eq, inArray, like, lte, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Asked, TimelineEntry, TimelineSource } from '../customers/timeline.ts'
import { ledgerAccounts, ledgerEntries, ledgerTransactions } from '../ledger/tables.ts'
import { ADJUSTED } from './credit.ts'
import { paymentDisputes, payments, refunds } from './tables.ts'

export const paymentsTimeline: TimelineSource = async (context, asked) => {
  const parts = await Promise.all([
    paid(context, asked),
    givenBack(context, asked),
    disputed(context, asked),
    adjusted(context, asked),
  ])
  return parts.flat()
}

async function paid({ db, workspace }: Context, { ids, until, limit }: Asked): Promise<TimelineEntry[]> {
  const rows = await db
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        inArray(payments.customerId, ids),
        until ? lte(payments.createdAt, until) : undefined,
      ),
    )
    .orderBy(desc(payments.createdAt), desc(payments.id))
    .limit(limit)
  return rows.map(({ id, createdAt, state, reference, purpose, tender, amount, currency, reason }) => ({
    at: createdAt,
    kind: 'payment',
    id,
    event: state,
    text: reference,
    details: { purpose, tender, amount: { amount, currency }, ...(reason && { reason }) },
    order: id,
  }))
}

async function givenBack({ db, workspace }: Context, { ids, until, limit }: Asked): Promise<TimelineEntry[]> {
  const rows = await db
    .select({ refund: refunds, currency: payments.currency, tender: payments.tender })
    .from(payments)
    .innerJoin(
      refunds,
      and(eq(refunds.workspaceId, payments.workspaceId), eq(refunds.paymentId, payments.id)),
    )
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        inArray(payments.customerId, ids),
        until ? lte(refunds.createdAt, until) : undefined,
      ),
    )
    .orderBy(desc(refunds.createdAt), desc(refunds.id))
    .limit(limit)
  return rows.map(({ refund: { id, createdAt, state, reason, amount }, currency, tender }) => ({
    at: createdAt,
    kind: 'refund',
    id,
    event: state,
    text: reason,
    details: { tender, amount: { amount, currency } },
    order: id,
  }))
}

async function disputed({ db, workspace }: Context, { ids, until, limit }: Asked): Promise<TimelineEntry[]> {
  const rows = await db
    .select({ dispute: paymentDisputes, currency: payments.currency })
    .from(payments)
    .innerJoin(
      paymentDisputes,
      and(eq(paymentDisputes.workspaceId, payments.workspaceId), eq(paymentDisputes.paymentId, payments.id)),
    )
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        inArray(payments.customerId, ids),
        until ? lte(paymentDisputes.openedAt, until) : undefined,
      ),
    )
    .orderBy(desc(paymentDisputes.openedAt), desc(paymentDisputes.id))
    .limit(limit)
  return rows.map(({ dispute: { id, openedAt, state, reason, amount }, currency }) => ({
    at: openedAt,
    kind: 'dispute',
    id,
    event: state,
    text: null,
    details: { reason, amount: { amount, currency } },
    order: id,
  }))
}

/** More credit, or less where the amount is below zero. */
async function adjusted({ db, workspace }: Context, { ids, until, limit }: Asked): Promise<TimelineEntry[]> {
  const postings = ledgerTransactions
  const amount = sql<number>`(CASE ${ledgerAccounts.kind} WHEN 'customer_credit' THEN ${ledgerEntries.amount} ELSE -${ledgerEntries.amount} END)::float8`
  const rows = await db
    .select({ id: postings.id, at: postings.at, amount, currency: ledgerEntries.currency })
    .from(postings)
    .innerJoin(
      ledgerEntries,
      and(eq(ledgerEntries.workspaceId, postings.workspaceId), eq(ledgerEntries.transactionId, postings.id)),
    )
    .innerJoin(
      ledgerAccounts,
      and(
        eq(ledgerAccounts.workspaceId, ledgerEntries.workspaceId),
        eq(ledgerAccounts.id, ledgerEntries.creditId),
      ),
    )
    .where(
      and(
        eq(postings.workspaceId, workspace.id),
        eq(postings.sourceKind, 'customer'),
        inArray(postings.sourceId, ids),
        like(postings.cause, `${ADJUSTED} %`),
        until ? lte(postings.at, until) : undefined,
      ),
    )
    .orderBy(desc(postings.at), desc(postings.id))
    .limit(limit)
  return rows.map(({ id, at, amount, currency }) => ({
    at,
    kind: 'posting',
    id,
    event: 'credit_adjusted',
    text: null,
    details: { amount: { amount, currency } },
    order: id,
  }))
}
