import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, pageFields } from '../../src/catalog/kinds.ts'
import { listResources } from '../../src/domain/business/resources.ts'
import { givenResource, Resource } from './shapes.ts'

export default defineTool({
  name: 'list_resources',
  title: 'Rooms and equipment',
  description:
    'Rooms, chairs and machines of the business, and how many units each has. Which of them a service needs: ' +
    'get_service. Whether one is free is part of get_available_slots.',
  keywords: ['rooms', 'equipment', 'chairs', 'tables', 'machines', 'cabins', 'capacity', 'treatment room'],
  domain: 'services',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/resources',
  input: z.strictObject({
    location_id: Id('location').optional(),
    status: z.enum(['active', 'archived']).default('active'),
    ...pageFields,
  }),
  data: z.array(Resource),
  example: { given: givenResource, input: {} },
  run: listResources,
})
