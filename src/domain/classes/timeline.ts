/** A customer's classes, for their timeline: enrolled, and what became of it. */

import { and, desc, eq, inArray, lte, ne } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { services } from '../business/tables.ts'
import type { Context } from '../context.ts'
import type { Asked, TimelineEntry, TimelineSource } from '../customers/timeline.ts'
import { classEnrolments, classSessions } from './tables.ts'

/** An enrolment has no history of its own: it is shown where it was made, and where it came to what it is. */
export const classesTimeline: TimelineSource = async (context, asked) => {
  const [made, became] = await Promise.all([
    enrolments(context, asked, classEnrolments.createdAt),
    enrolments(context, asked, classEnrolments.updatedAt),
  ])
  return [
    ...made.map(row => entryOf(context, row, row.enrolment.createdAt, 'enrolled')),
    ...became.map(row => entryOf(context, row, row.enrolment.updatedAt, row.enrolment.state)),
  ]
}

type Row = Awaited<ReturnType<typeof enrolments>>[number]

function enrolments(
  { db, workspace }: Context,
  { ids, until, limit }: Asked,
  at: typeof classEnrolments.createdAt | typeof classEnrolments.updatedAt,
) {
  return db
    .select({ enrolment: classEnrolments, service: services.name })
    .from(classEnrolments)
    .innerJoin(
      classSessions,
      and(
        eq(classSessions.workspaceId, classEnrolments.workspaceId),
        eq(classSessions.id, classEnrolments.sessionId),
      ),
    )
    .innerJoin(
      services,
      and(eq(services.workspaceId, classSessions.workspaceId), eq(services.id, classSessions.serviceId)),
    )
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        inArray(classEnrolments.customerId, ids),
        at === classEnrolments.updatedAt ? ne(classEnrolments.state, 'enrolled') : undefined,
        until ? lte(at, until) : undefined,
      ),
    )
    .orderBy(desc(at), desc(classEnrolments.id))
    .limit(limit)
}

function entryOf(
  { workspace }: Context,
  { enrolment, service }: Row,
  at: TimelineEntry['at'],
  event: string,
): TimelineEntry {
  const { id, sessionId, startsAt, partySize, paidWith, priceAmount } = enrolment
  return {
    at,
    kind: 'enrolment',
    id,
    event,
    text: null,
    details: {
      service,
      session_id: idText('session', sessionId),
      starts_at: startsAt.toString(),
      party_size: partySize,
      paid_with: paidWith,
      price: { amount: priceAmount, currency: workspace.currency },
    },
    order: `${id}/${event}`,
  }
}
