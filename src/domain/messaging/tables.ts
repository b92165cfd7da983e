/** Drizzle's view of migrations 0004, 0010, 0017, 0034, 0036 to 0040, 0044 to 0046: messages, what carries them, and who wants none. */

import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytes, instant, tenantKey } from '../../database/columns.ts'

export const channels = ['email', 'sms', 'whatsapp'] as const
export type Channel = (typeof channels)[number]

export const purposes = ['transactional', 'marketing'] as const
/** `transactional`: about something the customer did. `marketing`: all else; it takes their consent. */
export type Purpose = (typeof purposes)[number]

/** What carries a message: the two mailboxes show it to developers, the others reach people. */
export type Provider = 'sandbox' | 'mailbox' | 'smtp' | 'resend' | 'twilio' | 'whatsapp'

export const deliveryStates = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'unknown',
  'cancelled',
] as const
export type DeliveryState = (typeof deliveryStates)[number]

export const variableTypes = ['text', 'name', 'date', 'time', 'money', 'number', 'link'] as const
export interface TemplateVariable {
  name: string
  type: (typeof variableTypes)[number]
}

export const messageTemplates = pgTable(
  'message_templates',
  {
    ...tenantKey(),
    key: text().notNull(),
    channel: text().$type<Channel>().notNull(),
    language: text().notNull(),
    version: integer().notNull(),
    purpose: text().$type<Purpose>().notNull(),
    subject: text(),
    body: text().notNull(),
    variables: jsonb().$type<TemplateVariable[]>().notNull(),
    ofHouse: boolean('of_house').notNull().default(false),
    providerState: text('provider_state')
      .$type<'not_needed' | 'draft' | 'submitted' | 'approved' | 'rejected'>()
      .notNull(),
    createdAt: instant('created_at').notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type MessageTemplate = typeof messageTemplates.$inferSelect

export const messages = pgTable(
  'messages',
  {
    ...tenantKey(),
    state: text().$type<'draft' | 'released' | 'cancelled'>().notNull(),
    customerId: uuid('customer_id').notNull(),
    bookingId: uuid('booking_id'),
    invoiceId: uuid('invoice_id'),
    enrolmentId: uuid('enrolment_id'),
    waitlistEntryId: uuid('waitlist_entry_id'),
    channel: text().$type<Channel>().notNull(),
    purpose: text().$type<Purpose>().notNull(),
    language: text().notNull(),
    recipient: text().notNull(),
    subject: text(),
    body: text().notNull(),
    templateKey: text('template_key'),
    templateVersion: integer('template_version'),
    templateValues: text('template_values').array(),
    ownWords: boolean('own_words').notNull().default(false),
    automationId: uuid('automation_id'),
    version: integer().notNull().default(1),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type Message = typeof messages.$inferSelect

export const messageAttachments = pgTable(
  'message_attachments',
  {
    workspaceId: uuid('workspace_id').notNull(),
    messageId: uuid('message_id').notNull(),
    name: text().notNull(),
    mediaType: text('media_type').notNull(),
    content: bytes().notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.messageId, table.name] })],
)
export type Attachment = Pick<typeof messageAttachments.$inferSelect, 'name' | 'mediaType' | 'content'>
/** What a message is about: one of these, or nothing that has an id. */
export type About = Partial<Pick<Message, 'bookingId' | 'enrolmentId' | 'waitlistEntryId'>>

export const deliveries = pgTable(
  'deliveries',
  {
    ...tenantKey(),
    messageId: uuid('message_id').notNull(),
    channel: text().$type<Channel>().notNull(),
    provider: text().$type<Provider>().notNull(),
    recipient: text().notNull(),
    subject: text(),
    body: text().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    dueAt: instant('due_at').notNull(),
    attempts: integer().notNull().default(0),
    attemptedAt: instant('attempted_at'),
    reason: text(),
    providerRef: text('provider_ref'),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type Delivery = typeof deliveries.$inferSelect

export const inboundMessages = pgTable(
  'inbound_messages',
  {
    ...tenantKey(),
    channel: text().$type<Exclude<Channel, 'email'>>().notNull(),
    provider: text().$type<Provider & ('twilio' | 'whatsapp')>().notNull(),
    providerRef: text('provider_ref').notNull(),
    sender: text().notNull(),
    customerId: uuid('customer_id'),
    body: text().notNull(),
    receivedAt: instant('received_at').notNull(),
    answeredAt: instant('answered_at'),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type InboundMessage = typeof inboundMessages.$inferSelect

export const suppressions = pgTable(
  'suppressions',
  {
    ...tenantKey(),
    channel: text().$type<Channel>().notNull(),
    address: text().notNull(),
    scope: text().$type<'all' | 'marketing'>().notNull(),
    reason: text().$type<'opt_out' | 'bounce' | 'complaint' | 'manual'>().notNull(),
    byReply: boolean('by_reply').notNull().default(false),
    createdAt: instant('created_at').notNull(),
    liftedAt: instant('lifted_at'),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type Suppression = typeof suppressions.$inferSelect

export const consentEvents = pgTable(
  'consent_events',
  {
    ...tenantKey(),
    customerId: uuid('customer_id').notNull(),
    channel: text().$type<Channel>().notNull(),
    purpose: text().$type<Purpose>().notNull(),
    state: text().$type<'granted' | 'withdrawn'>().notNull(),
    source: text().notNull(),
    wordingVersion: text('wording_version'),
    at: instant().notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type ConsentEvent = typeof consentEvents.$inferSelect

export const automationRuns = pgTable(
  'automation_runs',
  {
    workspaceId: uuid('workspace_id').notNull(),
    automationId: uuid('automation_id').notNull(),
    eventId: uuid('event_id').notNull(),
    bookingId: uuid('booking_id'),
    enrolmentId: uuid('enrolment_id'),
    waitlistEntryId: uuid('waitlist_entry_id'),
    invoiceId: uuid('invoice_id'),
    outcome: text().$type<'drafted' | 'skipped'>().notNull(),
    reason: text(),
    messageId: uuid('message_id'),
    at: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.automationId, table.eventId] })],
)

export const bookingReminders = pgTable(
  'booking_reminders',
  {
    workspaceId: uuid('workspace_id').notNull(),
    bookingId: uuid('booking_id').notNull(),
    startsAt: instant('starts_at').notNull(),
    at: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.bookingId, table.startsAt] })],
)

export const classReminders = pgTable(
  'class_reminders',
  {
    workspaceId: uuid('workspace_id').notNull(),
    enrolmentId: uuid('enrolment_id').notNull(),
    startsAt: instant('starts_at').notNull(),
    at: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.enrolmentId, table.startsAt] })],
)

export const slotNotices = pgTable(
  'slot_notices',
  {
    workspaceId: uuid('workspace_id').notNull(),
    waitlistEntryId: uuid('waitlist_entry_id').notNull(),
    startsAt: instant('starts_at').notNull(),
    staffId: uuid('staff_id').notNull(),
    freedBy: uuid('freed_by').notNull(),
    eventId: uuid('event_id').notNull(),
    at: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.waitlistEntryId, table.startsAt] })],
)
