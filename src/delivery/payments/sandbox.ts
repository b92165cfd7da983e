/**
 * A provider for the sandbox, in the place of a bank: it keeps a book of its own, in transactions of its own, and knows by
 * key what it has done. Its cards and its script say how a charge goes, also that the answer to it is lost.
 */

import { and, asc, eq, isNull } from 'drizzle-orm'
import type { AsSystem } from '../../calls/as-system.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../../domain/context.ts'
import { wakeAt } from '../../domain/due-work.ts'
import { realNow } from '../../domain/payments/attempt.ts'
import type { PaymentReport, RefundReport } from '../../domain/payments/reports.ts'
import {
  type ChargeOutcome,
  isSandboxCard,
  type RefundOutcome,
  sandboxCards,
} from '../../domain/payments/sandbox-cards.ts'
import { sandboxBook, sandboxEvents, sandboxScripts } from '../../domain/payments/tables.ts'
import {
  type Doing,
  NotTaken,
  type PaymentOrder,
  type PaymentProvider,
  type RefundOrder,
} from './provider.ts'

type Kind = Doing | 'refund'

interface Entered<Report> {
  /** null: it is not done either. */
  report: Report | null
  /** It is in the book, and the answer to the one who asked is lost. */
  unanswered?: boolean
}

export function sandboxProvider(asSystem: AsSystem): PaymentProvider {
  /** In the provider's own transaction: what becomes of the caller does not undo it. */
  async function once<Report extends PaymentReport | RefundReport>(
    kind: Kind,
    key: string,
    order: { workspaceId: string; amount: number; currency: string },
    work: (context: Context) => Promise<Entered<Report>>,
  ): Promise<Report> {
    const { workspaceId, amount, currency } = order
    const entered = await asSystem<Entered<Report>>(workspaceId, 'sandbox_provider', async context => {
      const known = await look<Report>(context, key)
      if (known) return { report: known }
      const made = await work(context)
      const { report } = made
      if (report) {
        await context.db
          .insert(sandboxBook)
          .values({ workspaceId, key, kind, ref: report.ref!, amount, currency, report, at: realNow() })
      }
      return made
    })
    if (entered.unanswered || !entered.report)
      throw new NotTaken('unclear', 'The sandbox provider has not answered.')
    return entered.report
  }

  return {
    act: (doing, order, { key }) =>
      once<PaymentReport>(doing, keyOf(key, order), order, async context => {
        const ref = order.ref ?? refOf(order)
        if (doing === 'capture') return { report: { kind: 'succeeded', ref } }
        if (doing === 'release') return { report: { kind: 'cancelled', ref } }
        return outcomeOf(context, doing, order, ref)
      }),

    find: (_doing, order, { key }) =>
      asSystem(order.workspaceId, 'sandbox_provider', context => look(context, keyOf(key, order))),

    refund: (order, { key }) =>
      once<RefundReport>('refund', key, order, context => refundOutcome(context, order)),

    findRefund: (order, { key }) =>
      asSystem(order.workspaceId, 'sandbox_provider', context => look(context, key)),
  }
}

/** How the customer answered the bank's question is another question to the provider. */
function keyOf(key: string, { card }: PaymentOrder): string {
  return card === 'authenticated' || card === 'gave_up' ? `${key}/${card}` : key
}

async function look<Report>({ db, workspace }: Context, key: string): Promise<Report | null> {
  const [row] = await db
    .select({ report: sandboxBook.report })
    .from(sandboxBook)
    .where(and(eq(sandboxBook.workspaceId, workspace.id), eq(sandboxBook.key, key)))
  return (row?.report as Report | undefined) ?? null
}

async function outcomeOf(
  context: Context,
  doing: Doing,
  order: PaymentOrder,
  ref: string,
): Promise<Entered<PaymentReport>> {
  const { card, method, capture, keepMethod, amount, paymentId } = order
  const taken = {
    kind: capture ? ('succeeded' as const) : ('authorized' as const),
    ref,
    ...(keepMethod && capture && { kept: keptCard(card) }),
  }
  if (card === 'authenticated') return { report: taken }
  if (card === 'gave_up') return { report: { kind: 'failed', ref, reason: 'authentication_required' } }
  const chosen = card ?? method?.ref ?? 'success'
  const magic = isSandboxCard(chosen) ? chosen : 'success'
  switch ((await nextOf<ChargeOutcome>(context, 'charge')) ?? magic) {
    case 'declined':
      return { report: { kind: 'failed', ref, reason: 'declined' } }
    case 'insufficient_funds':
      return { report: { kind: 'failed', ref, reason: 'insufficient_funds' } }
    case 'needs_authentication':
      // Nobody is there to be asked where a kept card is charged.
      if (doing === 'charge') return { report: { kind: 'failed', ref, reason: 'authentication_required' } }
      return { report: { kind: 'requires_action', ref } }
    case 'disputed_later':
      await sayLater(context, { kind: 'dispute', ref, ownId: paymentId, amount })
      return { report: taken }
    case 'time_out':
      return { report: taken, unanswered: true }
    case 'lost':
      return { report: null }
    default:
      return { report: taken }
  }
}

function keptCard(card: string | null) {
  const ref = isSandboxCard(card) ? card : 'success'
  return { ref, ownerRef: null, brand: 'sandbox', last4: sandboxCards[ref].last4 }
}

async function refundOutcome(context: Context, order: RefundOrder): Promise<Entered<RefundReport>> {
  const { refundId, amount, paymentRef } = order
  const ref = `ref_${refundId}`
  switch ((await nextOf<RefundOutcome>(context, 'refund')) ?? cardOutcome(paymentRef)) {
    case 'fails':
      return { report: { kind: 'failed', ref, reason: 'refused' } }
    case 'fails_later':
      await sayLater(context, { kind: 'refund_failed', ref, ownId: refundId, amount })
      return { report: { kind: 'succeeded', ref } }
    case 'time_out':
      return { report: { kind: 'succeeded', ref }, unanswered: true }
    case 'lost':
      return { report: null }
    default:
      return { report: { kind: 'succeeded', ref } }
  }
}

/** What it calls a payment ends in the card where that matters to its refunds. */
function refOf({ card, method }: PaymentOrder): string {
  const chosen = card ?? method?.ref
  return `pay_${newId()}${chosen === 'refund_fails_later' ? `.${chosen}` : ''}`
}

function cardOutcome(paymentRef: string): RefundOutcome {
  return paymentRef.endsWith('.refund_fails_later') ? 'fails_later' : 'success'
}

async function nextOf<Outcome>(
  { db, workspace }: Context,
  kind: 'charge' | 'refund',
): Promise<Outcome | null> {
  const [next] = await db
    .select()
    .from(sandboxScripts)
    .where(
      and(
        eq(sandboxScripts.workspaceId, workspace.id),
        eq(sandboxScripts.kind, kind),
        isNull(sandboxScripts.usedAt),
      ),
    )
    .orderBy(asc(sandboxScripts.id))
    .limit(1)
    .for('update', { skipLocked: true })
  if (!next) return null
  await db
    .update(sandboxScripts)
    .set({ usedAt: realNow() })
    .where(and(eq(sandboxScripts.workspaceId, workspace.id), eq(sandboxScripts.id, next.id)))
  return next.outcome as Outcome
}

/** An hour later in the workspace. */
async function sayLater(
  context: Context,
  event: Pick<typeof sandboxEvents.$inferInsert, 'kind' | 'ref' | 'ownId' | 'amount'>,
): Promise<void> {
  const { db, workspace, now } = context
  const dueAt = now.add({ hours: 1 })
  await db.insert(sandboxEvents).values({ workspaceId: workspace.id, id: newId(), ...event, dueAt })
  await wakeAt(context, dueAt)
}
