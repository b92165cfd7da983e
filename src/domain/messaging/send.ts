/** Releases a message: from here on it goes out, at once or at its time, unless it is cancelled before. */

import { and, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { addressKey, addressOf } from './channels.ts'
import { refuseTooLong } from './draft.ts'
import { releaseTime } from './outlook.ts'
import { oneLine } from './render.ts'
import { getMessage, lockMessage, type MessageView, viewOf } from './status.ts'
import { type Delivery, deliveries, type Message, messages } from './tables.ts'
import { wakeDelivery } from './wake-delivery.ts'

export interface Release {
  messageId: string
  /** Another subject or text than was drafted; the message is then no longer its template's. */
  subject?: string
  text?: string
  /** Default: at once, as for a time that has passed. */
  at?: Temporal.Instant
}

/** A year: what is set for later than that is a slip. */
const LATEST_HOURS = 366 * 24

/**
 * Once: who sends it again finds it as it is.
 * @throws Refusal `invalid_transition` of a cancelled one; `suppressed`, `consent_missing`, `outside_service_window`;
 *   `provider_error` where nobody carries its channel; `not_found`, `invalid_input`
 */
export async function sendMessage(context: Context, release: Release): Promise<MessageView> {
  const message = await lockMessage(context, release.messageId)
  if (message.state === 'released') return getMessage(context, message.id)
  if (message.state === 'cancelled') {
    throw new Refusal(
      'invalid_transition',
      'This message was cancelled. Draft another.',
      { status: 'cancelled' },
      ['draft_message'],
    )
  }
  const text = edited(message, release)
  const { carrier, dueAt } = await releaseTime(context, { ...message, ...text }, dueTime(context, release))
  await warnOfNewAddress(context, message)
  context.declare({
    kind: 'send',
    gate: 'approve',
    recipients: 1,
    template: templateLetThrough(message, text),
  })
  const released = await update(context, message, text)
  const delivery = await queue(context, released, carrier, dueAt)
  context.emit({
    type: 'message.released',
    subject: { kind: 'message', id: message.id },
    data: { delivery_id: idText('delivery', delivery.id), due_at: dueAt.toString() },
  })
  return viewOf(released, delivery)
}

type Text = Pick<Message, 'subject' | 'body' | 'templateKey' | 'templateVersion' | 'templateValues'>

function edited(message: Message, { subject, text }: Release): Text {
  if (subject !== undefined && message.subject === null) {
    throw new Refusal('invalid_input', `subject: A message by ${message.channel} has none.`, {
      field: 'subject',
    })
  }
  const now = {
    subject: subject === undefined ? message.subject : oneLine(subject),
    body: text ?? message.body,
  }
  refuseTooLong(message.channel, now)
  const { templateKey, templateVersion, templateValues } = message
  const isTemplates = now.subject === message.subject && now.body === message.body
  return {
    ...now,
    ...(isTemplates
      ? { templateKey, templateVersion, templateValues }
      : { templateKey: null, templateVersion: null, templateValues: null }),
  }
}

/** What a policy may let through unseen: a transactional template as it is, filled in by the house alone. */
function templateLetThrough(
  { purpose, ownWords }: Message,
  { templateKey, templateVersion }: Text,
): string | undefined {
  const pinned = templateKey !== null && purpose === 'transactional' && !ownWords
  return pinned ? `${templateKey}@${templateVersion}` : undefined
}

function dueTime({ now }: Context, { at = now }: Release): Temporal.Instant {
  if (Temporal.Instant.compare(at, now.add({ hours: LATEST_HOURS })) > 0) {
    throw new Refusal('invalid_input', 'at: At most a year ahead.', { field: 'at' })
  }
  return Temporal.Instant.compare(at, now) > 0 ? at : now
}

/** Who reviews it sees where it goes; a customer who has moved since may have meant to. */
async function warnOfNewAddress(
  context: Context,
  { customerId, channel, recipient }: Message,
): Promise<void> {
  const present = addressOf(await getCustomer(context, customerId), channel)
  if (present !== null && addressKey(channel, present) === addressKey(channel, recipient)) return
  context.warn('The customer is reached elsewhere by now; this goes to the address that it was drafted for.')
}

async function update({ db, now }: Context, message: Message, text: Text): Promise<Message> {
  const { workspaceId, id, version } = message
  const [released] = await db
    .update(messages)
    .set({ ...text, state: 'released', version: version + 1, updatedAt: now })
    .where(and(eq(messages.workspaceId, workspaceId), eq(messages.id, id)))
    .returning()
  return released!
}

/** The row and its job are one commit. */
async function queue(
  context: Context,
  message: Message,
  provider: Delivery['provider'],
  dueAt: Temporal.Instant,
): Promise<Delivery> {
  const { workspaceId, id: messageId, channel, recipient, subject, body } = message
  const { db, now } = context
  const [delivery] = await db
    .insert(deliveries)
    .values({
      workspaceId,
      id: newId(),
      messageId,
      channel,
      provider,
      recipient,
      subject,
      body,
      state: 'queued',
      dueAt,
      createdAt: now,
    })
    .returning()
  await wakeDelivery(context, delivery!)
  return delivery!
}
