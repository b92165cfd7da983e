import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Version } from '../../src/catalog/kinds.ts'
import { updateResource } from '../../src/domain/business/resources.ts'
import { givenResource, Name, Resource, Units } from './shapes.ts'

export default defineTool({
  name: 'update_resource',
  title: 'Change a room or equipment',
  description:
    'Changes what you name: its name, or how many units it has; can bring an archived one back. More units can be booked ' +
    'at once. Fewer is refused, naming the bookings, while more than that are booked at the same time; nobody is moved ' +
    'to another time.',
  keywords: ['rename room', 'one more chair', 'broken machine', 'fewer units', 'bring room back', 'capacity'],
  domain: 'services',
  effect: 'write',
  role: 'member',
  route: 'PATCH /v1/resources/{resource_id}',
  input: z.strictObject({
    resource_id: Id('resource').describe('From list_resources.'),
    version: Version(),
    name: Name().optional(),
    units: Units().optional(),
    status: z.literal('active').optional().describe('Brings an archived one back.'),
  }),
  data: Resource,
  refusals: ['not_found', 'stale_version', 'invalid_transition'],
  example: { given: givenResource, input: { resource_id: '$resource.id', version: 1, units: 2 } },
  run: updateResource,
})
