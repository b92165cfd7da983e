/** Who belongs to whom: one household, who pays, who is a child's guardian. */

import { and, asc, eq, or, sql } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { getCustomer } from './get.ts'
import type { Mover } from './moving.ts'
import { customerRelationships, customers, type RelationshipKind } from './tables.ts'

export interface Relationship {
  kind: RelationshipKind
  customerId: string
}

/** From where the customer stands: `pays_for` and `guardian_of` are what others have them as. */
export type Relation = RelationshipKind | 'pays_for' | 'guardian_of'

export interface RelationShown {
  relation: Relation
  customer_id: string
  name: string
}

const relationships = customerRelationships

/**
 * These, and no others: who is of their household, who pays for them, who is their guardian. What others have them as
 * stays, but for the household, which is mutual.
 * @throws Refusal `not_found`; `invalid_input` of oneself, of two payers, and of two who would be each other's guardian
 */
export async function setRelationships(
  ctx: Context,
  id: string,
  wanted: Relationship[],
): Promise<{ id: string; relationships: RelationShown[] }> {
  const { db, workspace, emit } = ctx
  const customer = await getCustomer(ctx, id)
  const others = await Promise.all(
    wanted.map(async ({ kind, customerId }) => ({ kind, otherId: (await getCustomer(ctx, customerId)).id })),
  )
  if (others.some(({ otherId }) => otherId === customer.id)) throw invalid('Nobody is related to themself.')
  if (others.filter(({ kind }) => kind === 'payer').length > 1) throw invalid('One pays; there are two.')
  await lockBoth(ctx, [customer.id, ...others.map(({ otherId }) => otherId)])
  const wards = (await relationsOf(ctx, customer.id)).filter(({ relation }) => relation === 'guardian_of')
  const mutual = others.find(
    ({ kind, otherId }) => kind === 'guardian' && wards.some(ward => ward.customer_id === otherId),
  )
  if (mutual) throw invalid('They are the guardian of this person already.')
  const own = eq(relationships.workspaceId, workspace.id)
  await db
    .delete(relationships)
    .where(
      and(
        own,
        or(
          eq(relationships.customerId, customer.id),
          and(eq(relationships.kind, 'household'), eq(relationships.otherId, customer.id)),
        ),
      ),
    )
  const rows = others.flatMap(({ kind, otherId }) => {
    const row = { workspaceId: workspace.id, customerId: customer.id, kind, otherId }
    return kind === 'household' ? [row, { ...row, customerId: otherId, otherId: customer.id }] : [row]
  })
  if (rows.length > 0) await db.insert(relationships).values(rows).onConflictDoNothing()
  emit({
    type: 'customer.updated',
    subject: { kind: 'customer', id: customer.id },
    data: { fields: ['relationships'] },
  })
  return { id: customer.id, relationships: await relationsOf(ctx, customer.id) }
}

function invalid(message: string): Refusal {
  return new Refusal('invalid_input', `relationships: ${message}`, { field: 'relationships' })
}

/** In id order: two who set each other's do not wait for each other. */
async function lockBoth({ db, workspace }: Context, ids: string[]): Promise<void> {
  await db.execute(sql`
    SELECT FROM customers WHERE workspace_id = ${workspace.id} AND id = ANY(${sql.param(ids)}::uuid[])
    ORDER BY id FOR NO KEY UPDATE`)
}

const reversed = { household: 'household', payer: 'pays_for', guardian: 'guardian_of' } as const

/** Both ways, each once. */
export async function relationsOf({ db, workspace }: Context, customerId: string): Promise<RelationShown[]> {
  const isOwn = sql<boolean>`${relationships.customerId} = ${customerId}`
  const rows = await db
    .select({ kind: relationships.kind, isOwn, id: customers.id, name: customers.name })
    .from(relationships)
    .innerJoin(
      customers,
      and(
        eq(customers.workspaceId, relationships.workspaceId),
        eq(
          customers.id,
          sql`CASE WHEN ${isOwn} THEN ${relationships.otherId} ELSE ${relationships.customerId} END`,
        ),
      ),
    )
    .where(
      and(
        eq(relationships.workspaceId, workspace.id),
        or(eq(relationships.customerId, customerId), eq(relationships.otherId, customerId)),
      ),
    )
    .orderBy(asc(relationships.kind), asc(customers.id))
    .limit(MOST_SHOWN)
  return rows
    .filter(({ kind, isOwn: own }) => own || kind !== 'household')
    .map(({ kind, isOwn: own, id, name }) => ({
      relation: own ? kind : reversed[kind],
      customer_id: id,
      name,
    }))
}

const MOST_SHOWN = 200

/** Of a customer who is merged: what would relate the survivor to themself goes, and so does a second payer. */
export const moveRelationships: Mover = async ({ db, workspace }, from, to, commit) => {
  const own = eq(relationships.workspaceId, workspace.id)
  const touching = (id: string) =>
    and(own, or(eq(relationships.customerId, id), eq(relationships.otherId, id)))
  const [theirs, survivors] = await Promise.all([
    db.select().from(relationships).where(touching(from)),
    db.select().from(relationships).where(touching(to)),
  ])
  const named = (row: (typeof theirs)[number]) => `${row.customerId} ${row.kind} ${row.otherId}`
  const there = new Set(survivors.map(named))
  const hasPayer = survivors.some(({ customerId, kind }) => customerId === to && kind === 'payer')
  const moved = theirs
    .map(row => ({
      ...row,
      customerId: row.customerId === from ? to : row.customerId,
      otherId: row.otherId === from ? to : row.otherId,
    }))
    .filter(row => row.customerId !== row.otherId && !there.has(named(row)))
    .filter(row => !(hasPayer && row.customerId === to && row.kind === 'payer'))
  if (commit && theirs.length > 0) {
    await db.delete(relationships).where(touching(from))
    if (moved.length > 0) await db.insert(relationships).values(moved).onConflictDoNothing()
  }
  return { counts: { relationships: moved.length } }
}
