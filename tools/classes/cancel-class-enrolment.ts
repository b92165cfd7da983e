import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { priceOf } from '../../src/domain/business/prices.ts'
import { cancelEnrolment, findEnrolment } from '../../src/domain/classes/cancel-enrolment.ts'
import { ClassEnrolment, enrolmentId, enrolmentShown, givenEnrolment, Price } from './shapes.ts'

export default defineTool({
  name: 'cancel_class_enrolment',
  title: 'Take a customer out of a class',
  description:
    'Frees a customer’s place in a class, for the first who waits and can take it. Until the cut-off of the service (and at ' +
    'exactly it) it is free; later a credit is kept, or a fee owed. Never late for the business. Shows a preview first.',
  keywords: ['drop out', 'cannot come to class', 'remove from class', 'leave the class', 'unenrol'],
  domain: 'classes',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/class-enrolments/{enrolment_id}/cancel',
  input: z.strictObject({
    ...enrolmentId,
    by: z.enum(['customer', 'business']).describe('Who cancels.'),
  }),
  data: ClassEnrolment.extend({
    cancelled_late: z.boolean().nullable(),
    credit: z.enum(['returned', 'kept']).nullable(),
    fee: Price.nullable().describe('Owed, not charged by this.'),
    moved_up: z
      .array(z.object({ entry_id: Id('waitlist'), customer_id: Id('customer'), offered: z.boolean() }))
      .describe('Who got the place, or is offered it.'),
  }),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { enrolment_id }) => ({
      [enrolment_id]: (await findEnrolment(context, enrolment_id)).version,
    }),
  },
  example: {
    given: givenEnrolment,
    input: { enrolment_id: '$enrolled.enrolment_id', by: 'customer' },
  },
  async run(context, { enrolment_id, by }) {
    const { enrolment, movedUp } = await cancelEnrolment(context, enrolment_id, by)
    const { cancelledLate, credit, feeAmount } = enrolment
    return {
      ...enrolmentShown(context, enrolment),
      cancelled_late: cancelledLate,
      credit,
      fee: feeAmount === null ? null : priceOf(context, feeAmount),
      moved_up: movedUp.map(({ waiter, event }) => ({
        entry_id: waiter.id,
        customer_id: waiter.customerId,
        offered: event === 'offer',
      })),
    }
  },
})
