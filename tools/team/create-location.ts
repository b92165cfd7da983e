import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text, TimeZone } from '../../src/catalog/kinds.ts'
import { createLocation } from '../../src/domain/business/locations.ts'
import { Week } from '../availability/shapes.ts'
import { Location } from './shapes.ts'

export default defineTool({
  name: 'create_location',
  title: 'Open a location',
  description:
    'A further place where the business works. The first was made with the workspace: change that one with ' +
    'update_location and set_location_hours. Staff work there once update_staff says so.',
  keywords: ['new branch', 'second shop', 'new premises', 'add studio', 'another site', 'open a salon'],
  domain: 'team',
  effect: 'write',
  role: 'admin',
  key: true,
  route: 'POST /v1/locations',
  input: z.strictObject({
    name: Text(120).describe('As customers know it.'),
    time_zone: TimeZone().optional().describe("Default: the workspace's."),
    address: Text(500).optional().describe('As it is written on a letter.'),
    hours: Week.optional().describe('Opening hours; a day left out is closed. Default: mon–fri 09:00–17:00.'),
  }),
  data: Location,
  example: {
    input: {
      name: 'Norte Playa',
      time_zone: 'Atlantic/Canary',
      hours: { sat: [{ from: '10:00', to: '14:00' }] },
    },
  },
  run: createLocation,
})
