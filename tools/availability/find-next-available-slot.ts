import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { nextAvailable } from '../../src/domain/availability/offer.ts'
import { givenShop } from '../bookings/shapes.ts'
import { questionOf, Slots, slotQuestion, slotsShown } from './slots.ts'

export default defineTool({
  name: 'find_next_available_slot',
  title: 'Next free slots',
  description:
    'The first free starts of a service from a moment on: of anybody, or the first few of each person. Use it for "as ' +
    'soon as possible"; for all times of certain dates, get_available_slots.',
  keywords: ['soonest', 'earliest', 'asap', 'first opening', 'next appointment'],
  domain: 'availability',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/slots/next',
  input: z.strictObject({
    ...slotQuestion,
    from: Instant().optional().describe('Not before this. Default: now.'),
    count: z.int().min(1).max(20).default(3).describe('How many; for each person, if per_person.'),
    per_person: z.boolean().default(false).describe('The first few of each person, instead of anybody’s.'),
  }),
  data: Slots,
  refusals: ['not_found'],
  example: { given: givenShop, input: { service_id: '$service.id', location_id: '$location.id', count: 2 } },
  async run(context, input) {
    const { from, count, per_person: perPerson } = input
    return slotsShown(await nextAvailable(context, { ...questionOf(input), from, count, perPerson }))
  },
})
