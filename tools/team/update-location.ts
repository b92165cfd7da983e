import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text, TimeZone, Version } from '../../src/catalog/kinds.ts'
import { updateLocation } from '../../src/domain/business/locations.ts'
import { Location } from './shapes.ts'

export default defineTool({
  name: 'update_location',
  title: 'Change a location',
  description:
    'Changes the name, the address or the time zone of a location and leaves the rest. In another time zone its hours ' +
    'are read by other clocks, while bookings keep their instants. Hours: set_location_hours.',
  keywords: ['rename branch', 'moved', 'new address', 'timezone of shop', 'edit location'],
  domain: 'team',
  effect: 'write',
  role: 'admin',
  route: 'PATCH /v1/locations/{location_id}',
  input: z.strictObject({
    location_id: Id('location'),
    version: Version(),
    name: Text(120).optional().describe('As customers know it.'),
    time_zone: TimeZone().optional().describe('As in Europe/London.'),
    address: Text(500).nullable().optional().describe('null: none.'),
  }),
  data: Location,
  refusals: ['not_found', 'stale_version'],
  example: {
    given: { place: { tool: 'create_location', input: { name: 'Sur' } } },
    input: { location_id: '$place.id', version: 1, address: 'Calle Mayor 1, Madrid' },
  },
  run: updateLocation,
})
