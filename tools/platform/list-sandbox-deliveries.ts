import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, Instant, outside, pageFields } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { listDeliveries } from '../../src/domain/messaging/deliveries.ts'
import { deliveryStates } from '../../src/domain/messaging/tables.ts'

export default defineTool({
  name: 'list_sandbox_deliveries',
  title: 'What the sandbox sent',
  description:
    'Sandbox only. The messages that would have gone out, newest first, as the recipient would see them. Nothing in a ' +
    'sandbox reaches a real person.',
  keywords: ['test mailbox', 'outbox', 'sent emails', 'captured messages'],
  domain: 'platform',
  effect: 'read',
  role: 'member',
  sandboxOnly: true,
  paged: true,
  route: 'GET /v1/sandbox/deliveries',
  input: z.strictObject(pageFields),
  data: z.array(
    z.object({
      id: Id('delivery'),
      message_id: Id('message'),
      channel: z.string(),
      recipient: z.string(),
      subject: outside(z.string().nullable()),
      body: outside(z.string()),
      attachments: z.array(z.string()).describe('Names of files.'),
      state: z.enum(deliveryStates),
      due_at: Instant(),
      sent_at: Instant().nullable(),
      created_at: Instant(),
    }),
  ),
  example: { input: { limit: 5 } },
  async run(context, input) {
    const page = await listDeliveries(context, input)
    return new Page(page.rows.map(wire), page.nextCursor)
  },
})
