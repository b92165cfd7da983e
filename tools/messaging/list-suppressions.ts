import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { pageFields, Text } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { listSuppressions } from '../../src/domain/messaging/suppressions.ts'
import { Channel, Suppression } from './shapes.ts'

export default defineTool({
  name: 'list_suppressions',
  title: 'The do-not-contact list',
  description:
    'Addresses that get no messages, or no marketing: who opted out, bounced, complained, or was put on the list by ' +
    'hand. Newest first.',
  keywords: ['do not contact list', 'unsubscribed', 'blocklist', 'opted out', 'bounces', 'complaints'],
  domain: 'messaging',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/suppressions',
  input: z.strictObject({
    channel: Channel.optional(),
    address: Text(254).optional().describe('Of this channel: name it too.'),
    include_lifted: z.boolean().default(false).describe('Also those that a new consent or START has lifted.'),
    ...pageFields,
  }),
  data: z.array(Suppression),
  example: { input: { channel: 'sms' } },
  async run(context, { include_lifted: includeLifted, ...filter }) {
    const page = await listSuppressions(context, { includeLifted, ...filter })
    return new Page(page.rows.map(wire), page.nextCursor)
  },
})
