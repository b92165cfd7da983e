/** What carries mail out of the house: one small interface, whatever the provider speaks. */

import { callbackPath, listCredentials, type ProviderName, readCredentials } from '../access/credentials.ts'
import type { Secrets } from '../access/secrets.ts'
import type { Database } from '../database/pool.ts'
import type { Attachment, Provider } from '../domain/messaging/tables.ts'
import type { WhatsAppTemplate } from '../domain/messaging/whatsapp.ts'
import type { ProviderUrls } from './check-credentials.ts'
import type { Letter } from './letter.ts'
import { type ResendConfig, resend } from './resend.ts'
import { type SmtpConfig, smtp } from './smtp.ts'
import { twilio } from './twilio.ts'
import { whatsapp } from './whatsapp.ts'

export interface Mail extends Letter {
  to: string
  headers?: Record<string, string>
  attachments?: Attachment[]
  /** By WhatsApp: what it puts the text together from; null: the text as it is. */
  template?: WhatsAppTemplate | null
}

export interface Carrier {
  /** For how many hours it sends what comes under one key only once; 0: it knows no keys. */
  keyHours: number
  /**
   * Under one key, always the same mail.
   * @param options.attempt for the provider to repeat when it says what became of it
   * @returns what the provider calls it
   * @throws NotSent
   */
  send(mail: Mail, options: { key: string; signal: AbortSignal; attempt?: string }): Promise<{ ref?: string }>
}

/** A provider for which nobody has an account has none. */
export type Carriers = Partial<Record<Provider, Carrier>>

/** What carries a workspace's messages: its own accounts, which a person has set, and beside them the server's. */
export type FindCarriers = (workspaceId: string) => Promise<Carriers>

/** The server's own. */
export function makeCarriers(config: { smtp?: SmtpConfig; resend?: ResendConfig }): Carriers {
  return {
    sandbox: mailbox,
    mailbox,
    smtp: config.smtp && smtp(config.smtp),
    resend: config.resend && resend(config.resend),
  }
}

/**
 * @param urls where the providers with an HTTP API are
 * @param mayBeInside a business's own mail server: on a developer's machine alone
 * @param callbacks where Twilio reaches this server, without a slash at the end; it takes no address of a private network
 */
export function carriersOf(
  { database, secrets }: { database: Database; secrets: Secrets },
  servers: Carriers,
  urls: Pick<ProviderUrls, 'twilio' | 'whatsapp'>,
  mayBeInside: boolean,
  callbacks?: string,
): FindCarriers {
  return workspaceId =>
    database.transaction(workspaceId, { readOnly: true }, async ({ db }) => {
      const stored = new Set((await listCredentials(db, workspaceId)).map(({ provider }) => provider))
      // What cannot be read carries nothing: sent from another address, a mail would be somebody else's.
      const read = async <Name extends ProviderName>(name: Name) =>
        (await readCredentials(db, secrets, workspaceId, name)) ?? undefined
      const callback = callbacks && callbacks + callbackPath('twilio', workspaceId)
      const own: Carriers = {}
      if (stored.has('smtp')) own.smtp = map(await read('smtp'), account => smtp(account, mayBeInside))
      if (stored.has('twilio'))
        own.twilio = map(await read('twilio'), account => twilio(account, urls.twilio, callback))
      if (stored.has('whatsapp'))
        own.whatsapp = map(await read('whatsapp'), account => whatsapp(account, urls.whatsapp))
      return { ...servers, ...own }
    })
}

function map<From, To>(found: From | undefined, make: (found: From) => To): To | undefined {
  return found === undefined ? undefined : make(found)
}

/** Nothing leaves: whoever looks into the mailbox sees the delivery itself. */
const mailbox: Carrier = { keyHours: Number.POSITIVE_INFINITY, send: async () => ({}) }
