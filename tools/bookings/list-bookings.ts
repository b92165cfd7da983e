import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, Instant, pageFields } from '../../src/catalog/kinds.ts'
import { listBookings } from '../../src/domain/bookings/read.ts'
import { BookingState, BookingSummary, summaryOf } from './shapes.ts'

export default defineTool({
  name: 'list_bookings',
  title: 'Bookings',
  description:
    'Bookings by start, earliest first: of a day, a person, a customer, a service or a state. Give from and until for a ' +
    'day or a week. Holds are listed only with state "hold". For one with its history, get_booking.',
  keywords: [
    'appointments',
    'calendar',
    'agenda',
    'today',
    'upcoming',
    'no-shows',
    'who is coming',
    'tomorrow',
    'visits',
  ],
  domain: 'bookings',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/bookings',
  input: z.strictObject({
    from: Instant().optional().describe('Starting at this or later.'),
    until: Instant().optional().describe('Starting before this.'),
    state: BookingState.optional(),
    customer_id: Id('customer').optional(),
    staff_id: Id('staff').optional(),
    service_id: Id('service').optional(),
    location_id: Id('location').optional(),
    series_id: Id('repeat').optional(),
    ...pageFields,
  }),
  data: z.array(BookingSummary),
  example: { input: { state: 'confirmed', limit: 10 } },
  async run(context, { customer_id, staff_id, service_id, location_id, series_id, ...filter }) {
    const ids = {
      customerId: customer_id,
      staffId: staff_id,
      serviceId: service_id,
      locationId: location_id,
      seriesId: series_id,
    }
    const page = await listBookings(context, { ...filter, ...ids })
    return new Page(
      page.rows.map(view => summaryOf(context, view)),
      page.nextCursor,
    )
  },
})
