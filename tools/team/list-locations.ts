import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { LocalDate, pageFields } from '../../src/catalog/kinds.ts'
import { withClosures } from '../../src/domain/business/closures.ts'
import { listLocations } from '../../src/domain/business/locations.ts'
import { Location } from './shapes.ts'

export default defineTool({
  name: 'list_locations',
  title: 'Locations',
  description:
    'Where the business is: each location with its time zone, its weekly opening hours in local time and its closures ' +
    'to come. People may work other hours: list_schedules. Every workspace begins with one.',
  keywords: [
    'branches',
    'shops',
    'premises',
    'opening hours',
    'address',
    'where are you',
    'when are you open',
    'open today',
    'opening times',
  ],
  domain: 'team',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/locations',
  input: z.strictObject(pageFields),
  data: z.array(
    Location.extend({
      currency: z.string(),
      closures: z.array(z.object({ date: LocalDate(), reason: z.string().nullable() })),
    }),
  ),
  example: { input: {} },
  async run(context, input) {
    const { rows, nextCursor } = await listLocations(context, input)
    const { currency } = context.workspace
    const withDates = await withClosures(context, rows)
    return new Page(
      withDates.map(row => ({ ...row, currency })),
      nextCursor,
    )
  },
})
