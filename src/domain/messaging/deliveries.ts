/** Reads what was sent, newest first. */

import { and, desc, eq, lt } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import type { Context } from '../context.ts'
import { attachmentNames } from './attachments.ts'
import { deliveries } from './tables.ts'

export async function listDeliveries(
  context: Context,
  { limit, cursor }: { limit: number; cursor?: string },
) {
  const { db, workspace } = context
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
  const page = pageOf(rows, limit)
  const names = await attachmentNames(
    context,
    page.rows.map(({ messageId }) => messageId),
  )
  return new Page(
    page.rows.map(row => ({ ...row, attachments: names.get(row.messageId) ?? [] })),
    page.nextCursor,
  )
}
