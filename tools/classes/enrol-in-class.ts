import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { priceOf } from '../../src/domain/business/prices.ts'
import { freeUntil } from '../../src/domain/classes/cancel-enrolment.ts'
import { enrol } from '../../src/domain/classes/enrol.ts'
import { givenClass, PartySize, Price, sessionId } from './shapes.ts'

export default defineTool({
  name: 'enrol_in_class',
  title: 'Enrol in a class',
  description:
    'Takes a place in a class for a customer, paid with a package or pass where they have one for it. Where there are too ' +
    'few places left, the whole party waits instead (outcome waitlisted), in the order of asking. Who waits goes first.',
  keywords: ['join a class', 'book a spot', 'sign up for yoga', 'put her in the class', 'add to the class'],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/class-sessions/{session_id}/enrolments',
  input: z.strictObject({
    ...sessionId,
    customer_id: Id('customer'),
    party_size: PartySize(),
    pay_with: z
      .enum(['entitlement', 'later'])
      .optional()
      .describe('Default: a package or pass where there is one, else later.'),
  }),
  data: z.object({
    outcome: z.enum(['enrolled', 'waitlisted']),
    enrolment_id: Id('enrolment').nullable(),
    paid_with: z.string().nullable(),
    price: Price.nullable().describe('What no credit covers.'),
    free_until: Instant().nullable().describe('Cancels for nothing until then.'),
    entry_id: Id('waitlist').nullable(),
    position: z.int().nullable().describe('In the waitlist.'),
  }),
  refusals: [
    'not_found',
    'invalid_transition',
    'already_enrolled',
    'customer_blocked',
    'customer_overlap',
    'no_entitlement',
    'quota_exceeded',
  ],
  example: {
    given: givenClass,
    input: { session_id: '$class.sessions.0.id', customer_id: '$customer.id' },
  },
  async run(
    context,
    { session_id: sessionId, customer_id: customerId, party_size: partySize, pay_with: payWith },
  ) {
    const { enrolment, entry } = await enrol(context, { sessionId, customerId, partySize, payWith })
    return {
      outcome: enrolment ? ('enrolled' as const) : ('waitlisted' as const),
      enrolment_id: enrolment?.id ?? null,
      paid_with: enrolment?.paidWith ?? null,
      price: enrolment && priceOf(context, enrolment.priceAmount),
      free_until: enrolment && freeUntil(enrolment),
      entry_id: entry?.id ?? null,
      position: entry?.position ?? null,
    }
  },
})
