import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { createResource } from '../../src/domain/business/resources.ts'
import { givenResource, Name, Resource, Units } from './shapes.ts'

export default defineTool({
  name: 'create_resource',
  title: 'Add a room or equipment',
  description:
    'A room, or a pool of several alike (3 chairs, 8 bikes), at a location. Nothing needs it yet: ' +
    'set_service_resources says which services do, and from then on they are booked only while it is free.',
  keywords: [
    'new room',
    'add chair',
    'treatment room',
    'machine',
    'cabin',
    'court',
    'table',
    'pool of equipment',
  ],
  domain: 'services',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/resources',
  input: z.strictObject({
    location_id: Id('location').describe('Where it stands.'),
    name: Name(),
    units: Units().default(1),
  }),
  data: Resource,
  refusals: ['not_found'],
  example: {
    given: { location: givenResource.location },
    input: { location_id: '$location.id', name: 'Chair', units: 3 },
  },
  run: createResource,
})
