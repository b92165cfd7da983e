/** Reads the audit: who did what, when, on whose behalf, and what came of it. */

import { and, desc, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { automationName } from '../access/automation.ts'
import { connections } from '../access/oauth/tables.ts'
import { apiKeys, automations, members } from '../access/tables.ts'
import { pageOf, readCursor } from '../catalog/cursor.ts'
import type { Context } from '../domain/context.ts'
import type { Outcome } from './record.ts'
import { auditEvents, callDetails, events } from './tables.ts'

export interface AuditFilter {
  tool?: string
  outcome?: Outcome
  /** uuid of a key, connection or member */
  principalId?: string
  /** uuid of one event, alone. */
  id?: string
  /** uuid of what was changed. */
  about?: string
  from?: Temporal.Instant
  until?: Temporal.Instant
  limit: number
  cursor?: string
}

export type AuditEntry = Awaited<ReturnType<typeof listAudit>>['rows'][number]

/** Newest first. */
export async function listAudit({ db, workspace }: Context, filter: AuditFilter) {
  const { limit, cursor } = filter
  const rows = await db
    .select({ event: auditEvents, arguments: callDetails.arguments })
    .from(auditEvents)
    .leftJoin(
      callDetails,
      and(eq(callDetails.workspaceId, workspace.id), eq(callDetails.auditId, auditEvents.id)),
    )
    .where(
      and(eq(auditEvents.workspaceId, workspace.id), ...conditions(workspace.id, filter, readCursor(cursor))),
    )
    .orderBy(desc(auditEvents.id))
    .limit(limit + 1)
  const names = await namesOf(
    { db, workspace },
    rows.map(row => row.event),
  )
  const entries = rows.map(({ event, arguments: written }) => ({
    ...event,
    arguments: written ? (JSON.parse(written) as Record<string, unknown>) : null,
    principalName: names.get(event.principalId ?? '') ?? null,
    decidedByName: names.get(event.decidedBy ?? '') ?? null,
  }))
  return pageOf(entries, limit)
}

function conditions(
  workspaceId: string,
  { tool, outcome, principalId, id, about, from, until }: AuditFilter,
  after: string | undefined,
): (SQL | undefined)[] {
  return [
    tool === undefined ? undefined : eq(auditEvents.tool, tool),
    outcome === undefined ? undefined : eq(auditEvents.outcome, outcome),
    principalId === undefined ? undefined : eq(auditEvents.principalId, principalId),
    id === undefined ? undefined : eq(auditEvents.id, id),
    about === undefined ? undefined : changed(workspaceId, about),
    from === undefined ? undefined : gte(auditEvents.at, from),
    until === undefined ? undefined : lt(auditEvents.at, until),
    after === undefined ? undefined : lt(auditEvents.id, after),
  ]
}

/**
 * Each change is an event as well, and those are found by what they are about (`events_of_subject`, migration 0036): under
 * RLS no index serves a search in `changes`, since `@>` is not leakproof. As an array, so that it is looked up first.
 */
function changed(workspaceId: string, about: string): SQL {
  return sql`${auditEvents.id} = ANY (ARRAY(SELECT ${events.auditId} FROM ${events}
    WHERE ${events.workspaceId} = ${workspaceId} AND ${events.subjectId} = ${about}))`
}

/** The audit holds ids alone; names are read from where they can be changed and erased. */
async function namesOf(
  { db, workspace }: Pick<Context, 'db' | 'workspace'>,
  rows: (typeof auditEvents.$inferSelect)[],
) {
  const ids = [...new Set(rows.flatMap(row => [row.principalId, row.decidedBy]).filter(id => id !== null))]
  if (ids.length === 0) return new Map<string, string>()
  const [keys, clients, people, rules] = await Promise.all([
    db
      .select({ id: apiKeys.id, name: apiKeys.name })
      .from(apiKeys)
      .where(and(eq(apiKeys.workspaceId, workspace.id), inArray(apiKeys.id, ids))),
    db
      .select({ id: connections.id, name: connections.name })
      .from(connections)
      .where(and(eq(connections.workspaceId, workspace.id), inArray(connections.id, ids))),
    db
      .select({ id: members.id, name: members.name })
      .from(members)
      .where(and(eq(members.workspaceId, workspace.id), inArray(members.id, ids))),
    db
      .select({ id: automations.id, key: automations.key })
      .from(automations)
      .where(and(eq(automations.workspaceId, workspace.id), inArray(automations.id, ids))),
  ])
  const named = rules.map(({ id, key }) => ({ id, name: automationName(key) }))
  return new Map([...keys, ...clients, ...people, ...named].map(({ id, name }) => [id, name]))
}
