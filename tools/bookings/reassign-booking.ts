import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { rescheduleBooking } from '../../src/domain/bookings/move.ts'
import { BookingRow, bookingId, givenBooking, overrideField, rowOf } from './shapes.ts'

export default defineTool({
  name: 'reassign_booking',
  title: 'Change who performs a booking',
  description:
    'Changes who performs a booking and leaves its time, length and price. The other person must perform the service ' +
    'and be free then, or it stays as it was; notice and booking window were met already. explain_unavailability tells ' +
    'why somebody cannot. For another time too, reschedule_booking.',
  keywords: [
    'change therapist',
    'swap stylist',
    'colleague takes over',
    'hand over',
    'different person',
    'called in sick',
    'substitute',
    'cover for',
  ],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/bookings/{booking_id}/reassign',
  input: z.strictObject({
    ...bookingId,
    staff_id: Id('staff').describe('Who takes it over.'),
    ...overrideField,
  }),
  data: BookingRow,
  refusals: ['not_found', 'invalid_transition', 'outside_hours', 'slot_conflict'],
  example: {
    given: {
      ...givenBooking,
      jan: { tool: 'create_staff', input: { name: 'Jan', location_ids: ['$location.id'] } },
      his: {
        tool: 'set_staff_services',
        input: { staff_id: '$jan.id', services: [{ service_id: '$service.id' }] },
      },
    },
    input: { booking_id: '$booking.id', staff_id: '$jan.id' },
  },
  async run(context, { booking_id, staff_id: staffId, overrides }) {
    return rowOf(context, await rescheduleBooking(context, booking_id, { staffId, overrides }))
  },
})
