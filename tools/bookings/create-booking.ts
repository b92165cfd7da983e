import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { placeRefusals } from '../../src/domain/availability/findings.ts'
import { createBooking } from '../../src/domain/bookings/create.ts'
import {
  BookingRow,
  exampleBooking,
  givenSlot,
  noteField,
  overrideField,
  payField,
  paymentFields,
  paymentOf,
  rowOf,
  slotFields,
  startField,
} from './shapes.ts'
import { wishOf } from './wish.ts'

export default defineTool({
  name: 'create_booking',
  title: 'Book',
  description:
    'Books a service at a start. Confirmed, or pending for an answer or its deposit. ' +
    'On slot_conflict offer other times from get_available_slots. For a held slot ' +
    'book_slot_hold.',
  keywords: [
    'appointment',
    'reserve',
    'schedule',
    'make a booking',
    'new appointment',
    'appt',
    'reserve a table',
  ],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/bookings',
  input: z.strictObject({
    customer_id: Id('customer'),
    ...slotFields,
    ...startField,
    quote: Text(2048).optional().describe('From quote_booking: keeps its price.'),
    ...payField,
    ...noteField,
    ...overrideField,
  }),
  data: BookingRow.extend(paymentFields),
  refusals: [...placeRefusals],
  example: { given: givenSlot, input: exampleBooking },
  async run(context, input) {
    const { customer_id: customerId, note, quote } = input
    const booking = await createBooking(context, { ...wishOf(input), customerId, note, quote })
    return { ...(await rowOf(context, booking)), ...(await paymentOf(context, booking)) }
  },
})
