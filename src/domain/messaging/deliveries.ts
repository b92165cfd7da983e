/** Reads what was sent, newest first. */

import { and, desc, eq, lt } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Context } from '../context.ts'
import { deliveries } from './tables.ts'

export async function listDeliveries(
  { db, workspace }: Context,
  { limit, cursor }: { limit: number; cursor?: string },
) {
  const after = readCursor(cursor)
  const rows = await db
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.workspaceId, workspace.id),
        after === undefined ? undefined : lt(deliveries.id, after),
      ),
    )
    .orderBy(desc(deliveries.id))
    .limit(limit + 1)
  return pageOf(rows, limit)
}
