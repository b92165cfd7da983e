import { z } from 'zod'
import { customerLimits } from '../../src/access/settings.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money } from '../../src/catalog/kinds.ts'
import { setBookingPolicy } from '../../src/domain/business/booking-policy.ts'
import { serviceVersion } from '../../src/domain/business/services.ts'

const Minutes = (least: number, most: number) => z.int().min(least).max(most)
const YEAR = 366 * 24 * 60
const Asked = () => Money().optional()

export default defineTool({
  name: 'set_service_booking_policy',
  title: 'Set the rules of booking',
  description:
    'Replaces the rules by which one service is booked; what you leave out has its default. They hold for bookings made ' +
    'from now on. Staff may override notice and window in a booking, which the audit records.',
  keywords: [
    'notice period',
    'how far ahead',
    'cancellation policy',
    'manual approval of bookings',
    'last minute',
    'in advance',
    'at least hours ahead',
    'confirm by hand',
    'free cancellation until',
    'deposit',
    'late cancellation fee',
    'no-show fee',
    'how often a client may book',
    'members only',
  ],
  domain: 'services',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/services/{service_id}/booking-policy',
  input: z.strictObject({
    service_id: Id('service'),
    slot_interval_minutes: Minutes(1, 1440)
      .nullable()
      .default(null)
      .describe('Between offered starts; null: the duration.'),
    notice_minutes: Minutes(0, YEAR).default(0).describe('Least time from now to the start.'),
    window_days: z.int().min(0).max(730).default(60).describe('Last bookable date: today plus these.'),
    requires_confirmation: z
      .boolean()
      .default(false)
      .describe('Each booking waits for a yes of the business.'),
    answer_within_minutes: Minutes(1, YEAR)
      .nullable()
      .default(null)
      .describe('For that yes; null: until the start.'),
    cancel_cutoff_minutes: Minutes(0, YEAR)
      .default(1440)
      .describe('Cancelling is free until this long before.'),
    hold_minutes: Minutes(1, 1440).default(10).describe('For who is booking, and to pay a deposit.'),
    customer_limits: customerLimits.optional().describe('Of one customer. Left out: none.'),
    requires_entitlement: z.boolean().default(false).describe('Only with a package or pass.'),
    deposit: Asked().describe('Ahead, unless a package pays; at most the price.'),
    late_cancel_fee: Asked().describe('The deposit pays it first.'),
    no_show_fee: Asked().describe('Likewise.'),
  }),
  data: z
    .looseObject({ service_id: Id('service'), version: z.int() })
    .describe('With the whole policy, as get_service shows it.'),
  refusals: ['not_found', 'currency_mismatch'],
  review: {
    versions: async (context, { service_id }) => ({
      [service_id]: await serviceVersion(context, service_id),
    }),
  },
  example: {
    given: {
      cut: {
        tool: 'create_service',
        input: { name: 'Haircut', duration_minutes: 45, price: { amount: 3500, currency: 'EUR' } },
      },
    },
    input: { service_id: '$cut.id', slot_interval_minutes: 15, notice_minutes: 120, window_days: 90 },
  },
  run: async (context, input) => ({ ...(await setBookingPolicy(context, input)) }),
})
