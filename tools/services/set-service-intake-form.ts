import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { fieldTypes, setIntakeForm } from '../../src/domain/business/intake-forms.ts'
import { FormFields } from './shapes.ts'

export default defineTool({
  name: 'set_service_intake_form',
  title: 'Set the intake form',
  description:
    'Replaces the questions that customers answer for a booking of a service; an empty list asks nothing. A change ' +
    'makes a new version, the same form again does not. Bookings that are answered keep the version they were answered ' +
    'by; all others get this one. Answers: submit_intake_form.',
  keywords: [
    'questionnaire',
    'ask customers before',
    'health form',
    'consultation form',
    'questions before the visit',
    'required question',
    'waiver',
  ],
  domain: 'services',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/services/{service_id}/intake-form',
  input: z.strictObject({
    service_id: Id('service'),
    fields: z
      .array(
        z.strictObject({
          key: z
            .string()
            .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Expected a key, as in allergies.')
            .describe('Names the answer; keep it when you reword.'),
          label: Text(200).describe('As the customer reads it.'),
          type: z.enum(fieldTypes),
          required: z.boolean().default(false),
          options: z.array(Text(100)).min(2).max(50).optional().describe('Of choice and multi_choice.'),
          help: Text(500).optional(),
        }),
      )
      .max(40)
      .describe('All questions, in order.'),
  }),
  data: z.object({ service_id: Id('service'), form_version: z.int(), fields: FormFields }),
  refusals: ['not_found'],
  example: {
    given: {
      facial: {
        tool: 'create_service',
        input: { name: 'Facial', duration_minutes: 60, price: { amount: 6000, currency: 'EUR' } },
      },
    },
    input: {
      service_id: '$facial.id',
      fields: [
        { key: 'allergies', label: 'Do you have any allergies?', type: 'long_text', required: true },
        { key: 'skin', label: 'Your skin', type: 'choice', options: ['Dry', 'Oily', 'I do not know'] },
      ],
    },
  },
  run: setIntakeForm,
})
