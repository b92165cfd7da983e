/** A customer: as everyone is shown one, and what is stored beside what people gave, so that it can be compared. */

import { sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import { fold } from './fold.ts'
import { readPhone } from './phone.ts'
import { customers } from './tables.ts'

export interface Customer {
  id: string
  name: string
  email: string | null
  /** E.164 */
  phone: string | null
  phone_extension: string | null
  /** IANA; the workspace's where the customer has none of their own. */
  time_zone: string
  /** BCP 47 */
  language: string | null
  note: string | null
  tags: string[]
  /** Nothing more is booked for them. */
  blocked: boolean
  status: 'active' | 'archived' | 'merged'
  version: number
  created_at: Temporal.Instant
  updated_at: Temporal.Instant
}

/** What is said of a customer. Null and undefined are both "not known" here; in a patch null takes away. */
export interface CustomerFields {
  name: string
  /** An address that was checked to be one; trimmed. */
  email?: string | null
  /** In any way of writing. */
  phone?: string | null
  time_zone?: string | null
  language?: string | null
  note?: string | null
  tags?: string[]
  blocked?: boolean
  /** In a patch alone: brings back who was archived. */
  status?: 'active'
}

/** The columns of a `Customer`, for a select or a returning. */
export function shown({ workspace }: Context) {
  return {
    id: customers.id,
    name: customers.name,
    email: customers.email,
    phone: customers.phoneE164,
    phone_extension: customers.phoneExtension,
    time_zone: sql<string>`coalesce(${customers.timeZone}, ${workspace.timeZone})`,
    language: customers.language,
    note: customers.note,
    tags: customers.tags,
    blocked: customers.blocked,
    status: customers.status,
    version: customers.version,
    created_at: customers.createdAt,
    updated_at: customers.updatedAt,
  }
}

export type Columns = Omit<typeof customers.$inferInsert, 'workspaceId' | 'id' | 'createdAt' | 'updatedAt'>

/**
 * The columns that fields fill; a field that is left out fills none.
 * @throws Refusal `invalid_input` for an impossible phone number
 */
export function columnsOf(fields: CustomerFields, ctx: Context): Columns
export function columnsOf(fields: Partial<CustomerFields>, ctx: Context): Partial<Columns>
export function columnsOf(fields: Partial<CustomerFields>, { workspace }: Context): Partial<Columns> {
  const { name, email, phone, time_zone: timeZone, language, note, tags, blocked, status } = fields
  return {
    name,
    nameKey: name && fold(name),
    email,
    emailKey: email && emailKey(email),
    ...phoneColumns(phone, workspace.country),
    timeZone,
    language,
    note,
    tags: tags && labels(tags),
    blocked,
    status,
  }
}

function phoneColumns(phone: string | null | undefined, country: string): Partial<Columns> {
  if (phone === undefined) return {}
  const read = phone === null ? null : readPhone(phone, country)
  return { phoneE164: read?.e164 ?? null, phoneExtension: read?.extension ?? null }
}

/** Case is all that two writings of one address may differ in; a +tag may be another mailbox, and is kept. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

/** Tags are the same whatever their case and spacing, so that one is not counted as two. */
export function labels(tags: string[]): string[] {
  return [...new Set(tags.map(tag => tag.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()))]
}
