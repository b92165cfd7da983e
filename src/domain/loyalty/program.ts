/** The program in its versions: each is whole, takes effect at its instant, and never changes. */

import { and, asc, desc, eq, gt, inArray, lte, max, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { stale } from '../business/stale.ts'
import { services } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { loyaltyPrograms, type Program } from './tables.ts'

/** What counts at an instant: what took effect last. null: there was none yet. */
export async function programAt({ db, workspace }: Context, at: Temporal.Instant): Promise<Program | null> {
  const [program] = await db
    .select()
    .from(loyaltyPrograms)
    .where(and(eq(loyaltyPrograms.workspaceId, workspace.id), lte(loyaltyPrograms.effectiveFrom, at)))
    .orderBy(desc(loyaltyPrograms.effectiveFrom), desc(loyaltyPrograms.version))
    .limit(1)
  return program ?? null
}

export async function programVersion({ db, workspace }: Context, version: number): Promise<Program> {
  const [program] = await db
    .select()
    .from(loyaltyPrograms)
    .where(and(eq(loyaltyPrograms.workspaceId, workspace.id), eq(loyaltyPrograms.version, version)))
  return program!
}

export interface Programs {
  /** The number of the newest version, in force or not; 0: there is none. */
  version: number
  current: Program | null
  /** Those that take effect later, the next first. */
  coming: Program[]
}

export async function readPrograms(context: Context): Promise<Programs> {
  const { db, workspace, now } = context
  const [current, later, version] = await Promise.all([
    programAt(context, now),
    db
      .select()
      .from(loyaltyPrograms)
      .where(and(eq(loyaltyPrograms.workspaceId, workspace.id), gt(loyaltyPrograms.effectiveFrom, now)))
      .orderBy(asc(loyaltyPrograms.effectiveFrom), desc(loyaltyPrograms.version))
      .limit(MOST_COMING),
    latestVersion(context),
  ])
  // Of two that take effect at once, the later version replaces the other, which never counts.
  const coming = later.filter(
    (program, index) => index === 0 || !program.effectiveFrom.equals(later[index - 1]!.effectiveFrom),
  )
  return { version, current, coming }
}

const MOST_COMING = 50

export async function latestVersion({ db, workspace }: Context): Promise<number> {
  const [row] = await db
    .select({ version: max(loyaltyPrograms.version) })
    .from(loyaltyPrograms)
    .where(eq(loyaltyPrograms.workspaceId, workspace.id))
  return row!.version ?? 0
}

export type NewProgram = Pick<
  Program,
  'name' | 'unit' | 'status' | 'autoEnrol' | 'expiry' | 'earnRules' | 'excluded' | 'tiers'
> & {
  /** The newest that it rests on; 0: there is none. */
  version: number
  /** Default: now. */
  effectiveFrom?: Temporal.Instant
}

/**
 * @throws Refusal `stale_version`; `not_found` of a service; `invalid_input` of the past, of another unit, of a rule that
 *   lacks what it counts, or of tiers that do not rise
 */
export async function changeProgram(context: Context, asked: NewProgram): Promise<Program> {
  const { db, workspace, now, principal, emit } = context
  await lockPrograms(context)
  const latest = await latestVersion(context)
  if (latest !== asked.version) throw stale('loyalty program', latest, 'get_loyalty_program')
  const effectiveFrom = asked.effectiveFrom ?? now
  if (Temporal.Instant.compare(effectiveFrom, now) < 0)
    throw invalid('effective_from', 'What was earned by the rules of its day stays so: not in the past.')
  mustCount(asked)
  await mustBeServices(context, asked)
  mustRise(asked)
  if (latest > 0) mustKeepUnit(await programVersion(context, latest), asked)
  const [program] = await db
    .insert(loyaltyPrograms)
    .values({
      ...asked,
      workspaceId: workspace.id,
      version: latest + 1,
      effectiveFrom,
      createdAt: now,
      principalKind: principal.kind,
      principalId: principal.id,
    })
    .returning()
  emit({
    type: 'loyalty.program_changed',
    subject: { kind: 'workspace', id: workspace.id },
    data: { version: latest + 1, effective_from: effectiveFrom.toString() },
  })
  return program!
}

/** One writer at a time: the first version has no row to lock. */
async function lockPrograms({ db, workspace }: Context): Promise<void> {
  await db.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${workspace.id}/loyalty program`}, 0))`,
  )
}

function mustCount({ earnRules }: NewProgram): void {
  for (const [index, rule] of earnRules.entries()) {
    const whole =
      rule.kind === 'visit' ||
      (rule.kind === 'spend' && rule.per !== null) ||
      (rule.kind === 'item' && rule.itemIds.length > 0) ||
      (rule.kind === 'category' && rule.categories.length > 0)
    if (!whole) throw invalid(`earn_rules.${index}`, `A rule by ${rule.kind} must say what it counts.`)
  }
}

async function mustBeServices({ db, workspace }: Context, asked: NewProgram): Promise<void> {
  const named = asked.earnRules.flatMap(rule => (rule.kind === 'item' ? rule.itemIds : []))
  const ids = [...new Set([...named, ...asked.excluded.itemIds])]
  if (ids.length === 0) return
  const found = await db
    .select({ id: services.id })
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), inArray(services.id, ids)))
  if (found.length < ids.length) throw notFound('service', ['list_services'])
}

function mustRise({ tiers }: NewProgram): void {
  const steps = tiers?.tiers ?? []
  const rises = steps.every((tier, index) => index === 0 || tier.threshold > steps[index - 1]!.threshold)
  if (!rises) throw invalid('tiers', 'Each takes more than the one before it.')
  if (new Set(steps.map(({ name }) => name)).size < steps.length)
    throw invalid('tiers', 'Two have the same name.')
}

/** Ten stamps are not ten points. */
function mustKeepUnit({ unit }: Program, asked: NewProgram): void {
  if (asked.unit !== unit) throw invalid('unit', `Members hold ${unit}; the unit of a program stays.`)
}

function invalid(field: string, message: string): Refusal {
  return new Refusal('invalid_input', `${field}: ${message}`, { field })
}
