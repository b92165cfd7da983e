/** What will become of a message if it is sent, said before anybody decides. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { carrierOf, missing } from './channels.ts'
import { type Checked, type Hindrance, hindranceTo } from './checks.ts'
import type { Provider } from './tables.ts'

export interface Outlook {
  carrier: Provider | null
  goes: 'at_once' | 'later' | 'not'
  reason: 'quiet_hours' | 'outside_service_window' | 'no_carrier' | null
  /** When it goes; null: not. */
  at: Temporal.Instant | null
}

/**
 * As it stands at `at`, and warned of. What the customer has forbidden has no outlook.
 * @throws Refusal `suppressed`, `consent_missing`; `invalid_transition` where its invoice has ended or its offer is over
 */
export async function outlookOf(context: Context, message: Checked, at = context.now): Promise<Outlook> {
  const hindrance = await hindranceTo({ ...context, now: at }, message)
  refuseForbidden(hindrance, message)
  const carrier = await carrierOf(context, message.channel)
  if (hindrance?.code === 'outside_service_window') {
    context.warn(outsideWindow)
    return { carrier, goes: 'not', reason: hindrance.code, at: null }
  }
  if (carrier === null) {
    context.warn(`Nobody carries ${message.channel} here. ${missing[message.channel]}`)
    return { carrier, goes: 'not', reason: 'no_carrier', at: null }
  }
  if (hindrance?.code === 'quiet_hours') {
    context.warn(`Quiet hours: it goes out at ${hindrance.until}, when they end where the customer is.`)
    return { carrier, goes: 'later', reason: hindrance.code, at: hindrance.until }
  }
  const later = Temporal.Instant.compare(at, context.now) > 0
  return { carrier, goes: later ? 'later' : 'at_once', reason: null, at }
}

const outsideWindow =
  'WhatsApp carries free text for 24 hours after the customer wrote, and else only a template that it has approved.'

/** For whoever sends: all that would keep it back refuses. @throws Refusal also `outside_service_window`, `provider_error` */
export async function releaseTime(
  context: Context,
  message: Checked,
  at: Temporal.Instant,
): Promise<{ carrier: Provider; dueAt: Temporal.Instant }> {
  const { carrier, at: dueAt, reason } = await outlookOf(context, message, at)
  if (reason === 'outside_service_window') {
    throw new Refusal('outside_service_window', outsideWindow, {}, [
      'list_message_templates',
      'draft_message',
    ])
  }
  if (carrier && dueAt) return { carrier, dueAt }
  throw new Refusal(
    'provider_error',
    `Nobody carries ${message.channel} here. ${missing[message.channel]}`,
    { channel: message.channel, reason: 'no_carrier' },
    ['get_channel_status'],
  )
}

function refuseForbidden(hindrance: Hindrance | null, { channel, purpose }: Checked): void {
  if (hindrance?.code === 'offer_over') {
    throw new Refusal(
      'invalid_transition',
      'The place that this offers is not kept for them any more.',
      { reason: hindrance.code },
      ['list_waitlist'],
    )
  }
  if (hindrance?.code === 'invoice_void' || hindrance?.code === 'invoice_settled') {
    throw new Refusal(
      'invalid_transition',
      hindrance.code === 'invoice_void'
        ? 'The invoice that this is about is void.'
        : 'The invoice that this reminds of is not open any more.',
      { reason: hindrance.code },
      ['get_invoice'],
    )
  }
  if (hindrance?.code === 'suppressed') {
    throw new Refusal(
      'suppressed',
      'This address gets no such messages: it opted out, bounced or complained, or was put on the list.',
      { channel, purpose },
      ['get_customer_consent', 'list_suppressions'],
    )
  }
  if (hindrance?.code === 'consent_missing') {
    throw new Refusal(
      'consent_missing',
      purpose === 'marketing'
        ? 'Marketing takes the consent of the customer for this channel, and there is none.'
        : 'The customer has withdrawn their consent for this channel.',
      { channel, purpose },
      ['get_customer_consent'],
    )
  }
}
