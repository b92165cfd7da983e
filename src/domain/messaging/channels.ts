/** The ways to a customer: who carries a workspace's messages, to which address, and how long one may be. */

import { type CredentialState, credentialState, type ProviderName } from '../../access/credentials.ts'
import type { Context } from '../context.ts'
import type { Customer } from '../customers/customer.ts'
import { type Channel, channels, type Provider } from './tables.ts'

type Desk = Pick<Context, 'db' | 'workspace' | 'mail'>

/**
 * The workspace's own account before what the server has. null: nobody does, since no provider is set up. A sandbox
 * never reaches a person, whatever there is.
 */
export function carrierOf(desk: Desk, channel: 'email' | 'sms'): Promise<Exclude<Provider, 'whatsapp'> | null>
export function carrierOf(desk: Desk, channel: Channel): Promise<Provider | null>
export async function carrierOf(desk: Desk, channel: Channel): Promise<Provider | null> {
  if (desk.workspace.kind === 'sandbox') return 'sandbox'
  return (await ownAccount(desk, channel)) ? ownProviders[channel] : serversCarrier(desk, channel)
}

/** At whom a workspace can have an account that carries a channel. */
const ownProviders = { email: 'smtp', sms: 'twilio', whatsapp: 'whatsapp' } as const satisfies Record<
  Channel,
  Provider & ProviderName
>

function ownAccount({ db, workspace }: Desk, channel: Channel): Promise<CredentialState | null> {
  return credentialState(db, workspace.id, ownProviders[channel])
}

function serversCarrier({ mail }: Desk, channel: Channel): Provider | null {
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

export async function channelStatuses(desk: Desk): Promise<ChannelStatus[]> {
  const statuses: ChannelStatus[] = []
  for (const channel of channels) {
    const carrier = await carrierOf(desk, channel)
    const fails = carrier !== 'sandbox' && (await ownAccount(desk, channel))?.health === 'failing'
    const to_do = carrier === null ? missing[channel] : fails ? failing : null
    statuses.push({ channel, carrier, ready: to_do === null, to_do })
  }
  return statuses
}

/** What to set where a channel has no carrier. */
export const missing: Record<Channel, string> = {
  email:
    'A person sets up a mail server in the console, or whoever runs this server sets SMTP_URL and MAIL_FROM.',
  sms: 'A person sets up Twilio in the console.',
  whatsapp: 'A person connects WhatsApp in the settings of the console.',
}

const failing =
  'The provider did not accept what is stored: a person looks at it in the settings of the console.'

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
