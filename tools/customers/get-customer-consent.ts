import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { readConsent } from '../../src/domain/messaging/consent.ts'
import { givenShop } from '../bookings/shapes.ts'
import { ConsentEvent } from './shapes.ts'

export default defineTool({
  name: 'get_customer_consent',
  title: 'What a customer consented to',
  description:
    'For each channel and purpose: what the customer last said, with the proof, what else keeps messages from them, ' +
    'and whether one may go out. Marketing takes a yes; what is about their own bookings goes out until they say no.',
  keywords: [
    'opt-in',
    'gdpr',
    'may we text her',
    'when did they agree to the newsletter',
    'proof of consent',
  ],
  domain: 'customers',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/customers/{customer_id}/consent',
  input: z.strictObject({ customer_id: Id('customer') }),
  data: z.object({
    customer_id: Id('customer'),
    consents: z.array(
      z.object({
        channel: ConsentEvent.shape.channel,
        purpose: ConsentEvent.shape.purpose,
        state: ConsentEvent.shape.state.nullable().describe('Null: they have not said.'),
        proof: ConsentEvent.nullable(),
        suppressed_by: z.array(z.enum(['opt_out', 'bounce', 'complaint', 'manual'])),
        allowed: z.boolean().describe('Whether a message may go out, quiet hours aside.'),
      }),
    ),
  }),
  refusals: ['not_found'],
  example: { given: { customer: givenShop.customer }, input: { customer_id: '$customer.id' } },
  async run(context, { customer_id }) {
    const { customerId, consents } = await readConsent(context, customer_id)
    return {
      customer_id: customerId,
      consents: consents.map(({ proof, suppressions, ...consent }) => ({
        ...consent,
        proof: proof && wire(proof),
        suppressed_by: suppressions.map(({ reason }) => reason),
      })),
    }
  },
})
