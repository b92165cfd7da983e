/** What carries mail out of the house: one small interface, whatever the provider speaks. */

import type { Attachment, Provider } from '../domain/messaging/tables.ts'
import type { Letter } from './letter.ts'
import { type ResendConfig, resend } from './resend.ts'
import { type SmtpConfig, smtp } from './smtp.ts'

export interface Mail extends Letter {
  to: string
  headers?: Record<string, string>
  attachments?: Attachment[]
}

export interface Carrier {
  /** For how many hours it sends what comes under one key only once; 0: it knows no keys. */
  keyHours: number
  /**
   * Under one key, always the same mail.
   * @returns what the provider calls it
   * @throws NotSent
   */
  send(mail: Mail, options: { key: string; signal: AbortSignal }): Promise<{ ref?: string }>
}

/** A provider that this server is not set up for has none. */
export type Carriers = Partial<Record<Provider, Carrier>>

export function makeCarriers(config: { smtp?: SmtpConfig; resend?: ResendConfig }): Carriers {
  return {
    sandbox: mailbox,
    mailbox,
    smtp: config.smtp && smtp(config.smtp),
    resend: config.resend && resend(config.resend),
  }
}

/** Nothing leaves: whoever looks into the mailbox sees the delivery itself. */
const mailbox: Carrier = { keyHours: Number.POSITIVE_INFINITY, send: async () => ({}) }
