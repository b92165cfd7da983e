import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { pageFields } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { listSegments } from '../../src/domain/customers/segments.ts'
import { SegmentShown } from './shapes.ts'

export default defineTool({
  name: 'list_segments',
  title: 'Segments of customers',
  description: 'The saved segments with their rules. How many are in one, and who, is in preview_segment.',
  keywords: ['saved groups', 'audiences', 'target groups', 'which lists do we have'],
  domain: 'customers',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/segments',
  input: z.strictObject({ ...pageFields }),
  data: z.array(SegmentShown),
  example: { input: {} },
  async run(context, filter) {
    const page = await listSegments(context, filter)
    return new Page(page.rows.map(wire), page.nextCursor)
  },
})
