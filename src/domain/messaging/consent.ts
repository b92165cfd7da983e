/** What customers said yes and no to, for each channel and purpose. Every word is kept, and the last one counts. */

import { and, desc, eq, inArray, isNull, lte } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type FoundCustomer, getCustomer } from '../customers/get.ts'
import { addressKey, addressOf } from './channels.ts'
import { covers, isAgreed } from './checks.ts'
import { suppress } from './suppressions.ts'
import {
  type Channel,
  type ConsentEvent,
  channels,
  consentEvents,
  type Purpose,
  purposes,
  type Suppression,
  suppressions,
} from './tables.ts'

export interface NewConsent {
  customerId: string
  channel: Channel
  purpose: Purpose
  state: ConsentEvent['state']
  /** Where they said it. */
  source: string
  wordingVersion?: string
  /** When they said it; default: now. */
  at?: Temporal.Instant
}

/**
 * A yes lifts what was said or put in its way before, by the customer or by hand; never a bounce or a complaint.
 * @throws Refusal `not_found`, `invalid_input` for a time that has not come
 */
export async function recordConsent(context: Context, asked: NewConsent): Promise<ConsentEvent> {
  const { db, workspace, now, emit } = context
  const { channel, purpose, state, source, wordingVersion, at = now } = asked
  const customer = await getCustomer(context, asked.customerId)
  if (Temporal.Instant.compare(at, now) > 0) {
    throw new Refusal('invalid_input', 'at: They cannot have said it yet.', { field: 'at' })
  }
  const [event] = await db
    .insert(consentEvents)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId: customer.id,
      channel,
      purpose,
      state,
      source,
      wordingVersion,
      at,
      recordedAt: now,
    })
    .returning()
  if (state === 'granted') await liftSuppressions(context, customer, event!)
  emit({
    type: 'consent.recorded',
    subject: { kind: 'consent', id: event!.id },
    data: { customer_id: idText('customer', customer.id), channel, purpose, state },
  })
  return event!
}

/**
 * A yes to marketing lifts what was put against marketing; a yes to the rest lifts what was put against everything,
 * and leaves marketing where it was, unless they have said yes to it since.
 */
async function liftSuppressions(
  context: Context,
  customer: FoundCustomer,
  event: ConsentEvent,
): Promise<void> {
  const { db, workspace, now } = context
  const { channel, purpose, at } = event
  const recipient = addressOf(customer, channel)
  if (recipient === null) return
  const address = addressKey(channel, recipient)
  const scope = purpose === 'marketing' ? 'marketing' : 'all'
  const lifted = await db
    .update(suppressions)
    .set({ liftedAt: now })
    .where(
      and(
        eq(suppressions.workspaceId, workspace.id),
        eq(suppressions.channel, channel),
        eq(suppressions.address, address),
        eq(suppressions.scope, scope),
        inArray(suppressions.reason, ['opt_out', 'manual']),
        isNull(suppressions.liftedAt),
        lte(suppressions.createdAt, at),
      ),
    )
    .returning()
  if (scope === 'all') {
    const wish = (await lastWords(context, customer.id)).find(
      word => word.channel === channel && word.purpose === 'marketing' && word.state === 'granted',
    )
    for (const { reason, createdAt, byReply } of lifted) {
      if (wish && Temporal.Instant.compare(wish.at, createdAt) >= 0) continue
      await suppress(context, { channel, address, scope: 'marketing', reason, byReply })
    }
  }
  const left = (await suppressionsOf(context, [[channel, address]])).filter(one => covers(one.scope, purpose))
  if (left.length > 0) {
    context.warn(
      `The address still gets no ${purpose} messages: ${left.map(({ scope, reason }) => `${reason} (${scope})`).join(', ')}.`,
    )
  }
}

export interface Consent {
  channel: Channel
  purpose: Purpose
  /** null: they have not said. */
  state: ConsentEvent['state'] | null
  /** Where, on what wording and when; null: they have not said. */
  proof: ConsentEvent | null
  /** What else keeps messages from this address. */
  suppressions: Suppression[]
  /** Whether a message may go out, quiet hours and the like aside. */
  allowed: boolean
}

export interface CustomerConsent {
  customerId: string
  consents: Consent[]
}

/** @throws Refusal `not_found` */
export async function readConsent(context: Context, customerId: string): Promise<CustomerConsent> {
  const customer = await getCustomer(context, customerId)
  const last = await lastWords(context, customer.id)
  const addresses = channels.flatMap(channel => {
    const recipient = addressOf(customer, channel)
    return recipient === null ? [] : [[channel, addressKey(channel, recipient)] as const]
  })
  const inForce = await suppressionsOf(context, addresses)
  const consents = channels.flatMap(channel =>
    purposes.map(purpose => {
      const proof = last.find(event => event.channel === channel && event.purpose === purpose) ?? null
      const state = proof?.state ?? null
      const against = inForce.filter(one => one.channel === channel && covers(one.scope, purpose))
      const reachable = addresses.some(([reached]) => reached === channel)
      const allowed = reachable && against.length === 0 && isAgreed(purpose, state)
      return { channel, purpose, state, proof, suppressions: against, allowed }
    }),
  )
  return { customerId: customer.id, consents }
}

/** Of each channel and purpose. */
export function lastWords({ db, workspace }: Context, customerId: string): Promise<ConsentEvent[]> {
  const { channel, purpose, at, id } = consentEvents
  return db
    .selectDistinctOn([channel, purpose])
    .from(consentEvents)
    .where(and(eq(consentEvents.workspaceId, workspace.id), eq(consentEvents.customerId, customerId)))
    .orderBy(channel, purpose, desc(at), desc(id))
}

async function suppressionsOf(
  { db, workspace }: Context,
  addresses: (readonly [Channel, string])[],
): Promise<Suppression[]> {
  if (addresses.length === 0) return []
  const rows = await db
    .select()
    .from(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, workspace.id),
        inArray(
          suppressions.address,
          addresses.map(([, address]) => address),
        ),
        isNull(suppressions.liftedAt),
      ),
    )
  return rows.filter(row =>
    addresses.some(([channel, address]) => row.channel === channel && row.address === address),
  )
}
