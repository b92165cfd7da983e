/** What a customer's bank takes back: noted as the provider tells it, the later word over the earlier; a lost one is posted. */

import { and, eq, inArray, sum } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { postDisputeLost } from './postings.ts'
import type { DisputeState, ProviderEvent } from './reports.ts'
import { type Dispute, type Payment, paymentDisputes } from './tables.ts'

export const disputeTransitions = [
  { from: 'needs_response', to: 'under_review', who: 'business, by its answer to the provider' },
  { from: 'needs_response', to: 'won', who: 'bank' },
  { from: 'needs_response', to: 'lost', who: 'bank, or the deadline' },
  { from: 'under_review', to: 'needs_response', who: 'bank, which asks for more' },
  { from: 'under_review', to: 'won', who: 'bank' },
  { from: 'under_review', to: 'lost', who: 'bank' },
] as const satisfies { from: DisputeState; to: DisputeState; who: string }[]

/** @param payment locked */
export async function hearDispute(
  context: Context,
  payment: Payment,
  event: ProviderEvent & { kind: 'dispute' },
): Promise<void> {
  const { db, workspace, now } = context
  const [opened] = await db
    .insert(paymentDisputes)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      paymentId: payment.id,
      providerRef: event.ref,
      state: event.state,
      amount: event.amount,
      reason: event.reason,
      respondBy: event.respondBy,
      heardAt: event.at,
      openedAt: now,
    })
    .onConflictDoNothing()
    .returning()
  if (opened) {
    tell(context, payment, opened, 'payment.disputed')
    if (opened.state === 'lost') await lose(context, payment, opened)
    return
  }
  const [known] = await db
    .select()
    .from(paymentDisputes)
    .where(and(eq(paymentDisputes.workspaceId, workspace.id), eq(paymentDisputes.providerRef, event.ref)))
    .for('update')
  if (!known || Temporal.Instant.compare(event.at, known.heardAt) < 0) return
  if (!disputeTransitions.some(({ from, to }) => from === known.state && to === event.state)) return
  const [moved] = await db
    .update(paymentDisputes)
    .set({ state: event.state, respondBy: event.respondBy ?? known.respondBy, heardAt: event.at })
    .where(and(eq(paymentDisputes.workspaceId, workspace.id), eq(paymentDisputes.id, known.id)))
    .returning()
  if (event.state === 'won' || event.state === 'lost')
    tell(context, payment, moved!, `payment.dispute_${event.state}`)
  if (event.state === 'lost') await lose(context, payment, moved!)
}

/** What no refund can give back as well: the bank has it, or may take it. */
export async function disputedAmount({ db, workspace }: Context, paymentId: string): Promise<number> {
  const [row] = await db
    .select({ amount: sum(paymentDisputes.amount).mapWith(Number) })
    .from(paymentDisputes)
    .where(
      and(
        eq(paymentDisputes.workspaceId, workspace.id),
        eq(paymentDisputes.paymentId, paymentId),
        inArray(paymentDisputes.state, ['needs_response', 'under_review', 'lost']),
      ),
    )
  return row?.amount ?? 0
}

async function lose(context: Context, payment: Payment, dispute: Dispute): Promise<void> {
  await postDisputeLost(context, payment, dispute)
}

function tell({ emit }: Context, payment: Payment, dispute: Dispute, type: `payment.${string}`): void {
  emit({
    type,
    subject: { kind: 'dispute', id: dispute.id },
    data: {
      payment_id: idText('payment', payment.id),
      amount: dispute.amount,
      currency: payment.currency,
      ...(dispute.respondBy && { respond_by: dispute.respondBy.toString() }),
    },
  })
}
