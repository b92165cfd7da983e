/**
 * What a provider says by itself: early, late, five times, out of order. Each event is heard once; what is about a
 * payment that is not known to have been made yet waits until it is.
 */

import { and, asc, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import { realNow } from './attempt.ts'
import { hearDispute } from './disputes.ts'
import { lockPayment } from './locks.ts'
import { hearRefund } from './refund-report.ts'
import { applyReport } from './report.ts'
import type { ProviderEvent } from './reports.ts'
import { type Payment, type PaymentProviderName, payments, providerEvents, refunds } from './tables.ts'

type Heard = 'applied' | 'waiting' | 'ignored' | 'repeated'

export async function hear(
  context: Context,
  provider: PaymentProviderName,
  event: ProviderEvent,
): Promise<Heard> {
  const { db, workspace } = context
  const [fresh] = await db
    .insert(providerEvents)
    .values({
      workspaceId: workspace.id,
      provider,
      eventId: event.id,
      aboutRef: event.kind === 'dispute' ? event.paymentRef : event.ref,
      event: stored(event),
      outcome: 'waiting',
      at: realNow(),
    })
    .onConflictDoNothing()
    .returning({ eventId: providerEvents.eventId })
  if (!fresh) return 'repeated'
  const outcome = await apply(context, provider, event)
  if (outcome !== 'waiting') await note(context, provider, event.id, outcome)
  return outcome
}

async function apply(
  context: Context,
  provider: PaymentProviderName,
  event: ProviderEvent,
): Promise<Exclude<Heard, 'repeated'>> {
  if (event.kind === 'payment') {
    const id = event.paymentId ?? (await paymentWithRef(context, provider, event.ref))
    const payment = id && (await lockPayment(context, id))
    if (!payment || payment.provider !== provider) return 'ignored' // Nothing of ours: an account may do other things.
    await applyReport(context, payment, event.report)
    return 'applied'
  }
  if (event.kind === 'refund') {
    const id = event.refundId ?? (await refundWithRef(context, event.ref))
    return id && (await hearRefund(context, id, event.report)) ? 'applied' : 'ignored'
  }
  const id = await paymentWithRef(context, provider, event.paymentRef)
  const payment = id ? await lockPayment(context, id) : null
  if (payment?.state !== 'succeeded') return 'waiting'
  await hearDispute(context, payment, event)
  return 'applied'
}

/** Once a payment has succeeded: what was said of it before. @param payment locked */
export async function hearWaiting(context: Context, payment: Payment): Promise<void> {
  const { db, workspace } = context
  const { provider, providerRef } = payment
  if (!provider || !providerRef) return
  const waiting = await db
    .select()
    .from(providerEvents)
    .where(
      and(
        eq(providerEvents.workspaceId, workspace.id),
        eq(providerEvents.provider, provider),
        eq(providerEvents.aboutRef, providerRef),
        eq(providerEvents.outcome, 'waiting'),
      ),
    )
    .orderBy(asc(providerEvents.at))
    .for('update')
  for (const { eventId, event } of waiting) {
    const read = restored(event)
    if (read.kind !== 'dispute') continue
    await hearDispute(context, payment, read)
    await note(context, provider, eventId, 'applied')
  }
}

async function note(
  { db, workspace }: Context,
  provider: PaymentProviderName,
  eventId: string,
  outcome: 'applied' | 'ignored',
): Promise<void> {
  await db
    .update(providerEvents)
    .set({ outcome })
    .where(
      and(
        eq(providerEvents.workspaceId, workspace.id),
        eq(providerEvents.provider, provider),
        eq(providerEvents.eventId, eventId),
      ),
    )
}

async function paymentWithRef(
  { db, workspace }: Context,
  provider: PaymentProviderName,
  ref: string,
): Promise<string | null> {
  const [found] = await db
    .select({ id: payments.id })
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        eq(payments.provider, provider),
        eq(payments.providerRef, ref),
      ),
    )
  return found?.id ?? null
}

async function refundWithRef({ db, workspace }: Context, ref: string): Promise<string | null> {
  const [found] = await db
    .select({ id: refunds.id })
    .from(refunds)
    .where(and(eq(refunds.workspaceId, workspace.id), eq(refunds.providerRef, ref)))
  return found?.id ?? null
}

const INSTANTS = ['at', 'respondBy']

function stored(event: ProviderEvent): unknown {
  return JSON.parse(JSON.stringify(event))
}

function restored(event: unknown): ProviderEvent {
  const fields = Object.entries(event as Record<string, unknown>).map(([name, value]) => [
    name,
    INSTANTS.includes(name) && typeof value === 'string' ? Temporal.Instant.from(value) : value,
  ])
  return Object.fromEntries(fields) as ProviderEvent
}
