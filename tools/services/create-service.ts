import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { createService } from '../../src/domain/business/services.ts'
import {
  Buffer,
  Capacity,
  Category,
  Description,
  Duration,
  Name,
  Price,
  Service,
  TaxCategory,
} from './shapes.ts'

export default defineTool({
  name: 'create_service',
  title: 'Add a service',
  description:
    'Something customers can book. Then set_staff_services says who performs it; until then nobody is free for it. Its ' +
    'rules of booking begin with defaults (no notice, 60 days ahead, free cancelling until a day before): ' +
    'set_service_booking_policy.',
  keywords: [
    'new treatment',
    'add offering',
    'new product to book',
    'appointment type',
    'lesson',
    'session type',
  ],
  domain: 'services',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/services',
  input: z.strictObject({
    name: Name(),
    description: Description().optional(),
    category: Category().optional(),
    duration_minutes: Duration(),
    buffer_before_minutes: Buffer('before').default(0),
    buffer_after_minutes: Buffer('after').default(0),
    price: Price(),
    capacity: Capacity().default(1),
    tax_category: TaxCategory().optional(),
  }),
  data: Service,
  refusals: ['currency_mismatch'],
  example: {
    input: {
      name: 'Haircut',
      category: 'Hair',
      duration_minutes: 45,
      buffer_after_minutes: 15,
      price: { amount: 3500, currency: 'EUR' },
    },
  },
  run: createService,
})
