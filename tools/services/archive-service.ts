import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { archiveService, serviceVersion } from '../../src/domain/business/services.ts'
import { ChangedService } from './shapes.ts'

export default defineTool({
  name: 'archive_service',
  title: 'Take a service off the menu',
  description:
    'It can no longer be booked; bookings made already stay, and its history with them. update_service brings it back. ' +
    'Archiving twice is the same as once.',
  keywords: [
    'delete treatment',
    'remove offering',
    'stop offering',
    'discontinue',
    'hide from booking',
    'no longer offer',
    'remove from menu',
  ],
  domain: 'services',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  route: 'POST /v1/services/{service_id}/archive',
  input: z.strictObject({ service_id: Id('service').describe('From list_services.') }),
  data: ChangedService,
  refusals: ['not_found'],
  review: {
    versions: async (context, { service_id }) => ({
      [service_id]: await serviceVersion(context, service_id),
    }),
  },
  example: {
    given: {
      cut: {
        tool: 'create_service',
        input: { name: 'Haircut', duration_minutes: 45, price: { amount: 3500, currency: 'EUR' } },
      },
    },
    input: { service_id: '$cut.id' },
  },
  run: archiveService,
})
