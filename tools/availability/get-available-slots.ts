import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { LocalDate, Text } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import { availableSlots } from '../../src/domain/availability/offer.ts'
import { givenShop } from '../bookings/shapes.ts'
import { questionOf, Slots, slotQuestion, slotsShown } from './slots.ts'

export default defineTool({
  name: 'get_available_slots',
  title: 'Free slots',
  description:
    'Bookable starts of a service over a range of dates, with who is free at each. Use it before offering times to a ' +
    'customer; for just the next few, find_next_available_slot. A slot may be gone when it is booked: ' +
    'create_slot_hold keeps it.',
  keywords: ['free times', 'openings', 'when can', 'appointment times', 'calendar gaps', 'available'],
  domain: 'availability',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/slots',
  input: z.strictObject({
    ...slotQuestion,
    from: LocalDate().optional().describe('First date there. Default: today.'),
    to: LocalDate().optional().describe('Last date, included; at most 93 days. Default: a week in all.'),
    limit: z.int().min(1).max(100).default(40).describe('Slots a page.'),
    cursor: Text(64).optional().describe("The last answer's next_cursor."),
  }),
  data: Slots,
  refusals: ['not_found'],
  example: { given: givenShop, input: { service_id: '$service.id', location_id: '$location.id' } },
  async run(context, input) {
    const { from, to, limit, cursor } = input
    const found = await availableSlots(context, {
      ...questionOf(input),
      from: from?.toString(),
      to: to?.toString(),
      limit,
      after: afterOf(cursor),
    })
    const last = found.slots.at(-1)
    return new Page(slotsShown(found), found.more && last ? String(last.start.epochMilliseconds) : undefined)
  },
})

/** Slots have no rows to remember: a page goes on after the start where the last one ended. */
function afterOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new Refusal('invalid_input', "cursor: Take it from the last answer's next_cursor.")
}
