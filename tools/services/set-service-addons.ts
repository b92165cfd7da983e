import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { setAddons } from '../../src/domain/business/options.ts'
import { Addon, givenService, Name, Price } from './shapes.ts'

export default defineTool({
  name: 'set_service_addons',
  title: 'Set the add-ons of a service',
  description:
    'Replaces what can be booked beside a service: each add-on brings its minutes at the end and its price. A booking ' +
    'names any of them. Who keeps the name keeps the id. What you leave out is no longer offered; bookings made with it ' +
    'keep it.',
  keywords: ['extras', 'upsell', 'add a treatment', 'optional extra', 'supplement', 'hot stones', 'on top'],
  domain: 'services',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/services/{service_id}/addons',
  input: z.strictObject({
    service_id: Id('service'),
    addons: z
      .array(
        z.strictObject({
          name: Name(),
          minutes: z.int().min(0).max(480).describe('Added to the duration.'),
          price: Price(),
        }),
      )
      .max(30)
      .describe('All of them, in the order of the menu.'),
  }),
  data: z.object({ service_id: Id('service'), version: z.int(), addons: z.array(Addon) }),
  refusals: ['not_found', 'currency_mismatch'],
  example: {
    given: givenService,
    input: {
      service_id: '$service.id',
      addons: [{ name: 'Hair mask', minutes: 15, price: { amount: 1200, currency: 'EUR' } }],
    },
  },
  run: setAddons,
})
