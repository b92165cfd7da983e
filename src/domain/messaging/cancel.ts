/** Takes a message back, as long as nobody has begun to carry it. */

import { and, eq } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { stateAfter } from './delivery-states.ts'
import { getMessage, lockDelivery, lockMessage, type MessageView, viewOf } from './status.ts'
import { type Delivery, deliveries, messages } from './tables.ts'

/**
 * Once: who cancels it again finds it cancelled.
 * @throws Refusal `invalid_transition` from the moment on that it is being sent; `not_found`
 */
export async function cancelMessage(context: Context, id: string): Promise<MessageView> {
  const { db, now, emit } = context
  const message = await lockMessage(context, id)
  if (message.state === 'cancelled') return getMessage(context, id)
  const delivery = message.state === 'released' ? await cancelDelivery(context, id) : null
  const [cancelled] = await db
    .update(messages)
    .set({ state: 'cancelled', version: message.version + 1, updatedAt: now })
    .where(and(eq(messages.workspaceId, message.workspaceId), eq(messages.id, id)))
    .returning()
  emit({ type: 'message.cancelled', subject: { kind: 'message', id } })
  return viewOf(cancelled!, delivery)
}

async function cancelDelivery(context: Context, messageId: string): Promise<Delivery | null> {
  const delivery = await lockDelivery(context, messageId)
  if (!delivery || delivery.state === 'cancelled') return delivery
  const state = stateAfter(delivery.state, 'cancel')
  if (!state) {
    throw new Refusal(
      'invalid_transition',
      `This message is ${delivery.state} already and cannot be taken back.`,
      { status: delivery.state },
      ['get_message_status'],
    )
  }
  if (delivery.reason === 'no_answer') context.warn('An earlier try may have arrived: it was never answered.')
  const [cancelled] = await context.db
    .update(deliveries)
    .set({ state })
    .where(and(eq(deliveries.workspaceId, delivery.workspaceId), eq(deliveries.id, delivery.id)))
    .returning()
  return cancelled!
}

/** What a yes to taking it back rests on: that it is as far as it was. */
export async function cancelVersions(context: Context, id: string): Promise<Record<string, string | number>> {
  const { version, status } = await getMessage(context, id)
  return { [id]: version, status }
}
