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

export default defineTool({
  name: 'draft_message',
  title: 'Write a message',
  description:
    'Writes a message to a customer, from a template or in your own words, and says what would become of it. It sends ' +
    'nothing: send_message does, once a person agrees. A booking fills in the variables that are about it.',
  keywords: ['compose', 'sms', 'whatsapp', 'let the customer know', 'write to a client', 'word a message'],
  domain: 'messaging',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/messages',
  input: z.strictObject({
    customer_id: Id('customer'),
    booking_id: Id('booking').optional().describe('What it is about.'),
    channel: Channel.optional().describe('Default: email, else SMS.'),
    language: Language().optional().describe("Default: the customer's."),
    template_key: TemplateKey().optional().describe('Or body.'),
    variables: Values.optional().describe('Beside those known. Money: { amount, currency }.'),
    subject: Subject().optional().describe('With body, for email.'),
    body: Body().optional().describe('Your own words, plain.'),
    purpose: Purpose.optional().describe('With body. marketing: all that is not about what they did.'),
  }),
  data: MessageRow.omit({ send_at: true, reason: true, created_at: true, version: true }).extend({
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
    { customer_id: customerId, booking_id: bookingId, template_key: templateKey, ...asked },
  ) {
    const drafted = await draftMessage(context, { customerId, bookingId, templateKey, ...asked })
    return { ...rowOf(drafted), outlook: drafted.outlook }
  },
})
