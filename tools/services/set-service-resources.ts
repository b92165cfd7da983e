import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { setServiceNeeds } from '../../src/domain/business/needs.ts'
import { givenResource, givenService, Needs } from './shapes.ts'

export default defineTool({
  name: 'set_service_resources',
  title: 'Set the rooms a service needs',
  description:
    'Replaces what a service needs beside a person: for each need, any one of the resources named, tried in their order. ' +
    'A booking has it from its first minute to its last, gaps and buffers included: the customer keeps the chair. Holds ' +
    'for bookings made from now on; those made already keep what they have. An empty list: it needs nothing.',
  keywords: [
    'requires room',
    'which room',
    'needs equipment',
    'any of these rooms',
    'assign chair',
    'machine for',
  ],
  domain: 'services',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/services/{service_id}/resources',
  input: z.strictObject({
    service_id: Id('service'),
    needs: z
      .array(
        z.strictObject({
          resource_ids: z
            .array(Id('resource'))
            .min(1)
            .max(20)
            .describe('Any one will do. For a service at several locations, name those of each.'),
          quantity: z.int().min(1).max(100).default(1).describe('Units of it.'),
        }),
      )
      .max(5)
      .describe('All of them must be met; a resource stands in one of them.'),
  }),
  data: z.object({ service_id: Id('service'), version: z.int(), resources: Needs }),
  refusals: ['not_found'],
  example: {
    given: { ...givenService, ...givenResource },
    input: { service_id: '$service.id', needs: [{ resource_ids: ['$resource.id'] }] },
  },
  run: setServiceNeeds,
})
