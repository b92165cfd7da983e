import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, Text } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { recordConsent } from '../../src/domain/messaging/consent.ts'
import { givenShop } from '../bookings/shapes.ts'
import { ConsentEvent } from './shapes.ts'

const { channel, purpose, state } = ConsentEvent.shape

export default defineTool({
  name: 'record_customer_consent',
  title: 'Record consent given or withdrawn',
  description:
    'Writes down what a customer said about being messaged, and where; it is never changed, and their last word counts. ' +
    'Only what they said themselves: a yes lifts what they or the team had put in its way before, but no bounce and no ' +
    'complaint.',
  keywords: [
    'opt in',
    'opt out',
    'unsubscribe',
    'agreed to get emails',
    'ticked the box',
    'no more offers',
    'told us to stop marketing',
  ],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/customers/{customer_id}/consent',
  input: z.strictObject({
    customer_id: Id('customer'),
    channel,
    purpose: purpose.describe('transactional: about what they did. marketing: all else.'),
    state,
    source: Text(200).describe('Where they said it, as in booking form or by phone.'),
    wording_version: Text(60).optional().describe('Of the text that they agreed to.'),
    at: Instant().optional().describe('When they said it; default: now.'),
  }),
  data: ConsentEvent,
  refusals: ['not_found'],
  example: {
    given: { customer: givenShop.customer },
    input: {
      customer_id: '$customer.id',
      channel: 'sms',
      purpose: 'marketing',
      state: 'granted',
      source: 'Form at the desk',
      wording_version: '2026-03',
    },
  },
  async run(context, { customer_id: customerId, wording_version: wordingVersion, ...said }) {
    return wire(await recordConsent(context, { customerId, wordingVersion, ...said }))
  },
})
