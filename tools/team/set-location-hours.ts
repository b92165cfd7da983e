import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { findLocation, setLocationHours } from '../../src/domain/business/locations.ts'
import { Week } from '../availability/shapes.ts'
import { Location } from './shapes.ts'

export default defineTool({
  name: 'set_location_hours',
  title: 'Set the opening hours of a location',
  description:
    'Replaces the whole week of opening hours of a location, in its local time. People without a schedule of their own ' +
    'work these hours. For single dates, set_location_closures. Bookings made already stay.',
  keywords: [
    'business hours',
    'open on saturday',
    'closing time',
    'lunch break',
    'when are we open',
    'trading hours',
  ],
  domain: 'team',
  effect: 'write',
  role: 'admin',
  route: 'PUT /v1/locations/{location_id}/hours',
  input: z.strictObject({ location_id: Id('location'), hours: Week }),
  data: Location,
  refusals: ['not_found'],
  review: {
    versions: async (context, { location_id }) => ({
      [location_id]: (await findLocation(context, location_id)).version,
    }),
  },
  example: {
    given: { place: { tool: 'create_location', input: { name: 'Sur' } } },
    input: {
      location_id: '$place.id',
      hours: {
        tue: [{ from: '10:00', to: '19:00' }],
        sat: [
          { from: '09:00', to: '13:00' },
          { from: '22:00', to: '02:00' },
        ],
      },
    },
  },
  run: setLocationHours,
})
