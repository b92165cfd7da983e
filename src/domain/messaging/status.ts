/** What became of a message: its own row says what was decided, its delivery's what happened then. */

import { and, desc, eq, lt, or, type SQL } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { invoiceVersion } from '../invoices/read.ts'
import { versionsAbout } from './about.ts'
import { type Delivery, deliveries, type Message, messages } from './tables.ts'

export const messageStatuses = [
  'draft',
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
  'cancelled',
] as const
/** `queued` waits for its time or its turn; `unknown`: it was cut off, and may or may not have arrived. */
export type MessageStatus = (typeof messageStatuses)[number]

export interface MessageView extends Message {
  status: MessageStatus
  /** Since its release; null: it has not been released. */
  delivery: Delivery | null
}

export function viewOf(message: Message, delivery: Delivery | null): MessageView {
  return { ...message, delivery, status: statusOf(message, delivery) }
}

function statusOf({ state }: Message, delivery: Delivery | null): MessageStatus {
  return state === 'released' && delivery ? delivery.state : state === 'released' ? 'queued' : state
}

/** @throws Refusal `not_found` */
export async function getMessage(context: Context, id: string): Promise<MessageView> {
  const [view] = await viewsOf(context, eq(messages.id, id), 1)
  if (!view) throw notFound('message', ['list_messages'])
  return view
}

export interface MessageFilter {
  customerId?: string
  status?: MessageStatus
  limit: number
  cursor?: string
}

/** Newest first. @throws Refusal `not_found` for a customer who is none */
export async function listMessages(context: Context, filter: MessageFilter): Promise<Page<MessageView[]>> {
  const { customerId, status, limit } = filter
  const after = readCursor(filter.cursor)
  const customer = customerId === undefined ? undefined : await getCustomer(context, customerId)
  const which = and(
    customer && eq(messages.customerId, customer.id),
    status && inStatus(status),
    after === undefined ? undefined : lt(messages.id, after),
  )
  return pageOf(await viewsOf(context, which, limit + 1), limit)
}

function inStatus(status: MessageStatus): SQL | undefined {
  if (status === 'draft') return eq(messages.state, 'draft')
  const then = and(eq(messages.state, 'released'), eq(deliveries.state, status))
  return status === 'cancelled' ? or(eq(messages.state, 'cancelled'), then) : then
}

async function viewsOf({ db, workspace }: Context, which: SQL | undefined, limit: number) {
  const rows = await db
    .select({ message: messages, delivery: deliveries })
    .from(messages)
    .leftJoin(
      deliveries,
      and(eq(deliveries.workspaceId, messages.workspaceId), eq(deliveries.messageId, messages.id)),
    )
    .where(and(eq(messages.workspaceId, workspace.id), which))
    .orderBy(desc(messages.id))
    .limit(limit)
  return rows.map(({ message, delivery }) => viewOf(message, delivery))
}

/** The row, locked until the transaction ends: it is released or cancelled once. @throws Refusal `not_found` */
export async function lockMessage({ db, workspace }: Context, id: string): Promise<Message> {
  const [message] = await db
    .select()
    .from(messages)
    .where(and(eq(messages.workspaceId, workspace.id), eq(messages.id, id)))
    .for('update')
  if (!message) throw notFound('message', ['list_messages'])
  return message
}

/** The message's delivery, locked: who carries it cannot begin until the transaction ends. */
export async function lockDelivery({ db, workspace }: Context, messageId: string): Promise<Delivery | null> {
  const [delivery] = await db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.workspaceId, workspace.id), eq(deliveries.messageId, messageId)))
    .for('update')
  return delivery ?? null
}

/** All that a yes to sending it rests on: its text, to whom it goes, and what it says of their booking, class or invoice. */
export async function versionsBehind(context: Context, id: string): Promise<Record<string, string | number>> {
  const message = await getMessage(context, id)
  const customer = await getCustomer(context, message.customerId)
  return {
    [id]: message.version,
    [customer.id]: customer.version,
    ...(await versionsAbout(context, message)),
    ...(message.invoiceId && { [message.invoiceId]: await invoiceVersion(context, message.invoiceId) }),
  }
}
