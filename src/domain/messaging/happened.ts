/** What automations answer to, as it was written down. Plain SQL: events are kept by the road of calls. */

import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'

export interface Happened {
  /** UUIDv7: later events have later ids. */
  eventId: string
  type: string
  /** The booking, the place in a class, or the place in a waitlist. */
  subjectId: string
}

export async function dataOf(
  { db, workspace }: Context,
  { eventId }: Happened,
): Promise<Record<string, unknown>> {
  const { rows } = await db.execute<{ data: Record<string, unknown> }>(
    sql`SELECT data FROM events WHERE workspace_id = ${workspace.id} AND id = ${eventId}`,
  )
  return rows[0]?.data ?? {}
}

/** Whether one of these came after it: its job may have run before this one's. @param types of the same subject */
export async function isOvertaken(
  { db, workspace }: Context,
  { eventId, subjectId }: Happened,
  types: readonly string[],
): Promise<boolean> {
  const { rows } = await db.execute(
    sql`SELECT FROM events WHERE workspace_id = ${workspace.id} AND subject_id = ${subjectId}
        AND id > ${eventId} AND type IN ${types} LIMIT 1`,
  )
  return rows.length > 0
}
