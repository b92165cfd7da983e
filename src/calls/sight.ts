/**
 * Holds every tool to what its caller sees, whichever rows it reads: an id out of sight answers as one that does not
 * exist, a row about it is left out, and what would answer it alone is refused. Lists narrow their own queries too, so
 * that their pages are full; this is what holds where one does not.
 */

import { type SQL, sql } from 'drizzle-orm'
import type { Principal } from '../access/principal.ts'
import { type Sight, seesBooking, seesCustomer, sightOf } from '../access/sight.ts'
import { idText, uuidOf } from '../catalog/kinds.ts'
import { notFound, Refusal } from '../catalog/refusal.ts'
import type { Db } from '../database/pool.ts'
import type { Context } from '../domain/context.ts'
import { idsIn } from './names.ts'
import type { Trace } from './run.ts'

interface Viewer {
  db: Db
  workspaceId: string
  sight: Sight | null
}

/** Finds out what the caller sees, for the tool and for its answer. @throws Refusal `not_found`, as `mustSee` */
export async function lookThrough(context: Context, written: unknown): Promise<Viewer> {
  const { db, workspace, principal } = context
  context.sight = await sightOf(db, workspace.id, principal)
  const viewer = { db, workspaceId: workspace.id, sight: context.sight }
  await mustSee(viewer, written)
  return viewer
}

/** The same of a call that waited. @throws Refusal `forbidden_scope`: what its asker no longer sees is theirs no more */
export async function lookAgain(context: Context, written: unknown): Promise<Viewer> {
  try {
    return await lookThrough(context, written)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal('forbidden_scope', 'It is about what they no longer see.', error.details)
  }
}

/** What the call has made is its maker's to read. */
export function madeIn({ events }: Trace): string[] {
  return events.map(({ subject }) => idText(subject.kind, subject.id))
}

/** @throws Refusal `not_found` for an argument that names what the caller does not see */
async function mustSee(viewer: Viewer, written: unknown): Promise<void> {
  const [first] = await unseenIn(viewer, written)
  if (first) throw unseen(first)
}

/** What it names, anywhere, that the viewer does not see. */
async function unseenIn({ sight, ...viewer }: Viewer, value: unknown): Promise<Set<string>> {
  if (!sight) return new Set()
  const ids = idsIn(value)
  const hidden = await hiddenAmong({ ...viewer, sight }, ids)
  return new Set([...hidden, ...ids.filter(id => isElsewhere(sight, id))])
}

/** Of what lies before people without a tool, what is wholly theirs to see. @param read what a row says */
export async function seenBy<Row>(
  db: Db,
  { principal, workspace }: Pick<Context, 'principal' | 'workspace'>,
  rows: Row[],
  read: (row: Row) => unknown,
): Promise<Row[]> {
  const sight = await sightOf(db, workspace.id, principal)
  if (!sight) return rows
  const hidden = await unseenIn({ db, workspaceId: workspace.id, sight }, rows.map(read))
  return rows.filter(row => !idsIn(read(row)).some(id => hidden.has(id)))
}

/** In the words of the tools themselves, which say the same of an id that is nobody's. */
function unseen(id: string): Refusal {
  const kind = id.slice(0, id.indexOf('_'))
  return notFound(kind, finders[kind])
}

const finders: Record<string, string[]> = {
  booking: ['list_bookings'],
  customer: ['search_customers'],
  location: ['list_locations'],
}

/** Whoever is bound to places asks about no other. */
function isElsewhere({ locationIds }: Sight, id: string): boolean {
  return locationIds !== undefined && id.startsWith('location_') && !locationIds.includes(uuidOf(id))
}

/**
 * The answer without the rows that name what the caller does not see.
 * @param own ids that the call itself has made, or was asked about: their maker may read what they did
 * @throws Refusal `not_found` where nothing else would be left
 */
export async function seen<Data>(viewer: Viewer, data: Data, own: Iterable<string> = []): Promise<Data> {
  if (!viewer.sight) return data
  const hidden = await hiddenAmong(viewer, idsIn(data))
  for (const id of own) hidden.delete(id)
  if (hidden.size === 0) return data
  const left = withoutRows(data, hidden)
  const [first] = idsIn(left).filter(id => hidden.has(id))
  if (first) throw unseen(first)
  return left as Data
}

/** The answer as the caller is to read it: of what is the team's own, the form alone is left. */
export function withoutBlanks<Data>({ only }: Principal, tool: string, data: Data): Data {
  const blank = only?.[tool]?.blank
  if (!blank || typeof data !== 'object' || data === null) return data
  const emptied = Object.entries(data).map(([name, field]) => {
    if (!blank.includes(name)) return [name, field]
    return [name, Array.isArray(field) ? [] : null]
  })
  return Object.fromEntries(emptied) as Data
}

/** A rule of booking tells the team whom it failed for, and when they are away. A customer is told which rule. */
export function refusalTold({ kind }: Principal, refusal: Refusal): Refusal {
  const { code, message, details, nextTools } = refusal
  if (kind !== 'customer' && kind !== 'publishable_key') return refusal
  return 'rule' in details ? new Refusal(code, message, { rule: details.rule }, nextTools) : refusal
}

/** Deepest first: a list loses its rows before the row that holds the list is looked at. */
function withoutRows(value: unknown, hidden: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    return value.map(row => withoutRows(row, hidden)).filter(row => !idsIn(row).some(id => hidden.has(id)))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutRows(field, hidden)]))
}

async function hiddenAmong({ db, workspaceId, sight }: Viewer, ids: string[]): Promise<Set<string>> {
  const queries = Object.entries(sources).flatMap(([kind, source]) => {
    const asked = [...new Set(ids.filter(id => id.startsWith(`${kind}_`)).map(uuidOf))]
    return asked.length > 0 ? [source(sight, workspaceId, asked)] : []
  })
  if (queries.length === 0) return new Set()
  const { rows } = await db.execute<{ kind: keyof typeof sources; id: string }>(
    sql.join(queries, sql` UNION ALL `),
  )
  return new Set(rows.map(({ kind, id }) => idText(kind, id)))
}

/** An id that is nobody's is not hidden: what it names does not exist, and the tool says so. */
const sources = {
  booking: (sight, workspaceId, ids) => sql`
    SELECT 'booking' AS kind, b.id FROM bookings b
    WHERE b.workspace_id = ${workspaceId} AND b.id IN ${ids} AND NOT coalesce(${seesBooking(sight, sql`b`)}, false)`,
  customer: (sight, workspaceId, ids) => sql`
    SELECT 'customer' AS kind, c.id FROM customers c
    WHERE c.workspace_id = ${workspaceId} AND c.id IN ${ids} AND NOT coalesce(${seesCustomer(sight, sql`c`)}, false)`,
} satisfies Record<string, (sight: Sight | null, workspaceId: string, ids: string[]) => SQL>
