import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Instant, pageFields } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { listTemplates } from '../../src/domain/messaging/templates.ts'
import { Channel, Purpose, TemplateKey, Variable } from './shapes.ts'

export default defineTool({
  name: 'list_message_templates',
  title: 'Message templates',
  description:
    'The texts that messages are made from, each with its language, version and the variables that draft_message ' +
    "fills: those of the customer and the booking by itself, the others from you. The house's own hold until the " +
    'workspace has written its own.',
  keywords: [
    'wording of an email',
    'canned texts',
    'standard texts',
    'what does our confirmation say',
    'cancellation email wording',
  ],
  domain: 'messaging',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/message-templates',
  input: z.strictObject({
    key: TemplateKey().optional().describe('As in booking_confirmation.'),
    channel: Channel.optional(),
    ...pageFields,
  }),
  data: z.array(
    z.object({
      key: z.string(),
      channel: Channel,
      language: z.string(),
      version: z.int(),
      purpose: Purpose,
      subject: z.string().nullable(),
      body: z.string(),
      variables: z.array(Variable),
      source: z.enum(['house', 'workspace']),
      provider_state: z
        .enum(['not_needed', 'draft', 'submitted', 'approved', 'rejected'])
        .describe('What WhatsApp says of it.'),
      created_at: Instant().nullable(),
    }),
  ),
  example: { input: { key: 'booking_confirmation' } },
  async run(context, input) {
    const page = await listTemplates(context, input)
    return new Page(page.rows.map(wire), page.nextCursor)
  },
})
