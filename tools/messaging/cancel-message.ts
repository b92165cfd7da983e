import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { cancelMessage, cancelVersions } from '../../src/domain/messaging/cancel.ts'
import { givenDraft, MessageRow, messageId, rowOf } from './shapes.ts'

export default defineTool({
  name: 'cancel_message',
  title: 'Take a message back',
  description:
    'Drops a draft, or takes back a message that still waits for its time. One that is being sent or was sent cannot ' +
    'be taken back. Shows a preview first.',
  keywords: [
    'unsend',
    'discard draft',
    'not send it after all',
    'recall',
    'scheduled message',
    'stop a text',
  ],
  domain: 'messaging',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  route: 'POST /v1/messages/{message_id}/cancel',
  input: z.strictObject(messageId),
  data: MessageRow,
  refusals: ['not_found', 'invalid_transition'],
  review: { versions: (context, { message_id }) => cancelVersions(context, message_id) },
  example: { given: givenDraft, input: { message_id: '$draft.id' } },
  async run(context, { message_id }) {
    return rowOf(await cancelMessage(context, message_id))
  },
})
