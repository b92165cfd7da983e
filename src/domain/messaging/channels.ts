/** The ways to a customer: who carries a workspace's messages, to which address, and how long one may be. */

import type { Context } from '../context.ts'
import type { Customer } from '../customers/customer.ts'
import { type Channel, channels, type Provider } from './tables.ts'

/** null: nobody does, since no provider is set up. A sandbox never reaches a person, whatever the server can. */
export function carrierOf(
  { workspace, mail }: Pick<Context, 'workspace' | 'mail'>,
  channel: Channel,
): Provider | null {
  if (workspace.kind === 'sandbox') return 'sandbox'
  if (mail === 'developer_mailbox') return 'mailbox'
  return channel === 'email' && mail !== 'none' ? mail : null
}

export interface ChannelStatus {
  channel: Channel
  carrier: Provider | null
  ready: boolean
  /** What a person has to do first; null where nothing is left. */
  to_do: string | null
}

export function channelStatuses(context: Pick<Context, 'workspace' | 'mail'>): ChannelStatus[] {
  return channels.map(channel => {
    const carrier = carrierOf(context, channel)
    return { channel, carrier, ready: carrier !== null, to_do: carrier === null ? missing[channel] : null }
  })
}

/** What to set where a channel has no carrier. */
export const missing: Record<Channel, string> = {
  email: 'Whoever runs this server sets SMTP_URL and MAIL_FROM.',
  sms: 'No SMS provider can be set up yet; the sandbox carries SMS.',
  whatsapp: 'WhatsApp cannot be connected yet; the sandbox carries it.',
}

/** Characters. Twilio takes 1,600 for an SMS and WhatsApp 4,096; the email's is ours. */
export const longestText: Record<Channel, number> = { email: 20_000, sms: 1_600, whatsapp: 4_096 }

/** RFC 5322 lets a line have 998; the word Subject takes some. */
export const LONGEST_SUBJECT = 900

export function addressOf(
  { email, phone }: Pick<Customer, 'email' | 'phone'>,
  channel: Channel,
): string | null {
  return channel === 'email' ? email : phone
}

/** As suppressions keep an address, so that two writings of one mailbox are one. */
export function addressKey(channel: Channel, recipient: string): string {
  return channel === 'email' ? recipient.toLowerCase() : recipient
}
