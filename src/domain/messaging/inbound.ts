/** What customers write back. The words are theirs: apart from three, nothing in them does anything. */

import { and, eq, gt, isNull, ne } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import { suppress } from './suppressions.ts'
import { type InboundMessage, inboundMessages, suppressions } from './tables.ts'

export interface Received
  extends Pick<InboundMessage, 'channel' | 'provider' | 'providerRef' | 'sender' | 'body'> {
  /** When, by the provider's word; null: now. */
  at: Temporal.Instant | null
  /** The provider has answered a STOP, a START or a HELP itself. */
  answered: boolean
}

export type Keyword = 'stop' | 'start' | 'help'

/** Alone in a message, in any case (CTIA, Messaging Principles, section 5.1.3). */
const keywords: Record<string, Keyword> = {
  STOP: 'stop',
  STOPALL: 'stop',
  UNSUBSCRIBE: 'stop',
  CANCEL: 'stop',
  END: 'stop',
  QUIT: 'stop',
  REVOKE: 'stop',
  OPTOUT: 'stop',
  START: 'start',
  UNSTOP: 'start',
  HELP: 'help',
}

export function keywordIn(body: string): Keyword | null {
  const word = body.trim().toUpperCase()
  return Object.hasOwn(keywords, word) ? keywords[word]! : null
}

/** Once, however often the provider says it. */
export async function receive(context: Context, received: Received): Promise<'received' | 'repeated'> {
  const { db, workspace, now, emit } = context
  const { channel, provider, providerRef, sender, at } = received
  const body = kept(received.body)
  const customerId = await whoseNumber(context, sender)
  const [message] = await db
    .insert(inboundMessages)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      channel,
      provider,
      providerRef,
      sender,
      customerId,
      body,
      receivedAt: at && Temporal.Instant.compare(at, now) < 0 ? at : now,
    })
    .onConflictDoNothing()
    .returning()
  if (!message) return 'repeated'
  const keyword = keywordIn(body)
  emit({
    type: 'message.received',
    subject: { kind: 'inbound', id: message.id },
    data: {
      channel,
      ...(customerId && { customer_id: idText('customer', customerId) }),
      ...(keyword && { keyword }),
    },
  })
  if (keyword === 'stop') await optOut(context, message)
  if (keyword === 'start') await optIn(context, message)
  if (keyword === 'help' && !received.answered)
    await context.enqueue({ task: 'answer_help', ids: { inbound_id: message.id } })
  return 'received'
}

/** A text of theirs has a length that no channel lets it reach, and what PostgreSQL takes. */
function kept(body: string): string {
  return body.slice(0, 10_000).toWellFormed().replaceAll('\0', '')
}

/** null: nobody's, or that of several. */
async function whoseNumber({ db, workspace }: Context, sender: string): Promise<string | null> {
  const found = await db
    .select({ id: customers.id })
    .from(customers)
    .where(
      and(
        eq(customers.workspaceId, workspace.id),
        eq(customers.phoneE164, sender),
        ne(customers.status, 'merged'),
        isNull(customers.erasedAt),
      ),
    )
    .limit(2)
  return found.length === 1 ? found[0]!.id : null
}

async function optOut(context: Context, { channel, sender }: InboundMessage): Promise<void> {
  await suppress(context, { channel, address: sender, scope: 'all', reason: 'opt_out', byReply: true })
}

/** What was put in their way otherwise stays there. */
async function optIn(context: Context, { channel, sender }: InboundMessage): Promise<void> {
  const { db, workspace, now, emit } = context
  const lifted = await db
    .update(suppressions)
    .set({ liftedAt: now })
    .where(
      and(
        eq(suppressions.workspaceId, workspace.id),
        eq(suppressions.channel, channel),
        eq(suppressions.address, sender),
        eq(suppressions.byReply, true),
        isNull(suppressions.liftedAt),
      ),
    )
    .returning()
  for (const { id, scope, reason } of lifted)
    emit({
      type: 'suppression.lifted',
      subject: { kind: 'suppression', id },
      data: { channel, scope, reason },
    })
}

/** Who asks again and again is answered now and then: what answers them costs. */
const PAUSE_MINUTES = 10

/** The message that is to be answered, by whoever asks first; null: it is not. It stands as answered before it is. */
export async function claimAnswer(context: Context, id: string): Promise<InboundMessage | null> {
  const { db, workspace, now } = context
  const own = eq(inboundMessages.workspaceId, workspace.id)
  const [message] = await db
    .select()
    .from(inboundMessages)
    .where(and(own, eq(inboundMessages.id, id), isNull(inboundMessages.answeredAt)))
    .for('update')
  if (!message) return null
  const { channel, sender } = message
  const lately = await db
    .select({ id: inboundMessages.id })
    .from(inboundMessages)
    .where(
      and(
        own,
        eq(inboundMessages.channel, channel),
        eq(inboundMessages.sender, sender),
        gt(inboundMessages.answeredAt, now.subtract({ minutes: PAUSE_MINUTES })),
      ),
    )
    .limit(1)
  if (lately.length > 0) return null
  await db
    .update(inboundMessages)
    .set({ answeredAt: now })
    .where(and(own, eq(inboundMessages.id, id)))
  return message
}
