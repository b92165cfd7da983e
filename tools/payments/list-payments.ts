import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, pageFields } from '../../src/catalog/kinds.ts'
import { listPayments } from '../../src/domain/payments/read.ts'
import { givenPaid, PaymentRow, PaymentStateKind, paymentOf } from './shapes.ts'

export default defineTool({
  name: 'list_payments',
  title: 'Payments',
  description:
    'What customers paid, or are paying, newest first; of one customer, invoice, booking or gift card, or of all. ' +
    'needs_attention: money that came too late or twice and became credit. One payment with its attempts: get_payment.',
  keywords: ['who has paid', 'money in', 'takings', 'card payments', 'transactions', 'did it go through'],
  domain: 'payments',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/payments',
  input: z.strictObject({
    customer_id: Id('customer').optional(),
    invoice_id: Id('invoice').optional(),
    booking_id: Id('booking').optional(),
    gift_card_id: Id('giftcard').optional(),
    state: PaymentStateKind().optional(),
    needs_attention: z.boolean().optional().describe('Only those that a person should look at.'),
    ...pageFields,
  }),
  data: z.array(PaymentRow),
  example: { given: givenPaid, input: { limit: 5 } },
  async run(context, { customer_id, invoice_id, booking_id, gift_card_id, needs_attention, ...filter }) {
    const page = await listPayments(context, {
      customerId: customer_id,
      subjectId: invoice_id ?? booking_id ?? gift_card_id,
      needsAttention: needs_attention,
      ...filter,
    })
    return new Page(page.rows.map(paymentOf), page.nextCursor)
  },
})
