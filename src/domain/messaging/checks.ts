/** Whether a message may go out now: asked when it is drafted, when it is released, and again by whoever carries it. */

import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { readSettings } from '../../access/settings.ts'
import { findEntry } from '../classes/entries.ts'
import { hasLapsed } from '../classes/states.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { customers } from '../customers/tables.ts'
import { invoiceReminders, invoices } from '../invoices/tables.ts'
import { isSlotGone, zoneOfPlace } from './about.ts'
import { addressKey } from './channels.ts'
import { quietUntil } from './quiet-hours.ts'
import {
  type About,
  type ConsentEvent,
  consentEvents,
  inboundMessages,
  type Message,
  messageTemplates,
  type Purpose,
  type Suppression,
  suppressions,
} from './tables.ts'

/** `quiet_hours` puts a message off until they end; the others keep it back. */
export type Hindrance =
  | {
      code:
        | 'suppressed'
        | 'consent_missing'
        | 'outside_service_window'
        | 'invoice_void'
        | 'invoice_settled'
        | 'offer_over'
    }
  | { code: 'quiet_hours'; until: Temporal.Instant }

/** What is asked of a message; one without a template was written freely, it need be about no booking or class. */
export type Checked = Pick<Message, 'customerId' | 'channel' | 'recipient' | 'purpose'> &
  About &
  Partial<Pick<Message, 'id' | 'invoiceId' | 'language' | 'templateKey' | 'templateVersion'>>

/** The gravest first; null: nothing is in its way at `context.now`. */
export async function hindranceTo(context: Context, message: Checked): Promise<Hindrance | null> {
  const ended = await invoiceEnd(context, message)
  if (ended) return { code: ended }
  if (await isOfOverOffer(context, message)) return { code: 'offer_over' }
  if (await isSuppressed(context, message)) return { code: 'suppressed' }
  if (!(await isConsented(context, message))) return { code: 'consent_missing' }
  if (!(await isInServiceWindow(context, message))) return { code: 'outside_service_window' }
  const until = await quietHoursEnd(context, message)
  return until && { code: 'quiet_hours', until }
}

/** Nothing is said of an invoice that was taken back, and nobody is reminded of one that is paid or given up. */
async function invoiceEnd(
  { db, workspace }: Context,
  { id, invoiceId }: Checked,
): Promise<'invoice_void' | 'invoice_settled' | null> {
  if (!invoiceId) return null
  const [invoice] = await db
    .select({ status: invoices.status, reminds: isNotNull(invoiceReminders.messageId) })
    .from(invoices)
    .leftJoin(
      invoiceReminders,
      and(
        eq(invoiceReminders.workspaceId, invoices.workspaceId),
        eq(invoiceReminders.invoiceId, invoices.id),
        id ? eq(invoiceReminders.messageId, id) : sql`false`,
      ),
    )
    .where(and(eq(invoices.workspaceId, workspace.id), eq(invoices.id, invoiceId)))
  if (invoice?.status === 'void') return 'invoice_void'
  return invoice?.reminds && invoice.status !== 'open' ? 'invoice_settled' : null
}

/** Nor is a place offered that is not kept any more, or that they have. That a class is cancelled is said. */
async function isOfOverOffer(context: Context, { id, waitlistEntryId }: Checked): Promise<boolean> {
  if (!waitlistEntryId) return false
  const entry = await findEntry(context, waitlistEntryId)
  if (hasLapsed(entry, context.now) || ['lapsed', 'declined', 'promoted', 'left'].includes(entry.state))
    return true
  return entry.sessionId === null && id !== undefined && isSlotGone(context, id, entry)
}

async function isSuppressed({ db, workspace }: Context, message: Checked): Promise<boolean> {
  const { channel, recipient, purpose } = message
  const found = await db
    .select({ scope: suppressions.scope })
    .from(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, workspace.id),
        eq(suppressions.channel, channel),
        eq(suppressions.address, addressKey(channel, recipient)),
        isNull(suppressions.liftedAt),
      ),
    )
  return found.some(({ scope }) => covers(scope, purpose))
}

export function covers(scope: Suppression['scope'], purpose: Purpose): boolean {
  return scope === 'all' || purpose === 'marketing'
}

async function isConsented(context: Context, { customerId, channel, purpose }: Checked): Promise<boolean> {
  const { db, workspace } = context
  const { id } = await getCustomer(context, customerId)
  const [last] = await db
    .select({ state: consentEvents.state })
    .from(consentEvents)
    .where(
      and(
        eq(consentEvents.workspaceId, workspace.id),
        eq(consentEvents.customerId, id),
        eq(consentEvents.channel, channel),
        eq(consentEvents.purpose, purpose),
      ),
    )
    .orderBy(desc(consentEvents.at), desc(consentEvents.id))
    .limit(1)
  return isAgreed(purpose, last?.state ?? null)
}

/** Marketing takes a yes. What is about the customer's own business goes out until they say no. */
export function isAgreed(purpose: Purpose, lastWord: ConsentEvent['state'] | null): boolean {
  return purpose === 'marketing' ? lastWord === 'granted' : lastWord !== 'withdrawn'
}

/** WhatsApp carries free text for 24 hours after the customer wrote, and else only a template that it has approved. */
async function isInServiceWindow(context: Context, message: Checked): Promise<boolean> {
  if (message.channel !== 'whatsapp') return true
  return (await isApproved(context, message)) || (await wroteLately(context, message))
}

/** From whichever customer's number it came: the window is the number's. */
async function wroteLately({ db, workspace, now }: Context, { recipient }: Checked): Promise<boolean> {
  const { channel, sender, receivedAt } = inboundMessages
  const [last] = await db
    .select({ at: receivedAt })
    .from(inboundMessages)
    .where(
      and(
        eq(inboundMessages.workspaceId, workspace.id),
        eq(channel, 'whatsapp'),
        eq(sender, addressKey('whatsapp', recipient)),
      ),
    )
    .orderBy(desc(receivedAt))
    .limit(1)
  return last !== undefined && Temporal.Instant.compare(last.at.add({ hours: WINDOW_HOURS }), now) > 0
}

const WINDOW_HOURS = 24

async function isApproved({ db, workspace }: Context, message: Checked): Promise<boolean> {
  const { channel, language, templateKey, templateVersion } = message
  if (!templateKey || !templateVersion || !language) return false
  const [template] = await db
    .select({ providerState: messageTemplates.providerState })
    .from(messageTemplates)
    .where(
      and(
        eq(messageTemplates.workspaceId, workspace.id),
        eq(messageTemplates.key, templateKey),
        eq(messageTemplates.channel, channel),
        eq(messageTemplates.language, language),
        eq(messageTemplates.version, templateVersion),
      ),
    )
  return template?.providerState === 'approved'
}

async function quietHoursEnd(context: Context, message: Checked): Promise<Temporal.Instant | null> {
  if (message.purpose !== 'marketing') return null
  const { quiet_hours: hours } = await readSettings(context)
  if (!hours) return null
  const end = quietUntil(context.now.epochMilliseconds, hours, await zoneOf(context, message))
  return end === null ? null : Temporal.Instant.fromEpochMilliseconds(end)
}

/** The recipient's, as far as it is known: their own, else that of where they come to, else the business's. */
async function zoneOf(context: Context, { customerId, ...about }: Checked): Promise<string> {
  const { db, workspace } = context
  const { id } = await getCustomer(context, customerId)
  const [customer] = await db
    .select({ timeZone: customers.timeZone })
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), eq(customers.id, id)))
  if (customer!.timeZone) return customer!.timeZone
  return (await zoneOfPlace(context, about)) ?? workspace.timeZone
}
