import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { setVariants } from '../../src/domain/business/options.ts'
import { Duration, givenService, Name, Price, Variant } from './shapes.ts'

export default defineTool({
  name: 'set_service_variants',
  title: 'Set the variants of a service',
  description:
    'Replaces the variants that a service comes in (short hair, long hair; 30, 60, 90 minutes). A booking may name one: ' +
    "its duration and price then hold whoever does it; without one, the service's own. Who keeps the name keeps the id. " +
    'What you leave out is no longer offered; bookings made with it keep it.',
  keywords: [
    'long hair',
    'short hair',
    'sizes',
    'lengths',
    'options',
    '30 60 90 minutes',
    'junior senior price',
    'kinds',
  ],
  domain: 'services',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/services/{service_id}/variants',
  input: z.strictObject({
    service_id: Id('service'),
    variants: z
      .array(
        z.strictObject({
          name: Name(),
          duration_minutes: Duration().nullable().default(null).describe("null: the service's."),
          price: Price(),
        }),
      )
      .max(30)
      .describe('All of them, in the order of the menu.'),
  }),
  data: z.object({ service_id: Id('service'), version: z.int(), variants: z.array(Variant) }),
  refusals: ['not_found', 'currency_mismatch'],
  example: {
    given: givenService,
    input: {
      service_id: '$service.id',
      variants: [
        { name: 'Short hair', duration_minutes: 90, price: { amount: 7000, currency: 'EUR' } },
        { name: 'Long hair', price: { amount: 9500, currency: 'EUR' } },
      ],
    },
  },
  run: setVariants,
})
