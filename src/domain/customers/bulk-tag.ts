/** Adds tags to all customers of a segment or a rule, or takes them away, in one statement. */

import { and, desc, type SQL, sql } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type Customer, labels, shown } from './customer.ts'
import type { Rule } from './segment-rule.ts'
import { audience } from './segments.ts'
import { customers } from './tables.ts'

export interface BulkTagged {
  /** Who has other tags than before; who had them so is left alone. */
  count: number
  /** Three of them, as they are now. */
  sample: Customer[]
}

export interface BulkTags {
  rule: Rule
  add: string[]
  remove: string[]
}

const MOST_TAGS = 50
const SHOWN = 3

/** Once: done again it changes nobody. @throws Refusal `invalid_input` of nothing to do */
export async function bulkTag(ctx: Context, asked: BulkTags): Promise<BulkTagged> {
  const { rule } = asked
  const [added, removed] = [labels(asked.add), labels(asked.remove)]
  if (added.length + removed.length === 0 || added.some(tag => removed.includes(tag))) {
    throw new Refusal('invalid_input', 'add: Name tags to add or to remove, and none in both.', {
      field: 'add',
    })
  }
  const tags = sql`(
    SELECT coalesce(array_agg(tag ORDER BY first), '{}') FROM (
      SELECT tag, min(place) AS first
      FROM unnest(${customers.tags} || ${sql.param(added)}::text[]) WITH ORDINALITY AS listed (tag, place)
      WHERE tag <> ALL (${sql.param(removed)}::text[]) GROUP BY tag
    ) AS kept)`
  const changed = await ctx.db
    .update(customers)
    .set({ tags, version: sql`${customers.version} + 1`, updatedAt: ctx.now })
    .where(and(await audience(ctx, rule), differs(added, removed)))
    .returning({ id: customers.id, tags: customers.tags })
  if (changed.some(row => row.tags.length > MOST_TAGS)) {
    throw new Refusal('quota_exceeded', `A customer has at most ${MOST_TAGS} tags.`, { limit: MOST_TAGS })
  }
  const ids = changed
    .map(({ id }) => id)
    .sort()
    .slice(-SHOWN)
  for (const { id } of changed.slice(0, MOST_TOLD))
    ctx.emit({ type: 'customer.updated', subject: { kind: 'customer', id }, data: { fields: ['tags'] } })
  const sample =
    ids.length === 0
      ? []
      : await ctx.db
          .select(shown(ctx))
          .from(customers)
          .where(
            and(
              sql`${customers.workspaceId} = ${ctx.workspace.id}`,
              sql`${customers.id} = ANY(${sql.param(ids)}::uuid[])`,
            ),
          )
          .orderBy(desc(customers.id))
  return { count: changed.length, sample }
}

/** For a decision that rests on who would change: once they are others, it is another. */
export async function whoChanges(ctx: Context, { rule, add, remove }: BulkTags): Promise<string> {
  const [row] = await ctx.db
    .select({
      who: sql<string>`md5(coalesce(string_agg(${customers.id}::text, ',' ORDER BY ${customers.id}), ''))`,
    })
    .from(customers)
    .where(and(await audience(ctx, rule), differs(labels(add), labels(remove))))
  return row!.who
}

function differs(added: string[], removed: string[]): SQL {
  return sql`(NOT ${customers.tags} @> ${sql.param(added)}::text[] OR ${customers.tags} && ${sql.param(removed)}::text[])`
}

/** Events of one call: who listens to more reads the audit's row of the call. */
const MOST_TOLD = 1_000
