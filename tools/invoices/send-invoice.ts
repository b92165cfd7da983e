import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { sendInvoice, versionsBehindInvoice } from '../../src/domain/messaging/send-invoice.ts'
import { Body, Channel, MessageRow, rowOf as messageOf, Subject } from '../messaging/shapes.ts'
import { givenOpen, invoiceId } from './shapes.ts'

export default defineTool({
  name: 'send_invoice',
  title: 'Send an invoice',
  description:
    'Asks for a finalised invoice to be sent to its customer: a link to its page, where it can be paid, and by email the ' +
    'PDF. A person sees the message as the customer will and may edit it. The answer then is needs_approval: do not ask ' +
    'again, look with get_approval. A paid one goes out as a receipt. Later reminders: schedule_invoice_reminders.',
  keywords: ['email the bill', 'send a receipt', 'mail an invoice', 'send the pdf', 'bill the customer'],
  domain: 'invoices',
  effect: 'write',
  openWorld: true,
  role: 'member',
  gate: 'approve',
  declares: ['recipients', 'template'],
  key: true,
  route: 'POST /v1/invoices/{invoice_id}/send',
  input: z.strictObject({
    ...invoiceId,
    channel: Channel.optional().describe('Default: email, else SMS.'),
    subject: Subject().optional().describe("In place of the template's."),
    text: Body().optional().describe("In place of the template's; keep its link."),
  }),
  data: MessageRow.omit({ booking_id: true }).extend({
    attachments: z.array(z.object({ name: z.string(), url: z.string() })),
  }),
  refusals: [
    'not_found',
    'invalid_transition',
    'suppressed',
    'consent_missing',
    'outside_service_window',
    'provider_error',
  ],
  review: {
    versions: (context, { invoice_id }) => versionsBehindInvoice(context, invoice_id),
    editable: ['subject', 'text'],
  },
  example: { given: givenOpen, input: { invoice_id: '$invoice.id' } },
  async run(context, { invoice_id: invoiceId, ...asked }) {
    const { message, attachments } = await sendInvoice(context, { invoiceId, ...asked })
    return { ...messageOf(message), attachments }
  },
})
