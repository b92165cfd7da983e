import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money } from '../../src/catalog/kinds.ts'
import { setSkills } from '../../src/domain/business/skills.ts'
import { Staff } from './shapes.ts'

export default defineTool({
  name: 'set_staff_services',
  title: 'Say what a person performs',
  description:
    'Replaces the list of services a person performs, each with a time or a price of their own where they differ from ' +
    'the service. What is not in the list they can no longer be booked for; bookings made already stay.',
  keywords: [
    'skills',
    'assign treatment',
    'who can do',
    'senior price',
    'qualified for',
    'own duration',
    'can perform',
    'also does',
    'charges more',
  ],
  domain: 'team',
  effect: 'write',
  role: 'admin',
  route: 'PUT /v1/staff/{staff_id}/services',
  input: z.strictObject({
    staff_id: Id('staff'),
    services: z
      .array(
        z.strictObject({
          service_id: Id('service'),
          duration_minutes: z.int().min(1).max(1440).optional(),
          price: Money().optional(),
        }),
      )
      .max(500)
      .refine(
        all => new Set(all.map(({ service_id }) => service_id)).size === all.length,
        'Names a service twice.',
      )
      .describe('All of them; without a time or price, as the service says.'),
  }),
  data: Staff,
  refusals: ['not_found', 'currency_mismatch'],
  example: {
    given: {
      person: { tool: 'create_staff', input: { name: 'Lucía' } },
      cut: {
        tool: 'create_service',
        input: { name: 'Haircut', duration_minutes: 45, price: { amount: 3500, currency: 'EUR' } },
      },
    },
    input: { staff_id: '$person.id', services: [{ service_id: '$cut.id', duration_minutes: 60 }] },
  },
  run: setSkills,
})
