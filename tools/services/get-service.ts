import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { readService } from '../../src/domain/business/booking-policy.ts'
import { formInForce } from '../../src/domain/business/intake-forms.ts'
import { Addon, FormFields, Needs, Policy, PriceShown, Segments, Service, Variant } from './shapes.ts'

export default defineTool({
  name: 'get_service',
  title: 'One service',
  description:
    'A service whole: time and price, segments, variants, add-ons, the rooms it needs, its rules of booking, its intake ' +
    'form, and who performs it (null: as the service says). Also reads an archived one.',
  keywords: [
    'treatment details',
    'cancellation rules',
    'booking policy',
    'notice period',
    'who does this treatment',
    'cancellation terms',
    'how much notice',
  ],
  domain: 'services',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/services/{service_id}',
  input: z.strictObject({ service_id: Id('service') }),
  data: Service.extend({
    segments: Segments.nullable(),
    variants: z.array(Variant),
    addons: z.array(Addon),
    resources: Needs,
    policy: Policy,
    staff: z.array(
      z.object({
        staff_id: Id('staff'),
        name: z.string(),
        duration_minutes: z.int().nullable(),
        price: PriceShown.nullable(),
      }),
    ),
    intake_form: z.object({ form_version: z.int(), fields: FormFields }).nullable(),
  }),
  refusals: ['not_found'],
  example: {
    given: {
      cut: {
        tool: 'create_service',
        input: { name: 'Haircut', duration_minutes: 45, price: { amount: 3500, currency: 'EUR' } },
      },
    },
    input: { service_id: '$cut.id' },
  },
  async run(context, { service_id }) {
    const service = await readService(context, service_id)
    return { ...service, policy: { ...service.policy }, intake_form: await formInForce(context, service_id) }
  },
})
