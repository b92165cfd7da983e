import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { accrueByHand } from '../../src/domain/loyalty/by-hand.ts'
import { AccrualShape, accrualOf, givenMember, Lines, linesFrom } from './shapes.ts'

export default defineTool({
  name: 'accrue_loyalty_points',
  title: 'Have a purchase earn points',
  description:
    'For a completed booking, an attended class or a receipt that is kept elsewhere: once each, whoever was first, so asking ' +
    'again shows what it earned. Bookings, classes and paid invoices do this by themselves; by hand it is for what was paid ' +
    'in cash, or outside. For goodwill, adjust_loyalty_points.',
  keywords: [
    'give points for a purchase',
    'earn points',
    'paid cash',
    'forgot to scan the card',
    'credit points',
  ],
  domain: 'loyalty',
  effect: 'write',
  role: 'admin',
  key: true,
  route: 'POST /v1/loyalty/accruals',
  input: z.strictObject({
    booking_id: Id('booking').optional(),
    enrolment_id: Id('enrolment').optional(),
    receipt: Text(80).optional().describe('Its number, or of an order kept elsewhere.'),
    customer_id: Id('customer').optional().describe('Of a receipt.'),
    location_id: Id('location').optional().describe('Of a receipt.'),
    lines: Lines().default([]).describe('Of a receipt.'),
    paid: z.boolean().default(true).describe('Else pending.'),
  }),
  data: AccrualShape,
  refusals: ['not_found', 'invalid_transition', 'currency_mismatch'],
  example: {
    given: givenMember,
    input: {
      receipt: 'A-1042',
      customer_id: '$customer.id',
      lines: [{ net: { amount: 4550, currency: 'EUR' } }],
    },
  },
  async run(context, { customer_id: customerId, location_id: locationId, lines, ...asked }) {
    const purchase = { ...asked, customerId, locationId, lines: linesFrom(context, lines) }
    return accrualOf(context, await accrueByHand(context, purchase))
  },
})
