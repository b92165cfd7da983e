import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { createDraft } from '../../src/domain/invoices/draft.ts'
import { sourceOfVisit } from '../../src/domain/invoices/of-booking.ts'
import { composition, givenCustomer, InvoiceBrief, Key, shownAfter } from './shapes.ts'

export default defineTool({
  name: 'create_invoice',
  title: 'Draft an invoice',
  description:
    'Makes a draft: no number, nothing owed until finalize_invoice. Where the settings say so, ' +
    'a completed booking makes its own.',
  keywords: ['bill a customer', 'charge for', 'new bill', 'write an invoice'],
  domain: 'invoices',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/invoices',
  input: z.strictObject({
    customer_id: Id('customer'),
    booking_id: Id('booking').optional().describe('Its visit.'),
    ...composition,
    due_days: z.int().min(0).max(365).optional().describe("Default: the settings'."),
    memo: Text(2000).optional().describe('For the customer.'),
    legal_entity: Key().optional().describe('Issuer.'),
    series: Key().optional().describe('Of numbers.'),
  }),
  data: InvoiceBrief,
  refusals: ['not_found', 'currency_mismatch', 'invalid_transition'],
  example: {
    given: givenCustomer,
    input: {
      customer_id: '$customer.id',
      lines: [{ description: 'Haircut', unit_price: { amount: 3500, currency: 'EUR' }, tax_percent: 21 }],
    },
  },
  async run(context, { booking_id, ...asked }) {
    const source = booking_id && (await sourceOfVisit(context, { ...asked, booking_id }))
    return shownAfter(context, await createDraft(context, { ...asked, ...(source && { source }) }))
  },
})
