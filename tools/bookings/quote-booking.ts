import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { placeRefusals } from '../../src/domain/availability/findings.ts'
import { quoteBooking } from '../../src/domain/bookings/quote.ts'
import { priceOf } from '../../src/domain/business/prices.ts'
import {
  Amount,
  creditField,
  exampleBooking,
  givenSlot,
  localFields,
  localTime,
  overrideField,
  payField,
  slotFields,
  startField,
} from './shapes.ts'
import { wishOf } from './wish.ts'

export default defineTool({
  name: 'quote_booking',
  title: 'Quote a booking',
  description:
    'Price and terms of a booking at a start, checked by the same rules as create_booking. Give its quote to ' +
    'create_booking within half an hour and the price is kept, whatever changes. It holds nothing: create_slot_hold does.',
  keywords: ['how much', 'price', 'cost', 'estimate', 'terms'],
  domain: 'bookings',
  effect: 'read',
  role: 'member',
  route: 'POST /v1/bookings/quote',
  input: z.strictObject({
    ...slotFields,
    ...startField,
    ...payField,
    ...overrideField,
    customer_id: Id('customer').optional().describe('To check their rules and packages too.'),
  }),
  data: z.object({
    quote: z.string().describe('For create_booking.'),
    price: z.object({ amount: z.int(), currency: z.string() }),
    staff_id: Id('staff'),
    starts_at: Instant(),
    ends_at: Instant(),
    ...localFields,
    ...creditField,
    deposit: Amount.nullable(),
    free_cancellation_until: Instant(),
    late_cancel_fee: Amount.nullable(),
    no_show_fee: Amount.nullable(),
    needs_confirmation: z.boolean(),
    expires_at: Instant(),
  }),
  refusals: [...placeRefusals],
  example: { given: givenSlot, input: exampleBooking },
  async run(context, input) {
    const quoted = await quoteBooking(context, wishOf(input))
    const { quote, place, priceAmount, freeUntil, expiresAt, fees, credit } = quoted
    const asked = (amount: number | null) => (amount === null ? null : priceOf(context, amount))
    return {
      quote,
      price: { amount: priceAmount, currency: context.workspace.currency },
      staff_id: place.person.staffId,
      starts_at: place.service.start,
      ends_at: place.service.end,
      ...localTime(place.service.start, place.plan.zone),
      credit: credit && { lot_id: credit.lotId, remaining: credit.remaining },
      deposit: asked(fees.depositAmount),
      free_cancellation_until: freeUntil,
      late_cancel_fee: asked(fees.lateCancelFeeAmount),
      no_show_fee: asked(fees.noShowFeeAmount),
      needs_confirmation: place.plan.service.requiresConfirmation,
      expires_at: expiresAt,
    }
  },
})
