import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, LocalDate, Version } from '../../src/catalog/kinds.ts'
import { updateSeries } from '../../src/domain/classes/update-series.ts'
import {
  Capacity,
  ClassSeries,
  Conflicts,
  Exdates,
  givenSeries,
  Minutes,
  NewOfferMinutes,
  OnConflict,
  RequiresEntitlement,
  Rrule,
  StartTime,
  seriesShown,
  timeOf,
  WaitlistClose,
} from './shapes.ts'

export default defineTool({
  name: 'update_class_series',
  title: 'Change a series of classes',
  description:
    'Changes what you name in the classes to come; past ones, and what was changed by hand in one of them, stay. Classes ' +
    'that a new rule does not have go; those with customers or changes of their own stay, named in kept: ' +
    'cancel_class_session. Who is enrolled is drafted a notice of a new time. For one date, update_class_session.',
  keywords: [
    'move the weekly class',
    'takes over the classes',
    'end the course',
    'new time every week',
    'from next month on',
    'all mondays',
    'every class',
  ],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  route: 'PATCH /v1/class-series/{series_id}',
  input: z.strictObject({
    series_id: Id('series').describe('From list_class_sessions.'),
    version: Version(),
    from: LocalDate().optional().describe('The first date that changes; default: today.'),
    staff_id: Id('staff').optional(),
    room_id: Id('resource').nullable().optional(),
    start_time: StartTime().optional(),
    duration_minutes: Minutes().optional(),
    capacity: Capacity().optional(),
    rrule: Rrule().optional(),
    exdates: Exdates().optional(),
    waitlist_close_minutes: WaitlistClose().optional(),
    offer_minutes: NewOfferMinutes().optional(),
    requires_entitlement: RequiresEntitlement().optional(),
    on_conflict: OnConflict(),
  }),
  data: z.object({
    series: ClassSeries,
    changed: z.int(),
    made: z.int(),
    removed: z.int(),
    kept: z.array(Id('session')),
    conflicts: Conflicts,
  }),
  refusals: ['not_found', 'stale_version', 'slot_conflict', 'outside_hours'],
  example: {
    given: givenSeries,
    input: { series_id: '$class.series_id', version: '$class.version', start_time: '19:00' },
  },
  async run(context, { series_id, version, from, capacity, rrule, exdates, ...input }) {
    const { series, changed, made, removed, kept, conflicts } = await updateSeries(context, {
      seriesId: series_id,
      version,
      from,
      staffId: input.staff_id,
      roomId: input.room_id,
      startTime: input.start_time === undefined ? undefined : timeOf(input.start_time),
      durationMinutes: input.duration_minutes,
      capacity,
      rrule,
      exdates,
      waitlistCloseMinutes: input.waitlist_close_minutes,
      offerMinutes: input.offer_minutes,
      requiresEntitlement: input.requires_entitlement,
      onConflict: input.on_conflict,
    })
    return {
      series: seriesShown(series),
      changed: changed.length,
      made: made.length,
      removed,
      kept: kept.map(({ id }) => id),
      conflicts,
    }
  },
})
