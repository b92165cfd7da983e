/** What a provider of messages says by itself: what became of them, and what customers write back. */

import { timingSafeEqual } from 'node:crypto'
import type { Received } from '../../domain/messaging/inbound.ts'
import type { Report } from '../../domain/messaging/reports.ts'

/** As it came over HTTP: what is signed is its very bytes, or the address that it was sent to. */
export interface Callback {
  provider: 'twilio' | 'whatsapp'
  /** A TypeID's uuid. */
  workspaceId: string
  /** As the provider called it, with the query. */
  url: string
  raw: Buffer
  signature: string | undefined
}

export interface Said {
  reports: Report[]
  received: Received[]
  /** WhatsApp has looked at a template. */
  templates: boolean
}

export type Sent = Pick<Callback, 'url' | 'raw' | 'signature'>

export const nothing: Said = { reports: [], received: [], templates: false }

/** Without telling by its time how much of it is right. */
export function isEqual(given: string | undefined, right: string): boolean {
  const [one, other] = [Buffer.from(given ?? ''), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}
