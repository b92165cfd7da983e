import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { invoiceVersion } from '../../src/domain/invoices/read.ts'
import { scheduleReminders } from '../../src/domain/messaging/invoice-reminders.ts'
import { givenOpen, invoiceId, Reminder, reminderOf } from './shapes.ts'

export default defineTool({
  name: 'schedule_invoice_reminders',
  title: 'Schedule reminders of an invoice',
  description:
    'Says in full on which days the customer is reminded of an open invoice, counted from its due date: -3 is three days ' +
    'before, 7 a week after. Each is drafted once, at nine in the morning of the business, and waits for approval like ' +
    'all that is sent, unless a policy lets its template through. None is written once it is paid, void or given up. An ' +
    'empty list takes back those to come. For all invoices: upsert_automation with invoice_overdue.',
  keywords: ['dunning', 'payment reminder', 'chase an unpaid bill', 'remind them to pay', 'overdue notice'],
  domain: 'invoices',
  effect: 'write',
  role: 'member',
  gate: 'approve',
  route: 'PUT /v1/invoices/{invoice_id}/reminders',
  input: z.strictObject({
    ...invoiceId,
    days: z.array(z.int().min(-90).max(365)).max(10).describe('From the due date; before it negative.'),
  }),
  data: z.array(Reminder),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { invoice_id }) => ({
      [invoice_id]: await invoiceVersion(context, invoice_id),
    }),
  },
  example: { given: givenOpen, input: { invoice_id: '$invoice.id', days: [-3, 1, 7] } },
  run: async (context, { invoice_id, days }) =>
    (await scheduleReminders(context, invoice_id, days)).map(reminderOf),
})
