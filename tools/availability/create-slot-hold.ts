import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { holdSlot } from '../../src/domain/bookings/create.ts'
import { BookingRow, givenSlot, rowOf, slotFields, startField } from '../bookings/shapes.ts'
import { wishOf } from '../bookings/wish.ts'

export default defineTool({
  name: 'create_slot_hold',
  title: 'Hold a slot',
  description:
    'Keeps a slot for a few minutes (the service says how many) while the customer decides or pays. Book it with ' +
    'book_slot_hold before lapses_at: at that very instant it is gone. Let it go with release_slot_hold.',
  keywords: [
    'reserve temporarily',
    'keep',
    'block time',
    'pencil in',
    'put on hold',
    'keep a time',
    'for a few minutes',
  ],
  domain: 'availability',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/slot-holds',
  input: z.strictObject({ ...slotFields, ...startField }),
  data: BookingRow,
  refusals: ['not_found', 'outside_hours', 'outside_booking_window', 'min_notice', 'slot_conflict'],
  example: {
    given: givenSlot,
    input: { service_id: '$service.id', location_id: '$location.id', start: '$slot.slots.0.start' },
  },
  run: async (context, input) => rowOf(context, await holdSlot(context, wishOf(input))),
})
