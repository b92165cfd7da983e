import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { bookHold } from '../../src/domain/bookings/create.ts'
import { BookingRow, givenSlot, noteField, payField, paymentFields, paymentOf, rowOf } from './shapes.ts'

export default defineTool({
  name: 'book_slot_hold',
  title: 'Book a held slot',
  description:
    'Turns a hold into the customer’s booking; it keeps its id, its place and its price. Before lapses_at: at that very ' +
    'instant the hold is gone (hold_expired).',
  keywords: ['confirm hold', 'convert hold', 'finish booking', 'use reservation', 'take the held time'],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  route: 'POST /v1/slot-holds/{hold_id}/book',
  input: z.strictObject({
    hold_id: Id('booking').describe('From create_slot_hold.'),
    customer_id: Id('customer').describe('From search_customers or create_customer.'),
    ...payField,
    ...noteField,
  }),
  data: BookingRow.extend(paymentFields),
  refusals: [
    'not_found',
    'hold_expired',
    'customer_blocked',
    'cooldown',
    'on_hand_limit',
    'period_limit',
    'customer_overlap',
    'no_entitlement',
  ],
  example: {
    given: {
      ...givenSlot,
      hold: {
        tool: 'create_slot_hold',
        input: { service_id: '$service.id', location_id: '$location.id', start: '$slot.slots.0.start' },
      },
    },
    input: { hold_id: '$hold.id', customer_id: '$customer.id' },
  },
  async run(context, { hold_id, customer_id: customerId, note, pay_with: payWith }) {
    const booking = await bookHold(context, hold_id, { customerId, note, payWith })
    return { ...(await rowOf(context, booking)), ...(await paymentOf(context, booking)) }
  },
})
