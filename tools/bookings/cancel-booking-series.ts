import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, LocalDate } from '../../src/catalog/kinds.ts'
import { cancelBookingSeries, scopes, seriesVersions } from '../../src/domain/bookings/cancel-series.ts'
import { BookingState, bookingId, givenRepeated } from './shapes.ts'

export default defineTool({
  name: 'cancel_booking_series',
  title: 'Cancel bookings of a series',
  description:
    'Cancels bookings that create_recurring_bookings made, starting from one of them: this one, it and the later dates, ' +
    'or all. What has begun is left as it is; each of the others is late or in time by its own start, as with ' +
    'cancel_booking. Shows a preview first.',
  keywords: [
    'stop the weekly appointment',
    'end standing appointment',
    'recurring',
    'all future ones',
    'every later one',
  ],
  domain: 'bookings',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/bookings/{booking_id}/cancel-series',
  input: z.strictObject({
    ...bookingId,
    scope: z.enum(scopes).describe('following: this and those of later dates. all: every one still to come.'),
    by: z.enum(['customer', 'business']).describe('Who cancels.'),
  }),
  data: z.object({
    series_id: Id('repeat'),
    cancelled: z.int().describe('By this call.'),
    bookings: z.array(
      z.object({
        booking_id: Id('booking'),
        series_date: LocalDate().nullable(),
        starts_at: Instant(),
        state: BookingState,
        cancelled_late: z.boolean().nullable(),
        because: z.string().nullable().describe('Why it was left as it is; null: it is cancelled now.'),
      }),
    ),
  }),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: (context, { booking_id, scope }) => seriesVersions(context, booking_id, scope),
  },
  example: {
    given: givenRepeated,
    input: { booking_id: '$series.occurrences.1.booking_id', scope: 'following', by: 'customer' },
  },
  async run(context, { booking_id, ...how }) {
    const { seriesId, outcomes } = await cancelBookingSeries(context, booking_id, how)
    return {
      series_id: seriesId,
      cancelled: outcomes.filter(({ because }) => because === null).length,
      bookings: outcomes.map(({ booking, because }) => ({
        booking_id: booking.id,
        series_date: booking.seriesDate,
        starts_at: booking.startsAt,
        state: booking.state,
        cancelled_late: booking.cancelledLate,
        because,
      })),
    }
  },
})
