/** A service in several parts: colour, wait, wash. In the gaps its person is free for others. */

import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { isService } from './services.ts'
import { type Segment, services, serviceVariants, staffServices } from './tables.ts'

export interface SegmentsOfService {
  service_id: string
  duration_minutes: number
  segments: Segment[] | null
  version: number
}

/**
 * In full, for bookings made from now on: the parts in order, or null for one piece. Their sum is the duration.
 * @throws not_found, invalid_input where somebody or a variant takes another time
 */
export async function setSegments(
  ctx: Context,
  { service_id: id, segments }: { service_id: string; segments: Segment[] | null },
): Promise<SegmentsOfService> {
  const durationMinutes = segments ? sumOf(segments) : undefined
  const [row] = await ctx.db
    .update(services)
    .set({ segments, durationMinutes, version: sql`${services.version} + 1` })
    .where(isService(ctx, id))
    .returning({
      service_id: services.id,
      duration_minutes: services.durationMinutes,
      segments: services.segments,
      version: services.version,
    })
  if (!row) throw notFound('service', ['list_services'])
  if (segments) await refuseOtherTimes(ctx, id)
  ctx.emit({ type: 'service.segments_changed', subject: { kind: 'service', id } })
  return row
}

function sumOf(segments: Segment[]): number {
  if (segments.length < 2 || segments.at(-1)!.gap_after_minutes > 0)
    throw new Refusal('invalid_input', 'segments: Two or more, and no gap after the last. null: one piece.')
  const minutes = segments.reduce((sum, part) => sum + part.minutes + part.gap_after_minutes, 0)
  if (minutes <= 1440) return minutes
  throw new Refusal('invalid_input', `segments: In all they take ${minutes} minutes, more than a day.`)
}

/** Which of the parts would be shorter or longer, nobody has said. */
async function refuseOtherTimes({ db, workspace }: Context, serviceId: string): Promise<void> {
  const [people, variants] = await Promise.all([
    db
      .select({ id: staffServices.staffId })
      .from(staffServices)
      .where(
        and(
          eq(staffServices.workspaceId, workspace.id),
          eq(staffServices.serviceId, serviceId),
          isNotNull(staffServices.durationMinutes),
        ),
      )
      .limit(20),
    db
      .select({ id: serviceVariants.id })
      .from(serviceVariants)
      .where(
        and(
          eq(serviceVariants.workspaceId, workspace.id),
          eq(serviceVariants.serviceId, serviceId),
          eq(serviceVariants.status, 'active'),
          isNotNull(serviceVariants.durationMinutes),
        ),
      )
      .limit(20),
  ])
  if (people.length + variants.length === 0) return
  throw new Refusal(
    'invalid_input',
    'segments: People or variants take a time of their own for this service. With segments all take the same: remove those first.',
    {
      staff: people.map(({ id }) => idText('staff', id)),
      variants: variants.map(({ id }) => idText('variant', id)),
    },
    ['set_staff_services', 'set_service_variants'],
  )
}
