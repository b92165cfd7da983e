/**
 * What a provider says of a message by itself, after it has taken it: late, twice, out of order. What lies behind a
 * delivery by then is ignored: arrived is arrived, whatever was said before it.
 */

import { and, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { GONE } from '../customers/erased.ts'
import { type DeliveryEvent, stateAfter } from './delivery-states.ts'
import { enter, keepFinding } from './dispatch.ts'
import { consequences, type Finding } from './findings.ts'
import { type Delivery, deliveries, type Provider } from './tables.ts'

export interface Report {
  provider: Provider
  /** What the provider calls the message. */
  ref: string
  /** Of which try, where the provider repeats what it was told. */
  of: Try | null
  said: 'sent' | 'delivered' | 'read' | 'failed'
  /** Why it failed. */
  finding?: Finding
}

export interface Try {
  /** A uuid. */
  deliveryId: string
  /** Milliseconds; a person may have had it sent again since. */
  attemptedAt: number
}

/** Which try of a delivery it is, for a provider to repeat. */
export function tryText({ id, attemptedAt }: Pick<Delivery, 'id' | 'attemptedAt'>): string {
  return `${id}.${attemptedAt?.epochMilliseconds ?? 0}`
}

/** null: nothing of ours. */
export function readTry(text: string | null | undefined): Try | null {
  const [, deliveryId, at] = TRY.exec(text ?? '') ?? []
  return deliveryId ? { deliveryId, attemptedAt: Number(at) } : null
}

const TRY = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,15})$/

/** `ignored`: it says nothing that is not known; `unknown`: no message of this workspace. */
export async function hearReport(
  context: Context,
  report: Report,
): Promise<'applied' | 'ignored' | 'unknown'> {
  const { ref: providerRef, said, finding } = report
  const delivery = await find(context, report)
  if (!delivery) return 'unknown'
  if (delivery.recipient === GONE || isOvertaken(delivery, report)) return 'ignored'
  if (stateAfter(delivery.state, events[said]) === null) return 'ignored'
  const failure = { reason: finding ? consequences[finding].reason : ('undelivered' as const) }
  const success = { reason: null, sentAt: delivery.sentAt ?? context.now }
  await enter(context, delivery, events[said], { providerRef, ...(said === 'failed' ? failure : success) })
  if (said === 'failed') await keepFinding(context, delivery, finding)
  return 'applied'
}

const events = {
  sent: 'say_sent',
  delivered: 'say_delivered',
  read: 'say_read',
  failed: 'say_failed',
} as const satisfies Record<Report['said'], DeliveryEvent>

/** A person has had it sent again since. That the try before it has arrived counts nevertheless. */
function isOvertaken({ attemptedAt }: Delivery, { of, said }: Report): boolean {
  const isArrival = said === 'delivered' || said === 'read'
  return of !== null && of.attemptedAt !== attemptedAt?.epochMilliseconds && !isArrival
}

async function find({ db, workspace }: Context, { provider, ref, of }: Report): Promise<Delivery | null> {
  const [found] = await db
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.workspaceId, workspace.id),
        eq(deliveries.provider, provider),
        of ? eq(deliveries.id, of.deliveryId) : eq(deliveries.providerRef, ref),
      ),
    )
    .for('update')
  return found ?? null
}
