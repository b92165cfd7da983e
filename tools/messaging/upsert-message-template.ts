import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { templateVersion, upsertTemplate } from '../../src/domain/messaging/templates.ts'
import { Body, Channel, Language, Line, Purpose, TemplateKey, Variable } from './shapes.ts'

export default defineTool({
  name: 'upsert_message_template',
  title: 'Write a message template',
  description:
    'Sets the text of a template for one channel and language. Placeholders are {{name}}; customer_name, ' +
    'business_name, service_name, staff_name, location_name, date, time and price are known, others are declared in ' +
    'variables. Another text is another version, which no policy made for an earlier one lets through.',
  keywords: [
    'change wording',
    'edit the confirmation text',
    'reword',
    'standard text',
    'what our emails should say',
  ],
  domain: 'messaging',
  effect: 'write',
  role: 'admin',
  route: 'PUT /v1/message-templates',
  input: z.strictObject({
    key: TemplateKey().describe('As in booking_confirmation, or one of your own.'),
    channel: Channel,
    language: Language().describe('As in es or pt-BR.'),
    purpose: Purpose.describe('marketing: all that is not about what the customer did; takes their consent.'),
    subject: Line(200).optional().describe('Of an email alone.'),
    body: Body().describe('Plain text.'),
    variables: z.array(Variable).max(30).default([]).describe('Beside the known ones.'),
  }),
  data: z.object({
    key: z.string(),
    channel: Channel,
    language: z.string(),
    version: z.int(),
    purpose: Purpose,
    subject: z.string().nullable(),
    body: z.string(),
    variables: z.array(Variable),
    source: z.enum(['house', 'workspace']).describe('house: the standard words, now and as they become.'),
    provider_state: z.enum(['not_needed', 'draft', 'submitted', 'approved', 'rejected']),
    created_at: Instant().nullable(),
  }),
  refusals: ['quota_exceeded'],
  review: {
    versions: async (context, input) => ({ [input.key]: await templateVersion(context, input) }),
  },
  example: {
    input: {
      key: 'booking_confirmation',
      channel: 'sms',
      language: 'es',
      purpose: 'transactional',
      body: '{{business_name}}: {{customer_name}}, tu cita es el {{date}} a las {{time}}. Sala {{room}}.',
      variables: [{ name: 'room', type: 'text' }],
    },
  },
  run: async (context, input) => wire(await upsertTemplate(context, input)),
})
