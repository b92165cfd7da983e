import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { draftMessage } from '../../src/domain/messaging/draft.ts'
import { givenBooking } from '../bookings/shapes.ts'
import {
  Body,
  Channel,
  Language,
  MessageRow,
  Purpose,
  rowOf,
  Subject,
  TemplateKey,
  Values,
} from './shapes.ts'

/** What only the message's own page says. */
const later = { send_at: true, reason: true, created_at: true, version: true } as const

export default defineTool({
  name: 'draft_message',
  title: 'Write a message',
  description:
    'Writes a message to a customer, from a template or in your own words, and says what would become of it. ' +
    'send_message sends it, once a person agrees. The booking or class that it is about fills in what it says.',
  keywords: ['compose', 'sms', 'whatsapp', 'let the customer know', 'write to a client', 'word a message'],
  domain: 'messaging',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/messages',
  input: z.strictObject({
    customer_id: Id('customer'),
    booking_id: Id('booking').optional(),
    enrolment_id: Id('enrolment').optional(),
    channel: Channel.optional().describe('Default: email, else SMS.'),
    language: Language().optional().describe("Default: the customer's."),
    template_key: TemplateKey().optional().describe('Or body.'),
    variables: Values.optional().describe('Beside those known. Money: { amount, currency }.'),
    subject: Subject().optional().describe('With body, for email.'),
    body: Body().optional().describe('Your own words.'),
    purpose: Purpose.optional().describe('With body. marketing: not about what they did.'),
  }),
  data: MessageRow.omit({ enrolment_id: true, waitlist_entry_id: true, ...later }).extend({
    status: z.literal('draft'),
    outlook: z
      .object({
        carrier: z.string().nullable(),
        goes: z.enum(['at_once', 'later', 'not']),
        reason: z.enum(['quiet_hours', 'outside_service_window', 'no_carrier']).nullable(),
        at: Instant().nullable(),
      })
      .describe('If it were sent now.'),
  }),
  refusals: ['not_found', 'suppressed', 'consent_missing'],
  example: {
    given: givenBooking,
    input: {
      customer_id: '$customer.id',
      booking_id: '$booking.id',
      template_key: 'booking_confirmation',
    },
  },
  async run(
    context,
    {
      customer_id: customerId,
      booking_id: bookingId,
      enrolment_id: enrolmentId,
      template_key: templateKey,
      ...asked
    },
  ) {
    const about = { bookingId, enrolmentId }
    const drafted = await draftMessage(context, { customerId, ...about, templateKey, ...asked })
    return { ...rowOf(drafted), status: 'draft' as const, outlook: drafted.outlook }
  },
})
