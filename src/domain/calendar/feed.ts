/**
 * The URL at which a person's calendar subscribes to their bookings. Who has the URL can read; so it is signed, and a
 * new one ends the old. It is the same each time it is asked for, and stands in no row.
 */

import { and, eq, sql } from 'drizzle-orm'
import { type LinkClaims, linkToken } from '../../access/signed-link.ts'
import { notFound } from '../../catalog/refusal.ts'
import { findPerson } from '../business/staff.ts'
import { staff } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { calendarText } from './ical.ts'
import { occasionsOf } from './occasions.ts'
import { calendarFeeds } from './tables.ts'

export const FEED = 'calendar feed'

/** @throws not_found, for who is deactivated too: they have no feed */
export async function feedUrl(context: Context, staffId: string): Promise<string> {
  const { workspace, secrets, publicUrl } = context
  const generation = await generationOf(context, staffId)
  if (generation === null) throw notFound('staff', ['list_staff'])
  const claims = { workspaceId: workspace.id, subjectId: staffId, number: generation }
  return `${publicUrl}/feeds/${linkToken(secrets, FEED, claims)}.ics`
}

/** The URL that worked until now works no more. @throws not_found */
export async function resetFeed(context: Context, staffId: string): Promise<{ generation: number }> {
  const { db, workspace, now } = context
  await findPerson(context, staffId)
  const [row] = await db
    .insert(calendarFeeds)
    .values({ workspaceId: workspace.id, staffId, generation: 2, changedAt: now })
    .onConflictDoUpdate({
      target: [calendarFeeds.workspaceId, calendarFeeds.staffId],
      set: { generation: sql`${calendarFeeds.generation} + 1`, changedAt: now },
    })
    .returning({ generation: calendarFeeds.generation })
  context.emit({ type: 'calendar_feed.reset', subject: { kind: 'staff', id: staffId } })
  return row!
}

/** For a confirmation. @throws not_found */
export async function feedVersion(context: Context, staffId: string): Promise<number> {
  await findPerson(context, staffId)
  return (await generationOf(context, staffId)) ?? 0
}

/** What the URL of these claims answers: iCalendar text (RFC 5545); null where a newer URL has replaced it. */
export async function readFeed(context: Context, { subjectId, number }: LinkClaims): Promise<string | null> {
  if ((await generationOf(context, subjectId)) !== number) return null
  const { name } = await findPerson(context, subjectId)
  const host = new URL(context.publicUrl).hostname
  return calendarText(`${name}, ${context.workspace.name}`, await occasionsOf(context, subjectId), host)
}

/** 1 until it is reset; null where there is nobody active of this id. */
async function generationOf({ db, workspace }: Context, staffId: string): Promise<number | null> {
  const [row] = await db
    .select({ generation: calendarFeeds.generation })
    .from(staff)
    .leftJoin(
      calendarFeeds,
      and(eq(calendarFeeds.workspaceId, workspace.id), eq(calendarFeeds.staffId, staff.id)),
    )
    .where(and(eq(staff.workspaceId, workspace.id), eq(staff.id, staffId), eq(staff.status, 'active')))
  return row ? (row.generation ?? 1) : null
}
