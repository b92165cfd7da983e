import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { releaseHold } from '../../src/domain/bookings/transition.ts'
import { BookingRow, givenSlot, rowOf } from '../bookings/shapes.ts'

export default defineTool({
  name: 'release_slot_hold',
  title: 'Let a hold go',
  description:
    'Frees a held slot before its time, so that others can book it. Releasing twice is the same as once.',
  keywords: ['unhold', 'free slot', 'drop reservation', 'abandon', 'unblock', 'let go'],
  domain: 'availability',
  effect: 'write',
  role: 'member',
  route: 'POST /v1/slot-holds/{hold_id}/release',
  input: z.strictObject({ hold_id: Id('booking').describe('From create_slot_hold.') }),
  data: BookingRow,
  refusals: ['not_found', 'invalid_transition'],
  example: {
    given: {
      ...givenSlot,
      hold: {
        tool: 'create_slot_hold',
        input: { service_id: '$service.id', location_id: '$location.id', start: '$slot.slots.0.start' },
      },
    },
    input: { hold_id: '$hold.id' },
  },
  run: async (context, { hold_id }) => rowOf(context, await releaseHold(context, hold_id)),
})
