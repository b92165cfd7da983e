/** What the example of paying with a gift card needs: a card that is paid, and a booking that waits for its deposit. */

import { exampleBooking, givenSlot } from '../bookings/shapes.ts'

const { slot, ...givenShop } = givenSlot

export const givenBill = {
  given: {
    ...givenShop,
    policy: {
      tool: 'set_service_booking_policy',
      input: { service_id: '$service.id', deposit: { amount: 1000, currency: 'EUR' } },
    },
    slot,
    booking: { tool: 'create_booking', input: exampleBooking },
    card: {
      tool: 'issue_gift_card',
      input: { customer_id: '$customer.id', value: { amount: 5000, currency: 'EUR' } },
    },
    paid: {
      tool: 'record_manual_payment',
      input: { gift_card_id: '$card.id', tender: 'cash', amount: { amount: 5000, currency: 'EUR' } },
    },
  },
  input: { gift_card_id: '$card.id', booking_id: '$booking.id' },
}
