/** Segments: rules with a name, evaluated whenever somebody asks who is in one. A campaign's audience is the same rule. */

import { and, asc, count, desc, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { seesCustomer } from '../../access/sight.ts'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import { notFound } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type Customer, shown } from './customer.ts'
import type { Rule } from './segment-rule.ts'
import { compile } from './segment-sql.ts'
import { customers, type Segment, segments } from './tables.ts'

/** By its key, replaced in full. @throws Refusal `invalid_input` of a rule that names what is not defined */
export async function upsertSegment(
  ctx: Context,
  { key, name, rule }: { key: string; name: string; rule: Rule },
): Promise<Segment> {
  const { db, workspace, now, emit } = ctx
  await compile(ctx, rule)
  const [segment] = await db
    .insert(segments)
    .values({ workspaceId: workspace.id, id: newId(), key, name, rule, createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: [segments.workspaceId, segments.key],
      set: { name, rule, version: sql`${segments.version} + 1`, updatedAt: now },
    })
    .returning()
  emit({ type: 'segment.saved', subject: { kind: 'segment', id: segment!.id }, data: { key } })
  return segment!
}

export async function listSegments(
  { db, workspace }: Context,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<Page<Segment[]>> {
  const after = readCursor(cursor)
  const rows = await db
    .select()
    .from(segments)
    .where(and(eq(segments.workspaceId, workspace.id), after ? gt(segments.id, after) : undefined))
    .orderBy(asc(segments.id))
    .limit(limit + 1)
  return pageOf(rows, limit)
}

/** @throws Refusal `not_found` */
export async function findSegment({ db, workspace }: Context, key: string): Promise<Segment> {
  const [segment] = await db
    .select()
    .from(segments)
    .where(and(eq(segments.workspaceId, workspace.id), eq(segments.key, key)))
  if (!segment) throw notFound('segment', ['list_segments'])
  return segment
}

/** For a decision that rests on the rule as it is now; 0 where none has this key yet. */
export async function segmentVersion({ db, workspace }: Context, key: string): Promise<number> {
  const [segment] = await db
    .select({ version: segments.version })
    .from(segments)
    .where(and(eq(segments.workspaceId, workspace.id), eq(segments.key, key)))
  return segment?.version ?? 0
}

/** Who meets the rule at `ctx.now`, as a condition on `customers`: of those whom the caller sees, the active ones. */
export async function audience(ctx: Context, rule: Rule): Promise<SQL> {
  return and(
    eq(customers.workspaceId, ctx.workspace.id),
    eq(customers.status, 'active'),
    seesCustomer(ctx.sight, sql`${customers}`),
    await compile(ctx, rule),
  )!
}

export interface SegmentPreview {
  count: number
  /** The newest. */
  sample: Customer[]
}

/** @param at the time T at which the rule is asked; default: now */
export async function previewSegment(
  context: Context,
  rule: Rule,
  { at = context.now, limit }: { at?: Temporal.Instant; limit: number },
): Promise<SegmentPreview> {
  const ctx = { ...context, now: at }
  const who = await audience(ctx, rule)
  const [row] = await ctx.db.select({ count: count() }).from(customers).where(who)
  const sample = await ctx.db
    .select(shown(ctx))
    .from(customers)
    .where(who)
    .orderBy(desc(customers.id))
    .limit(limit)
  return { count: row!.count, sample }
}
