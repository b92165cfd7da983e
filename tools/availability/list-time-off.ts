import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, pageFields } from '../../src/catalog/kinds.ts'
import { listTimeOff } from '../../src/domain/business/time-off.ts'
import { TimeOff } from './shapes.ts'

export default defineTool({
  name: 'list_time_off',
  title: 'Absences',
  description:
    'Who is away and when: absences that are under way or to come, the newest entry first. Give from for past ones. ' +
    'Days on which a whole location is closed are in list_locations.',
  keywords: ['holiday', 'vacation', 'leave', 'sick', 'who is off', 'out of office', 'absent', 'day off'],
  domain: 'availability',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/time-off',
  input: z.strictObject({
    staff_id: Id('staff').optional(),
    from: Instant().optional().describe('Only what ends after it. Default: now.'),
    until: Instant().optional().describe('Only what begins before it.'),
    ...pageFields,
  }),
  data: z.array(TimeOff),
  refusals: ['not_found'],
  example: {
    given: { person: { tool: 'create_staff', input: { name: 'Lucía' } } },
    input: { staff_id: '$person.id' },
  },
  run: listTimeOff,
})
