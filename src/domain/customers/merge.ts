/**
 * Makes one customer of two. The preview is the commit without its writing: one function, so that they cannot differ.
 * Nothing of it is undone; the id of the one who goes is an alias of the one who stays, for ever.
 */

import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type MergedConsent, mergeConsent } from '../messaging/merged-consent.ts'
import { moveValues } from './field-values.ts'
import { survivorOf } from './get.ts'
import { movers, type Refund } from './moving.ts'
import { customers } from './tables.ts'
import { type ComingVisit, comingVisits } from './visits.ts'

export interface Merge {
  survivor_id: string
  merged_id: string
  /** The survivor's, once they are one. */
  name: string
  email: string | null
  phone: string | null
  tags: string[]
  /** Fields that were empty, and are the other's now. */
  filled: string[]
  /** Fields of the other that give way. */
  given_up: string[]
  consent: MergedConsent[]
  /** How many of what change hands. */
  moved: Record<string, number>
  refunds: Refund[]
  /** Visits to come that overlap once they are one person's; they stay. */
  conflicts: Conflict[]
}

export interface Conflict {
  kind: ComingVisit['kind']
  id: string
  other_kind: ComingVisit['kind']
  other_id: string
  starts_at: Temporal.Instant
}

type Row = typeof customers.$inferSelect

/**
 * The survivor's fields win, empty ones are filled, tags are united, the more restrictive consent wins, and all that the
 * other has becomes the survivor's. Nobody new has come: nothing says `customer.created`.
 * @param commit false: says what would be, and writes nothing
 * @throws Refusal `not_found`; `already_merged` with the survivor's id, of either; `invalid_input` of one and the same
 */
export async function mergeCustomers(
  ctx: Context,
  { survivorId, mergedId }: { survivorId: string; mergedId: string },
  commit: boolean,
): Promise<Merge> {
  if (survivorId === mergedId)
    throw new Refusal('invalid_input', 'merged_id: They are one already.', { field: 'merged_id' })
  const both = await read(ctx, [survivorId, mergedId], commit)
  const [survivor, merged] = [await unmerged(ctx, both, survivorId), await unmerged(ctx, both, mergedId)]
  const { columns, filled, given_up } = mergedFields(survivor, merged)
  const after = { ...survivor, ...columns }
  const visits = await Promise.all([mergedId, survivorId].map(id => comingVisits(ctx, id)))

  const fields = await moveValues(ctx, mergedId, survivorId, commit)
  const consent = await mergeConsent(
    ctx,
    { id: survivorId, email: after.email, phone: after.phoneE164 },
    { id: mergedId, email: merged.email, phone: merged.phoneE164 },
    commit,
  )
  const moved: Record<string, number> = {}
  const refunds: Refund[] = []
  for (const move of movers) {
    const part = await move(ctx, mergedId, survivorId, commit)
    Object.assign(moved, part.counts)
    refunds.push(...(part.refunds ?? []))
  }
  if (commit) await write(ctx, survivor, mergedId, columns)
  return {
    survivor_id: survivorId,
    merged_id: mergedId,
    name: after.name,
    email: after.email,
    phone: after.phoneE164,
    tags: after.tags,
    filled: [...filled, ...fields.filled],
    given_up: [...given_up, ...fields.givenUp],
    consent,
    moved,
    refunds,
    conflicts: conflictsOf(visits[0]!, visits[1]!, refunds),
  }
}

/** What a yes to it rests on. */
export async function mergeVersions(ctx: Context, ids: string[]): Promise<Record<string, number>> {
  const rows = await read(ctx, ids, false)
  return Object.fromEntries(rows.map(({ id, version }) => [id, version]))
}

/**
 * In id order: opposite merges meet at the first, and the second finds that it comes late. Whoever writes something of
 * either refers to its row, and so has done, or waits (calls/survivors.ts).
 */
async function read(ctx: Context, ids: string[], lock: boolean): Promise<Row[]> {
  const { db, workspace } = ctx
  const query = db
    .select()
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), inArray(customers.id, ids)))
    .orderBy(asc(customers.id))
  return lock ? query.for('update') : query
}

async function unmerged(ctx: Context, rows: Row[], id: string): Promise<Row> {
  const row = rows.find(found => found.id === id)
  if (!row) throw notFound('customer', ['search_customers'])
  if (row.status !== 'merged') return row
  const survivor = idText('customer', await survivorOf(ctx, id))
  throw new Refusal(
    'already_merged',
    `${idText('customer', id)} was merged into ${survivor}.`,
    { survivor_id: survivor },
    ['get_customer'],
  )
}

const fillable = {
  email: ['email', 'emailKey'],
  phone: ['phoneE164', 'phoneExtension'],
  time_zone: ['timeZone'],
  language: ['language'],
  note: ['note'],
} as const satisfies Record<string, (keyof Row)[]>

/** Pure. */
export function mergedFields(survivor: Row, merged: Row) {
  const columns: Partial<Row> = {
    tags: [...new Set([...survivor.tags, ...merged.tags])],
    blocked: survivor.blocked || merged.blocked,
  }
  const filled: string[] = []
  const given_up: string[] = []
  for (const [name, [first, ...others]] of Object.entries(fillable)) {
    if (merged[first] === null || merged[first] === survivor[first]) continue
    if (survivor[first] !== null) {
      given_up.push(name)
      continue
    }
    filled.push(name)
    for (const column of [first, ...others]) Object.assign(columns, { [column]: merged[column] })
  }
  if (merged.nameKey !== survivor.nameKey) given_up.push('name')
  return { columns, filled, given_up }
}

function conflictsOf(theirs: ComingVisit[], own: ComingVisit[], refunds: Refund[]): Conflict[] {
  const given = new Set(refunds.map(({ enrolment_id }) => enrolment_id))
  return theirs
    .filter(({ id }) => !given.has(id))
    .flatMap(one =>
      own
        .filter(other => overlap(one, other))
        .map(other => ({
          kind: one.kind,
          id: one.id,
          other_kind: other.kind,
          other_id: other.id,
          starts_at: one.startsAt,
        })),
    )
}

function overlap(one: ComingVisit, other: ComingVisit): boolean {
  return (
    one.startsAt.epochMilliseconds < other.endsAt.epochMilliseconds &&
    other.startsAt.epochMilliseconds < one.endsAt.epochMilliseconds
  )
}

async function write(ctx: Context, survivor: Row, mergedId: string, columns: Partial<Row>): Promise<void> {
  const { db, workspace, now, emit } = ctx
  const isOne = (id: string) => and(eq(customers.workspaceId, workspace.id), eq(customers.id, id))
  const later = { version: sql`${customers.version} + 1`, updatedAt: now }
  await db
    .update(customers)
    .set({ ...columns, ...later })
    .where(isOne(survivor.id))
  await db
    .update(customers)
    .set({ status: 'merged', mergedInto: survivor.id, ...later })
    .where(isOne(mergedId))
  emit({
    type: 'customer.merged',
    subject: { kind: 'customer', id: mergedId },
    data: { survivor_id: idText('customer', survivor.id) },
  })
}
