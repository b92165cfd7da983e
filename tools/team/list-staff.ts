import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, pageFields } from '../../src/catalog/kinds.ts'
import { listStaff } from '../../src/domain/business/staff.ts'
import { Staff } from './shapes.ts'

export default defineTool({
  name: 'list_staff',
  title: 'Bookable people',
  description:
    'The people customers book with: what they perform and where they work. Not who may sign in: those are members. ' +
    'Their hours are in list_schedules.',
  keywords: ['employees', 'stylists', 'therapists', 'team', 'who performs', 'practitioners', 'trainers'],
  domain: 'team',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/staff',
  input: z.strictObject({
    status: z.enum(['active', 'deactivated']).default('active'),
    location_id: Id('location').optional().describe('Only who works there.'),
    service_id: Id('service').optional().describe('Only who performs it.'),
    ...pageFields,
  }),
  data: z.array(Staff),
  example: { input: {} },
  run: listStaff,
})
