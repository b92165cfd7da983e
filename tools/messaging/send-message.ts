import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { sendMessage } from '../../src/domain/messaging/send.ts'
import { versionsBehind } from '../../src/domain/messaging/status.ts'
import { Body, givenDraft, MessageRow, messageId, rowOf, Subject } from './shapes.ts'

export default defineTool({
  name: 'send_message',
  title: 'Send a message',
  description:
    'Asks for a draft to be sent, now or later. A person sees it as the recipient will and may edit it; what they ' +
    'approve goes out once. The answer then is needs_approval: do not ask again, look with get_approval. Marketing ' +
    'waits for the end of quiet hours. Consent is checked again.',
  keywords: ['sms', 'notify a customer', 'reply', 'schedule a message', 'send the draft'],
  domain: 'messaging',
  effect: 'write',
  openWorld: true,
  role: 'member',
  gate: 'approve',
  declares: ['recipients', 'template'],
  key: true,
  route: 'POST /v1/messages/{message_id}/send',
  input: z.strictObject({
    ...messageId,
    subject: Subject().optional().describe('In place of the drafted one.'),
    text: Body().optional().describe('In place of the drafted one.'),
    at: Instant().optional().describe('Default: at once.'),
  }),
  data: MessageRow,
  refusals: [
    'not_found',
    'invalid_transition',
    'suppressed',
    'consent_missing',
    'outside_service_window',
    'provider_error',
  ],
  review: {
    versions: (context, { message_id }) => versionsBehind(context, message_id),
    editable: ['subject', 'text'],
  },
  example: { given: givenDraft, input: { message_id: '$draft.id' } },
  async run(context, { message_id: id, ...release }) {
    return rowOf(await sendMessage(context, { messageId: id, ...release }))
  },
})
