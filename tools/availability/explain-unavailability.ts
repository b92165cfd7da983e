import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { explainStart } from '../../src/domain/availability/offer.ts'
import { givenSlot, localFields, localTime } from '../bookings/shapes.ts'
import { questionOf, slotQuestion } from './slots.ts'

export default defineTool({
  name: 'explain_unavailability',
  title: 'Why not then',
  description:
    'Why a start can or cannot be booked, rule by rule. Use it when a customer insists on a time, or after ' +
    'create_booking refused, with the code of the first rule that fails.',
  keywords: ['why is it not available', 'cannot book', 'blocked', 'reason', 'conflict'],
  domain: 'availability',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/slots/explain',
  input: z.strictObject({
    ...slotQuestion,
    start: Instant().describe('The start in question.'),
    customer_id: Id('customer').optional().describe('To check their rules too.'),
  }),
  data: z.object({
    bookable: z.boolean(),
    code: z.string().nullable().describe('What create_booking would refuse with.'),
    ...localFields,
    rules: z.array(
      z.object({
        rule: z.string(),
        code: z.string(),
        passed: z.boolean(),
        because: z.string(),
        details: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
  refusals: ['not_found'],
  example: {
    given: givenSlot,
    input: { service_id: '$service.id', location_id: '$location.id', start: '$slot.slots.0.start' },
  },
  async run(context, input) {
    const { start, customer_id: customerId } = input
    const { plan, findings } = await explainStart(context, { ...questionOf(input), start, customerId })
    const first = findings.find(({ passed }) => !passed)
    return {
      bookable: !first,
      code: first?.code ?? null,
      ...localTime(start, plan.zone),
      rules: findings,
    }
  },
})
