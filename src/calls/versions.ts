/**
 * What a preview or a decision rests on: rows with their versions, so that nobody lets through another thing than they
 * were shown. A tool that rests on more than it names, or on less, says so itself (`review.versions`); every other rests on
 * what its arguments name by id: the service whose price may change, the invoice whose lines may.
 */

import { sql } from 'drizzle-orm'
import type { Entry } from '../catalog/catalog.ts'
import { type IdKind, idText, uuidOf } from '../catalog/kinds.ts'
import { type Db, prepared } from '../database/pool.ts'
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

/** The rows of these ids, of kinds that count their changes, in one order: nobody changes them until this call has ended. */
export async function lockNamed({ db, workspace }: Context, named: string[]): Promise<void> {
  for (const id of named.toSorted()) {
    const table = versioned[id.slice(0, id.lastIndexOf('_')) as keyof typeof versioned]
    if (table)
      await db.execute(
        sql`SELECT FROM ${sql.identifier(table)} WHERE workspace_id = ${workspace.id} AND id = ${uuidOf(id)} FOR NO KEY UPDATE`,
      )
  }
}

async function versionsNamed(db: Db, workspaceId: string, named: string[]): Promise<Versions> {
  const kinds = Object.entries(versioned) as [IdKind, string][]
  const found = kinds.map(async ([kind, table]) => {
    const ids = named.filter(id => id.startsWith(`${kind}_`)).map(uuidOf)
    const rows = ids.length > 0 ? await versionsIn(db, table).execute({ workspaceId, ids }) : []
    return rows.map(({ id, version }) => [idText(kind, id), version] as const)
  })
  return Object.fromEntries((await Promise.all(found)).flat())
}

/** Every write asks it of each kind of row that it names; planned anew each time it takes twice as long. */
function versionsIn(db: Db, table: string) {
  const name = `versions_in_${table}`
  return prepared(db, name, db =>
    db
      .select({ id: sql<string>`id`, version: sql<number>`version` })
      .from(sql`${sql.identifier(table)}`)
      .where(
        sql`workspace_id = ${sql.placeholder('workspaceId')} AND id = ANY(${sql.placeholder('ids')}::uuid[])`,
      )
      .prepare(name),
  )
}
