import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Version } from '../../src/catalog/kinds.ts'
import { updateService } from '../../src/domain/business/services.ts'
import {
  Buffer,
  Capacity,
  Category,
  ChangedService,
  Description,
  Duration,
  Name,
  Price,
  TaxCategory,
} from './shapes.ts'

export default defineTool({
  name: 'update_service',
  title: 'Change a service',
  description:
    'Changes what you name and leaves the rest; can bring an archived service back. Bookings made already keep their ' +
    'time, buffers and price: bookings_keeping_old_terms counts them. Rules of booking: set_service_booking_policy.',
  keywords: [
    'raise price',
    'new price',
    'make it longer',
    'rename treatment',
    'change duration',
    'edit description',
    'takes longer',
    'minutes',
  ],
  domain: 'services',
  effect: 'write',
  role: 'member',
  route: 'PATCH /v1/services/{service_id}',
  input: z.strictObject({
    service_id: Id('service'),
    version: Version(),
    name: Name().optional(),
    description: Description().nullable().optional().describe('Null: none.'),
    category: Category().nullable().optional().describe('Null: none.'),
    duration_minutes: Duration().optional(),
    buffer_before_minutes: Buffer('before').optional(),
    buffer_after_minutes: Buffer('after').optional(),
    price: Price().optional(),
    capacity: Capacity().optional(),
    tax_category: TaxCategory().nullable().optional().describe('Null: the standard.'),
    status: z.literal('active').optional().describe('Brings an archived one back.'),
  }),
  data: ChangedService,
  refusals: ['not_found', 'stale_version', 'currency_mismatch'],
  example: {
    given: {
      cut: {
        tool: 'create_service',
        input: { name: 'Haircut', duration_minutes: 45, price: { amount: 3500, currency: 'EUR' } },
      },
    },
    input: { service_id: '$cut.id', version: 1, price: { amount: 3900, currency: 'EUR' } },
  },
  run: updateService,
})
