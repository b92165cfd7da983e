/** Shapes that the messaging tools share. */

import { z } from 'zod'
import { Id, Instant, outside, Text } from '../../src/catalog/kinds.ts'
import { LONGEST_SUBJECT } from '../../src/domain/messaging/channels.ts'
import { type MessageView, messageStatuses } from '../../src/domain/messaging/status.ts'
import { channels, purposes, variableTypes } from '../../src/domain/messaging/tables.ts'
import { givenShop } from '../bookings/shapes.ts'
import { fields as customerFields } from '../customers/shapes.ts'

export const Channel = z.enum(channels)
export const Purpose = z.enum(purposes)
export const MessageStatus = z.enum(messageStatuses)
export const Language = () => customerFields.language

export const TemplateKey = () =>
  z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'Expected a key, as in booking_confirmation.')

/** Text on one line: a break would begin another header of an email. */
export const Line = (max: number) => Text(max).refine(text => !/[\r\n]/.test(text), 'Expected one line.')

export const Subject = () => Line(LONGEST_SUBJECT)
export const Body = () => Text(20_000)

export const Variable = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'Expected a name, as in table_number.'),
  type: z.enum(variableTypes),
})

/** By name; each is held to its variable's type where the text is made. */
export const Values = z.record(z.string(), z.unknown())

export const messageId = { message_id: Id('message') }

/** As the recipient will see it, and how far it is. */
export const MessageRow = z.object({
  id: Id('message'),
  status: MessageStatus,
  channel: Channel,
  purpose: Purpose,
  language: z.string(),
  to: z.string(),
  subject: outside(z.string().nullable()),
  text: outside(z.string()),
  customer_id: Id('customer'),
  booking_id: Id('booking').nullable(),
  enrolment_id: Id('enrolment').nullable(),
  waitlist_entry_id: Id('waitlist').nullable(),
  template: z
    .object({ key: z.string(), version: z.int() })
    .nullable()
    .describe('Null: written freely, or edited since.'),
  send_at: Instant().nullable().describe('When it goes or went out; null for a draft.'),
  created_at: Instant(),
  version: z.int(),
  reason: z.string().nullable().describe('Why it waits, failed or is unknown.'),
})

export function rowOf(view: MessageView) {
  const { templateKey: key, templateVersion: version, delivery } = view
  return {
    id: view.id,
    status: view.status,
    channel: view.channel,
    purpose: view.purpose,
    language: view.language,
    to: view.recipient,
    subject: view.subject,
    text: view.body,
    customer_id: view.customerId,
    booking_id: view.bookingId,
    enrolment_id: view.enrolmentId,
    waitlist_entry_id: view.waitlistEntryId,
    template: key !== null && version !== null ? { key, version } : null,
    send_at: delivery?.dueAt ?? null,
    created_at: view.createdAt,
    version: view.version,
    reason: delivery?.reason ?? null,
  }
}

/** A draft to go on with. */
export const givenDraft = {
  customer: givenShop.customer,
  draft: {
    tool: 'draft_message',
    input: {
      customer_id: '$customer.id',
      body: 'Your umbrella is still with us.',
      purpose: 'transactional',
    },
  },
}

export const Suppression = z.object({
  id: Id('suppression'),
  channel: Channel,
  address: z.string().describe('Lower-case email, or E.164.'),
  scope: z.enum(['all', 'marketing']),
  reason: z.enum(['opt_out', 'bounce', 'complaint', 'manual']),
  created_at: Instant(),
  lifted_at: Instant().nullable(),
})
