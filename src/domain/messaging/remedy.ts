/**
 * A person decides about a message that did not go out, or of which nobody can tell: send it again, leave it, or take it
 * for sent. Nothing does so by itself, since whoever may have got it might get it twice.
 */

import { and, eq } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { stateAfter } from './delivery-states.ts'
import { getMessage, lockDelivery, lockMessage, type MessageView } from './status.ts'
import { type Delivery, deliveries } from './tables.ts'
import { wakeDelivery } from './wake-delivery.ts'

export const remedies = ['retry', 'discard', 'accept'] as const
/** `accept`: it has arrived, as the person knows. */
export type Remedy = (typeof remedies)[number]

/** @throws Refusal `not_found`; `invalid_transition` where it has gone on since the person looked */
export async function remedyMessage(context: Context, id: string, remedy: Remedy): Promise<MessageView> {
  const { db, workspace, now, emit } = context
  await lockMessage(context, id)
  const delivery = await lockDelivery(context, id)
  const state = delivery && stateAfter(delivery.state, remedy)
  if (!delivery || !state) {
    const { status } = await getMessage(context, id)
    throw new Refusal('invalid_transition', `This message is ${status} by now; look at it again.`, { status })
  }
  await db
    .update(deliveries)
    .set({ state, ...changesBy(remedy, delivery, now) })
    .where(and(eq(deliveries.workspaceId, workspace.id), eq(deliveries.id, delivery.id)))
  if (remedy === 'retry') await wakeDelivery(context, { id: delivery.id, dueAt: now })
  emit({
    type: `message.${remedy === 'retry' ? 'retried' : remedy === 'accept' ? 'accepted' : 'discarded'}`,
    subject: { kind: 'message', id },
  })
  return getMessage(context, id)
}

/** A retry begins anew: its doubt and its tries belong to what was before. */
function changesBy(remedy: Remedy, { reason }: Delivery, now: Context['now']): Partial<Delivery> {
  if (remedy === 'retry')
    return { reason: null, attempts: 0, attemptedAt: null, dueAt: now, providerRef: null }
  return remedy === 'accept' ? { reason: null, sentAt: now } : { reason }
}
