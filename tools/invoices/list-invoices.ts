import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, pageFields } from '../../src/catalog/kinds.ts'
import { listInvoices } from '../../src/domain/invoices/read.ts'
import { paymentStates } from '../../src/domain/invoices/states.ts'
import { invoiceStatuses } from '../../src/domain/invoices/tables.ts'
import { InvoiceRow, rowOf } from './shapes.ts'

export default defineTool({
  name: 'list_invoices',
  title: 'Invoices',
  description:
    'Invoices, the newest first, with what is due on each. Overdue and the state of payment are worked out at this moment. ' +
    'For lines, payments and credit notes of one, get_invoice.',
  keywords: ['bills', 'unpaid', 'overdue', 'outstanding', 'receivables', 'who owes'],
  domain: 'invoices',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/invoices',
  input: z.strictObject({
    status: z.enum(invoiceStatuses).optional(),
    payment_state: z.enum(paymentStates).optional(),
    overdue: z.boolean().optional().describe('Something should have been paid before today.'),
    customer_id: Id('customer').optional(),
    booking_id: Id('booking').optional(),
    ...pageFields,
  }),
  data: z.array(InvoiceRow),
  example: { input: { overdue: true, limit: 10 } },
  async run(
    context,
    { customer_id: customerId, booking_id: bookingId, payment_state: paymentState, ...filter },
  ) {
    const page = await listInvoices(context, { ...filter, customerId, bookingId, paymentState })
    return new Page(page.rows.map(rowOf), page.nextCursor)
  },
})
