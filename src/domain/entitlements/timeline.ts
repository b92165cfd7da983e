/** The movements of a customer's packages and passes, for their timeline. */

import { and, desc, eq, inArray, lte } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import type { TimelineSource } from '../customers/timeline.ts'
import { entitlementEntries, entitlementLots } from './tables.ts'

export const entitlementsTimeline: TimelineSource = async ({ db, workspace }, { ids, until, limit }) => {
  const entries = entitlementEntries
  const rows = await db
    .select({ entry: entries, name: entitlementLots.name })
    .from(entitlementLots)
    .innerJoin(
      entries,
      and(eq(entries.workspaceId, entitlementLots.workspaceId), eq(entries.lotId, entitlementLots.id)),
    )
    .where(
      and(
        eq(entitlementLots.workspaceId, workspace.id),
        inArray(entitlementLots.customerId, ids),
        until ? lte(entries.at, until) : undefined,
      ),
    )
    .orderBy(desc(entries.at), desc(entries.lotId), desc(entries.number))
    .limit(limit)
  return rows.map(({ entry, name }) => ({
    at: entry.at,
    kind: 'lot',
    id: entry.lotId,
    event: entry.kind,
    text: entry.reason,
    details: {
      name,
      sessions: entry.sessions,
      ...(entry.sourceKind && { source_id: idText(entry.sourceKind, entry.sourceId!) }),
    },
    order: `${entry.lotId}/${String(entry.number).padStart(9, '0')}`,
  }))
}
