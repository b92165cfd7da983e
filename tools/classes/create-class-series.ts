import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, LocalDate } from '../../src/catalog/kinds.ts'
import { createSeries, zoneOf } from '../../src/domain/classes/series.ts'
import { localTime } from '../bookings/shapes.ts'
import {
  Capacity,
  Conflicts,
  Exdates,
  exampleClass,
  givenStudio,
  Minutes,
  OfferMinutes,
  OnConflict,
  PlannedSession,
  RequiresEntitlement,
  Rrule,
  StartTime,
  timeOf,
  WaitlistClose,
} from './shapes.ts'

/** Of half a year's; the rest is listed. */
const MOST_SHOWN = 5

export default defineTool({
  name: 'create_class_series',
  title: 'Set up a class',
  description:
    'A class that comes again by a rule, or, without rrule, once. It is at the same time on the clock all year, and takes ' +
    'its instructor’s time: conflicts names dates that found it taken.',
  keywords: [
    'recurring class',
    'weekly class',
    'new course time',
    'every tuesday',
    'group lesson',
    'workshop',
  ],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/class-series',
  input: z.strictObject({
    service_id: Id('service').describe('Its name, price, terms.'),
    location_id: Id('location'),
    staff_id: Id('staff').describe('The instructor.'),
    room_id: Id('resource').optional(),
    starts_on: LocalDate().describe('The rule counts from here.'),
    start_time: StartTime(),
    duration_minutes: Minutes().optional(),
    capacity: Capacity(),
    rrule: Rrule().optional(),
    exdates: Exdates().optional(),
    waitlist_close_minutes: WaitlistClose().optional(),
    offer_minutes: OfferMinutes().optional(),
    requires_entitlement: RequiresEntitlement().optional(),
    on_conflict: OnConflict(),
  }),
  data: z.object({
    series_id: Id('series').nullable(),
    version: z.int().nullable().describe('Of the series.'),
    sessions_made: z.int(),
    sessions: z.array(PlannedSession).describe(`The first ${MOST_SHOWN}.`),
    conflicts: Conflicts,
  }),
  refusals: ['not_found', 'slot_conflict', 'outside_hours', 'nonexistent_local_time', 'ambiguous_local_time'],
  example: { given: givenStudio, input: { ...exampleClass, rrule: 'FREQ=WEEKLY;BYDAY=TU,TH' } },
  async run(context, input) {
    const { series, sessions, conflicts } = await createSeries(context, {
      serviceId: input.service_id,
      locationId: input.location_id,
      staffId: input.staff_id,
      roomId: input.room_id,
      startsOn: input.starts_on,
      startTime: timeOf(input.start_time),
      durationMinutes: input.duration_minutes,
      capacity: input.capacity,
      rrule: input.rrule,
      exdates: input.exdates,
      waitlistCloseMinutes: input.waitlist_close_minutes,
      offerMinutes: input.offer_minutes,
      requiresEntitlement: input.requires_entitlement,
      onConflict: input.on_conflict,
    })
    const zone = await zoneOf(context, input.location_id)
    return {
      series_id: series?.id ?? null,
      version: series?.version ?? null,
      sessions_made: sessions.length,
      sessions: sessions.slice(0, MOST_SHOWN).map(({ id, startsAt, version }) => {
        return { id, starts_at: startsAt, local: localTime(startsAt, zone).local, version }
      }),
      conflicts,
    }
  },
})
