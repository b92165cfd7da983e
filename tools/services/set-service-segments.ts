import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { setSegments } from '../../src/domain/business/segments.ts'
import { givenService, Segments } from './shapes.ts'

export default defineTool({
  name: 'set_service_segments',
  title: 'Set the parts of a service',
  description:
    'Makes a service of several parts with gaps, as colour, wait, wash: in a gap its person can be booked by others, ' +
    'while the customer and their room stay. The sum becomes its duration. Refused where people or variants have a ' +
    'duration of their own. Bookings made already stay as they are. null: one piece again, of the same duration.',
  keywords: [
    'processing time',
    'gap',
    'waiting time',
    'steps',
    'phases',
    'while the colour develops',
    'double booking',
  ],
  domain: 'services',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/services/{service_id}/segments',
  input: z.strictObject({
    service_id: Id('service'),
    segments: z
      .array(
        z.strictObject({
          minutes: z.int().min(1).max(1440).describe('Work.'),
          gap_after_minutes: z.int().min(0).max(1440).default(0).describe('0 after the last.'),
        }),
      )
      .min(2)
      .max(10)
      .nullable()
      .describe('In order.'),
  }),
  data: z.object({
    service_id: Id('service'),
    duration_minutes: z.int(),
    segments: Segments.nullable(),
    version: z.int(),
  }),
  refusals: ['not_found'],
  example: {
    given: givenService,
    input: {
      service_id: '$service.id',
      segments: [{ minutes: 30, gap_after_minutes: 45 }, { minutes: 45 }],
    },
  },
  run: setSegments,
})
