/**
 * What a preview or a decision rests on: rows with their versions, so that nobody lets through another thing than they
 * were shown. A tool that rests on more than it names, or on less, says so itself (`review.versions`); every other rests on
 * what its arguments name by id: the service whose price may change, the invoice whose lines may.
 */

import { sql } from 'drizzle-orm'
import type { Entry } from '../catalog/catalog.ts'
import { type IdKind, idText, uuidOf } from '../catalog/kinds.ts'
import type { Db } from '../database/pool.ts'
import type { Context } from '../domain/context.ts'
import type { Versions } from './confirm.ts'
import { idsIn } from './names.ts'

/** @param written the arguments as their caller wrote them, whose ids say what they are of */
export async function versionsOf(
  context: Context,
  { tool: { review } }: Entry,
  { written, input }: { written: unknown; input: Record<string, unknown> },
): Promise<Versions> {
  if (review?.versions) return review.versions(context, input)
  return versionsNamed(context.db, context.workspace.id, idsIn(written))
}

/** Where the rows of a kind stand, of those that count their changes. */
export const versioned = {
  member: 'members',
  key: 'api_keys',
  location: 'locations',
  staff: 'staff',
  service: 'services',
  resource: 'resources',
  booking: 'bookings',
  series: 'class_series',
  session: 'class_sessions',
  enrolment: 'class_enrolments',
  waitlist: 'waitlist_entries',
  package: 'packages',
  customer: 'customers',
  reward: 'loyalty_rewards',
  redemption: 'loyalty_redemptions',
  invoice: 'invoices',
  creditnote: 'credit_notes',
  message: 'messages',
} satisfies Partial<Record<IdKind, string>>

async function versionsNamed(db: Db, workspaceId: string, ids: string[]): Promise<Versions> {
  const queries = Object.entries(versioned).flatMap(([kind, table]) => {
    const named = ids.filter(id => id.startsWith(`${kind}_`)).map(uuidOf)
    if (named.length === 0) return []
    return sql`SELECT ${kind} AS kind, id, version FROM ${sql.identifier(table)}
      WHERE workspace_id = ${workspaceId} AND id IN ${named}`
  })
  if (queries.length === 0) return {}
  const { rows } = await db.execute<{ kind: IdKind; id: string; version: number }>(
    sql.join(queries, sql` UNION ALL `),
  )
  return Object.fromEntries(rows.map(({ kind, id, version }) => [idText(kind, id), version]))
}
