/** What was written to a customer, and what they said of being written to, for their timeline. */

import { and, desc, eq, inArray, lte } from 'drizzle-orm'
import type { TimelineSource } from '../customers/timeline.ts'
import { consentEvents, deliveries, inboundMessages, messages } from './tables.ts'

export const messagesTimeline: TimelineSource = async ({ db, workspace }, { ids, until, limit }) => {
  const rows = await db
    .select({ message: messages, status: deliveries.state })
    .from(messages)
    .leftJoin(
      deliveries,
      and(eq(deliveries.workspaceId, messages.workspaceId), eq(deliveries.messageId, messages.id)),
    )
    .where(
      and(
        eq(messages.workspaceId, workspace.id),
        inArray(messages.customerId, ids),
        until ? lte(messages.createdAt, until) : undefined,
      ),
    )
    .orderBy(desc(messages.createdAt), desc(messages.id))
    .limit(limit)
  return rows.map(({ message, status }) => ({
    at: message.createdAt,
    kind: 'message',
    id: message.id,
    event: message.state === 'released' ? (status ?? 'released') : message.state,
    text: message.subject ?? message.body.slice(0, SHOWN),
    details: { channel: message.channel, purpose: message.purpose },
    order: message.id,
  }))
}

/** Characters; get_message_status has the whole. */
const SHOWN = 200

/** What they wrote back. */
export const inboundTimeline: TimelineSource = async ({ db, workspace }, { ids, until, limit }) => {
  const rows = await db
    .select()
    .from(inboundMessages)
    .where(
      and(
        eq(inboundMessages.workspaceId, workspace.id),
        inArray(inboundMessages.customerId, ids),
        until ? lte(inboundMessages.receivedAt, until) : undefined,
      ),
    )
    .orderBy(desc(inboundMessages.receivedAt), desc(inboundMessages.id))
    .limit(limit)
  return rows.map(({ receivedAt, id, body, channel }) => ({
    at: receivedAt,
    kind: 'inbound',
    id,
    event: 'received',
    text: body,
    details: { channel },
    order: id,
  }))
}

export const consentTimeline: TimelineSource = async ({ db, workspace }, { ids, until, limit }) => {
  const rows = await db
    .select()
    .from(consentEvents)
    .where(
      and(
        eq(consentEvents.workspaceId, workspace.id),
        inArray(consentEvents.customerId, ids),
        until ? lte(consentEvents.at, until) : undefined,
      ),
    )
    .orderBy(desc(consentEvents.at), desc(consentEvents.id))
    .limit(limit)
  return rows.map(({ at, id, state, source, channel, purpose, wordingVersion }) => ({
    at,
    kind: 'consent',
    id,
    event: state,
    text: source,
    details: { channel, purpose, wording_version: wordingVersion },
    order: id,
  }))
}
