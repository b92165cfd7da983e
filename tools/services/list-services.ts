import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { pageFields, Text } from '../../src/catalog/kinds.ts'
import { listServices } from '../../src/domain/business/services.ts'
import { Addon, Service, Variant } from './shapes.ts'

export default defineTool({
  name: 'list_services',
  title: 'Services',
  description:
    'What can be booked: every service with its duration, buffers, price, variants and add-ons. For the rules of booking one and who ' +
    'performs it, get_service; for free times, get_available_slots.',
  keywords: ['treatments', 'price list', 'menu', 'what do you offer', 'how much is', 'how long does it take'],
  domain: 'services',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/services',
  input: z.strictObject({
    category: Text(80).optional().describe('Only these; case does not matter.'),
    status: z.enum(['active', 'archived']).default('active'),
    ...pageFields,
  }),
  data: z.array(Service.extend({ variants: z.array(Variant), addons: z.array(Addon) })),
  example: { input: {} },
  run: listServices,
})
