import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant, secret } from '../../src/catalog/kinds.ts'
import { createSelfServiceLink } from '../../src/domain/bookings/self-service.ts'
import { bookingId, givenBooking } from './shapes.ts'

export default defineTool({
  name: 'create_booking_self_service_link',
  title: 'A link for the customer',
  description:
    'Makes a link with which the customer sees this booking, moves it to another free time or cancels it, without ' +
    'signing in and by the rules of its service. Whoever has it can do so: give it to the customer alone, as in a ' +
    'message. It sends nothing. Shown this once; make another if it is lost.',
  keywords: [
    'manage booking link',
    'reschedule herself',
    'customer portal',
    'cancel online',
    'change it herself',
    'client page',
    'link to cancel',
  ],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/bookings/{booking_id}/self-service-links',
  input: z.strictObject({
    ...bookingId,
    valid_days: z
      .int()
      .min(1)
      .max(400)
      .optional()
      .describe('Real days from now. Default: until a month after the booking.'),
  }),
  data: z.object({
    ...bookingId,
    url: secret(z.string().optional().describe('For the customer. Shown this once.')),
    expires_at: Instant(),
  }),
  refusals: ['not_found', 'invalid_transition'],
  example: { given: givenBooking, input: { booking_id: '$booking.id' } },
  async run(context, { booking_id, valid_days }) {
    const { url, expiresAt } = await createSelfServiceLink(context, booking_id, valid_days)
    return { booking_id, url, expires_at: expiresAt }
  },
})
