/**
 * One attempt to carry a message, in two transactions around the provider. The first is committed as `sending` before
 * the provider is called, so that an attempt that was cut off is known for one; the second says what became of it.
 */

import { and, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import type { Context } from '../context.ts'
import { GONE } from '../customers/erased.ts'
import { addressKey } from './channels.ts'
import { hindranceTo } from './checks.ts'
import {
  type DeliveryEvent,
  type DeliveryReason,
  MOST_TRIES,
  pauseSeconds,
  stateAfter,
} from './delivery-states.ts'
import { consequences, type Finding } from './findings.ts'
import { suppress } from './suppressions.ts'
import {
  type Delivery,
  type DeliveryState,
  deliveries,
  type Message,
  messages,
  type Provider,
} from './tables.ts'
import { wakeDelivery } from './wake-delivery.ts'

export interface Attempt {
  delivery: Delivery
  message: Message
}

export type Outcome =
  | { kind: 'sent'; ref?: string }
  /** The provider has said no for good. */
  | { kind: 'refused'; finding?: Finding }
  /** It has not taken it, and may later. */
  | { kind: 'later'; reason: DeliveryReason; afterSeconds?: number }
  /** Nobody can tell whether it has. */
  | { kind: 'unclear' }

/** For how many hours a provider sends what has one key only once; 0: it knows no keys. */
export type KeyHours = (provider: Provider) => number

/** null: there is nothing to send, or not now. Otherwise it stands as `sending`, and is sent once this has committed. */
export async function beginAttempt(
  context: Context,
  deliveryId: string,
  keyHours: KeyHours,
): Promise<Attempt | null> {
  const found = await lock(context, deliveryId)
  if (!found || stateAfter(found.delivery.state, 'attempt') === null) return null
  const { message } = found
  const inDoubt = isInDoubt(found.delivery)
  const delivery: Delivery = inDoubt ? { ...found.delivery, reason: 'no_answer' } : found.delivery
  if (delivery.state === 'queued' && Temporal.Instant.compare(delivery.dueAt, context.now) > 0) {
    // A job whose clock is ahead of ours. The second more lets ours pass.
    await wakeDelivery(context, { ...delivery, dueAt: delivery.dueAt.add({ seconds: 1 }) })
    return null
  }
  if (inDoubt && !isRemembered(delivery, keyHours(delivery.provider))) {
    await enter(context, delivery, 'doubt', { reason: 'no_answer' })
    return null
  }
  const hindrance = await hindranceTo(context, { ...message, recipient: delivery.recipient })
  if (hindrance?.code === 'quiet_hours') {
    await putOff(context, delivery, hindrance.until, 'quiet_hours')
    return null
  }
  if (hindrance) {
    await refuse(context, delivery, hindrance.code)
    return null
  }
  const attempted = await enter(context, delivery, 'attempt', {
    attempts: delivery.attempts + 1,
    // While in doubt, the time of the first attempt in doubt: the provider's memory of the key begins there.
    attemptedAt: inDoubt ? delivery.attemptedAt : realNow(),
    reason: inDoubt ? 'no_answer' : null,
  })
  return attempted && { delivery: attempted, message }
}

/** Writes down how an attempt went. One that another has overtaken is heard only where it says `sent`. */
export async function settle(
  context: Context,
  attempt: Delivery,
  outcome: Outcome,
  keyHours: KeyHours,
): Promise<void> {
  const delivery = (await lock(context, attempt.id))?.delivery
  if (!delivery) return
  if (outcome.kind === 'sent') {
    const { ref = null } = outcome
    // The provider has said by itself, and since, that it could not deliver it.
    if (delivery.state === 'failed' && delivery.providerRef !== null) return
    await enter(context, delivery, 'confirm', { sentAt: context.now, providerRef: ref, reason: null })
    return
  }
  if (delivery.state !== 'sending' || delivery.attempts !== attempt.attempts) return
  if (outcome.kind === 'refused') return refuseAs(context, delivery, outcome.finding)
  const reason = outcome.kind === 'unclear' ? 'no_answer' : outcome.reason
  if (reason === 'no_answer' && keyHours(delivery.provider) === 0) {
    await enter(context, delivery, 'doubt', { reason })
    return
  }
  if (delivery.attempts >= MOST_TRIES) {
    return refuse(context, { ...delivery, reason: worse(delivery, reason) }, 'gave_up')
  }
  const asked = outcome.kind === 'later' ? (outcome.afterSeconds ?? 0) : 0
  const pause = Math.max(pauseSeconds(delivery.attempts), Math.min(asked, LONGEST_PAUSE))
  await putOff(context, delivery, context.now.add({ milliseconds: Math.round(pause * 1000) }), reason)
}

/** Nobody tries it again by itself. What had begun may have gone: a person decides. */
export async function giveUp(context: Context, deliveryId: string): Promise<void> {
  const delivery = (await lock(context, deliveryId))?.delivery
  if (!delivery) return
  if (isInDoubt(delivery)) await enter(context, delivery, 'doubt', { reason: 'no_answer' })
  else await enter(context, delivery, 'refuse', { reason: 'internal' })
}

const LONGEST_PAUSE = 24 * 3600

async function lock({ db, workspace }: Context, id: string): Promise<Attempt | null> {
  const [row] = await db
    .select({ delivery: deliveries, message: messages })
    .from(deliveries)
    .innerJoin(
      messages,
      and(eq(messages.workspaceId, deliveries.workspaceId), eq(messages.id, deliveries.messageId)),
    )
    .where(and(eq(deliveries.workspaceId, workspace.id), eq(deliveries.id, id)))
    .for('update', { of: deliveries })
  return row ?? null
}

/** An attempt that was not answered, whether its host died or the provider was silent. */
function isInDoubt({ state, reason }: Delivery): boolean {
  return state === 'sending' || reason === 'no_answer'
}

function isRemembered({ attemptedAt }: Delivery, hours: number): boolean {
  return realNow().epochMilliseconds - attemptedAt!.epochMilliseconds < hours * 3_600_000
}

/** Nothing but the provider's `sent` clears a doubt. */
function worse({ reason }: Delivery, next: DeliveryReason): DeliveryReason {
  return reason === 'no_answer' ? reason : next
}

async function putOff(
  context: Context,
  delivery: Delivery,
  dueAt: Temporal.Instant,
  reason: DeliveryReason,
): Promise<void> {
  const later = await enter(context, delivery, 'put_off', { dueAt, reason: worse(delivery, reason) })
  if (later) await wakeDelivery(context, later)
}

async function refuse(context: Context, delivery: Delivery, reason: DeliveryReason): Promise<void> {
  if (delivery.reason === 'no_answer') await enter(context, delivery, 'doubt', { reason: 'no_answer' })
  else await enter(context, delivery, 'refuse', { reason })
}

async function refuseAs(context: Context, delivery: Delivery, finding?: Finding): Promise<void> {
  await keepFinding(context, delivery, finding)
  await refuse(context, delivery, finding ? consequences[finding].reason : 'refused')
}

/** What the provider says of the recipient is kept: the next message to them is refused before it leaves. */
export async function keepFinding(
  context: Context,
  { channel, recipient }: Delivery,
  finding: Finding | undefined,
): Promise<void> {
  const suppression = finding && consequences[finding].suppression
  if (!suppression || recipient === GONE) return
  await suppress(context, { channel, address: addressKey(channel, recipient), ...suppression })
}

/** Moves a delivery, and tells of its end. null: from where it is, that does not happen. */
export async function enter(
  { db, workspace, emit }: Context,
  delivery: Delivery,
  event: DeliveryEvent,
  changes: Partial<Delivery>,
): Promise<Delivery | null> {
  const state = stateAfter(delivery.state, event)
  if (!state) return null
  const [moved] = await db
    .update(deliveries)
    .set({ ...changes, state })
    .where(and(eq(deliveries.workspaceId, workspace.id), eq(deliveries.id, delivery.id)))
    .returning()
  if (state !== delivery.state && TOLD.has(state)) {
    const { channel, provider, reason } = moved!
    emit({
      type: `message.${state}`,
      subject: { kind: 'message', id: delivery.messageId },
      data: {
        delivery_id: idText('delivery', delivery.id),
        channel,
        provider,
        ...(reason && { reason }),
      },
    })
  }
  return moved!
}

const TOLD: ReadonlySet<DeliveryState> = new Set(['sent', 'delivered', 'read', 'failed', 'unknown'])

/** An attempt is an event of the world, whatever the sandbox clock shows. */
function realNow(): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(Date.now())
}
