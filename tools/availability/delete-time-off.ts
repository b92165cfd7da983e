import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { deleteTimeOff, timeOffVersion } from '../../src/domain/business/time-off.ts'
import { TimeOff } from './shapes.ts'

export default defineTool({
  name: 'delete_time_off',
  title: 'Remove an absence',
  description:
    'Takes an absence away, and the person can be booked in that time again. Answers what it was. To shorten one, ' +
    'remove it and enter the new one with create_time_off.',
  keywords: ['cancel holiday', 'back early', 'undo leave', 'not sick any more', 'return to work'],
  domain: 'availability',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  route: 'DELETE /v1/time-off/{timeoff_id}',
  input: z.strictObject({ timeoff_id: Id('timeoff').describe('From list_time_off.') }),
  data: TimeOff,
  refusals: ['not_found'],
  review: {
    versions: async (context, { timeoff_id }) => ({
      [timeoff_id]: await timeOffVersion(context, timeoff_id),
    }),
  },
  example: {
    given: {
      person: { tool: 'create_staff', input: { name: 'Lucía' } },
      absence: {
        tool: 'create_time_off',
        input: { staff_id: '$person.id', from: '2030-08-05', to: '2030-08-16' },
      },
    },
    input: { timeoff_id: '$absence.id' },
  },
  run: deleteTimeOff,
})
