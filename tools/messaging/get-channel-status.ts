import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { channelStatuses } from '../../src/domain/messaging/channels.ts'
import { Channel } from './shapes.ts'

export default defineTool({
  name: 'get_channel_status',
  title: 'Which channels are ready',
  description:
    'Email, SMS and WhatsApp: who carries each here, whether it is ready, and what a person has to set where it is ' +
    'not. In a sandbox every channel is ready and reaches nobody.',
  keywords: ['smtp', 'twilio', 'whatsapp connected', 'can we send texts', 'mail setup', 'provider'],
  domain: 'messaging',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/channels',
  input: z.strictObject({}),
  data: z.array(
    z.object({
      channel: Channel,
      carrier: z.string().nullable().describe('sandbox and mailbox show messages to developers alone.'),
      ready: z.boolean(),
      to_do: z.string().nullable(),
    }),
  ),
  example: { input: {} },
  run: async context => channelStatuses(context),
})
