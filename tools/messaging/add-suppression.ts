import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { addSuppression } from '../../src/domain/messaging/suppressions.ts'
import { Channel, Suppression } from './shapes.ts'

export default defineTool({
  name: 'add_suppression',
  title: 'Put on the do-not-contact list',
  description:
    'Puts an address on the list that gets no messages, or no marketing. Nothing takes it off but a new consent of the ' +
    'customer: record_customer_consent.',
  keywords: ['block an address', 'never email again', 'stop emailing', 'number that wants nothing'],
  domain: 'messaging',
  effect: 'write',
  role: 'admin',
  route: 'POST /v1/suppressions',
  input: z.strictObject({
    channel: Channel,
    address: Text(254).describe('An email address, or a phone number in any format.'),
    scope: z.enum(['all', 'marketing']).default('all').describe('What it gets no more of.'),
  }),
  data: Suppression,
  example: { input: { channel: 'email', address: 'lucia@example.com', scope: 'marketing' } },
  run: async (context, input) => wire(await addSuppression(context, input)),
})
