import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, Version } from '../../src/catalog/kinds.ts'
import { viewSession } from '../../src/domain/classes/read.ts'
import { updateSession } from '../../src/domain/classes/update-session.ts'
import {
  Capacity,
  givenSeries,
  Minutes,
  NewOfferMinutes,
  RequiresEntitlement,
  sessionId,
  WaitlistClose,
  WholeSession,
  wholeSession,
} from './shapes.ts'

export default defineTool({
  name: 'update_class_session',
  title: 'Change one class',
  description:
    'Changes one date of a class: its time, a substitute instructor, its places. Later changes of its series leave that ' +
    'alone. More places go to who waits; with fewer, nobody loses theirs. Who is enrolled ' +
    'is drafted a notice of a new time, or of a substitute.',
  keywords: ['substitute', 'stand-in', 'covers the class', 'move the class', 'more spots', 'bigger class'],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  route: 'PATCH /v1/class-sessions/{session_id}',
  input: z.strictObject({
    ...sessionId,
    version: Version(),
    start: Instant().optional().describe('The new start.'),
    duration_minutes: Minutes().optional(),
    staff_id: Id('staff').optional(),
    room_id: Id('resource').nullable().optional(),
    capacity: Capacity().optional(),
    waitlist_close_minutes: WaitlistClose().optional(),
    offer_minutes: NewOfferMinutes().optional(),
    requires_entitlement: RequiresEntitlement().optional(),
  }),
  data: WholeSession,
  refusals: ['not_found', 'stale_version', 'invalid_transition', 'slot_conflict', 'outside_hours'],
  example: {
    given: givenSeries,
    input: { session_id: '$class.sessions.1.id', version: '$class.sessions.1.version', capacity: 15 },
  },
  async run(context, { session_id, version, start, capacity, ...input }) {
    const { id } = await updateSession(context, {
      sessionId: session_id,
      version,
      start,
      capacity,
      durationMinutes: input.duration_minutes,
      staffId: input.staff_id,
      roomId: input.room_id,
      waitlistCloseMinutes: input.waitlist_close_minutes,
      offerMinutes: input.offer_minutes,
      requiresEntitlement: input.requires_entitlement,
    })
    return wholeSession(await viewSession(context, id))
  },
})
