import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { archiveResource, resourceVersion } from '../../src/domain/business/resources.ts'
import { BookingInTheWay } from '../availability/shapes.ts'
import { givenResource, Resource } from './shapes.ts'

export default defineTool({
  name: 'archive_resource',
  title: 'Take a room or equipment out of use',
  description:
    'It can no longer be booked, nor can services that need it and have no other. Bookings that have it keep it and are ' +
    'listed: move or cancel them yourself. update_resource brings it back. Archiving twice is the same as once.',
  keywords: [
    'close room',
    'retire machine',
    'remove chair',
    'renovation',
    'delete resource',
    'sold equipment',
  ],
  domain: 'services',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  route: 'POST /v1/resources/{resource_id}/archive',
  input: z.strictObject({ resource_id: Id('resource').describe('From list_resources.') }),
  data: Resource.extend({ bookings: z.array(BookingInTheWay).describe('To come, at most 200.') }),
  refusals: ['not_found'],
  review: {
    versions: async (context, { resource_id }) => ({
      [resource_id]: await resourceVersion(context, resource_id),
    }),
  },
  example: { given: givenResource, input: { resource_id: '$resource.id' } },
  run: archiveResource,
})
