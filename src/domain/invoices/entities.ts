/** Legal entities: who issues, and the series whose numbers have no gap. */

import { and, asc, eq, sql } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type LegalEntity, legalEntities, type NumberSeries, numberSeries } from './tables.ts'

export const DEFAULT_ENTITY = 'default'
export const DEFAULT_SERIES = 'main'

export interface SeriesView {
  kind: NumberSeries['kind']
  key: string
  prefix: string
  next_number: number
  /** It has given out a number; its prefix and counting stay. */
  used: boolean
}

export interface EntityView {
  id: string
  key: string
  name: string
  address: string | null
  tax_ids: string[]
  footer: string | null
  series: SeriesView[]
  version: number
}

/** In the order in which they were made; where nobody has said who issues, the workspace itself does. */
export async function listEntities(context: Context): Promise<EntityView[]> {
  const { db, workspace } = context
  const rows = await db
    .select()
    .from(legalEntities)
    .where(eq(legalEntities.workspaceId, workspace.id))
    .orderBy(asc(legalEntities.id))
  return Promise.all(rows.map(row => viewOf(context, row)))
}

export interface EntityTerms {
  key: string
  name: string
  address?: string
  tax_ids?: string[]
  /** On every invoice, below: terms, a bank account. */
  footer?: string
  /** Those it has stay, but for an unused one of the same kind and key. */
  series?: { kind: NumberSeries['kind']; key: string; prefix: string; first_number: number }[]
}

/** Says in full who issues under a key. @throws Refusal `invalid_transition` for a used series, `invalid_input` for a prefix that is another's */
export async function upsertEntity(context: Context, terms: EntityTerms): Promise<EntityView> {
  const { db, workspace, emit } = context
  const entity = await entityOf(context, terms.key, terms.name)
  const [row] = await db
    .update(legalEntities)
    .set({
      name: terms.name,
      address: terms.address ?? null,
      taxIds: terms.tax_ids ?? [],
      footer: terms.footer ?? null,
      version: sql`${legalEntities.version} + 1`,
    })
    .where(and(eq(legalEntities.workspaceId, workspace.id), eq(legalEntities.id, entity.id)))
    .returning()
  for (const series of terms.series ?? []) await setSeries(context, entity.id, series)
  emit({ type: 'legal_entity.changed', subject: { kind: 'entity', id: entity.id } })
  return viewOf(context, row!)
}

/** 0 where nobody has made it. */
export async function entityVersion({ db, workspace }: Context, key: string): Promise<number> {
  const [row] = await db
    .select({ version: legalEntities.version })
    .from(legalEntities)
    .where(and(eq(legalEntities.workspaceId, workspace.id), eq(legalEntities.key, key)))
  return row?.version ?? 0
}

async function setSeries(
  context: Context,
  legalEntityId: string,
  { kind, key, prefix, first_number }: NonNullable<EntityTerms['series']>[number],
): Promise<void> {
  const { db, workspace } = context
  const rows = await seriesOf(context, legalEntityId)
  const present = rows.find(series => series.kind === kind && series.key === key)
  if (present && present.prefix === prefix && present.firstNumber === first_number) return
  if (rows.some(series => series !== present && series.prefix === prefix)) {
    throw new Refusal('invalid_input', 'series.prefix: Another series of this entity has it.', {
      field: 'series',
      prefix,
    })
  }
  const numbers = { prefix, firstNumber: first_number, lastNumber: first_number - 1 }
  if (!present) {
    await db
      .insert(numberSeries)
      .values({ workspaceId: workspace.id, id: newId(), legalEntityId, kind, key, ...numbers })
    return
  }
  const changed = await db
    .update(numberSeries)
    .set(numbers)
    .where(
      and(
        eq(numberSeries.workspaceId, workspace.id),
        eq(numberSeries.id, present.id),
        sql`${numberSeries.lastNumber} = ${numberSeries.firstNumber} - 1`,
      ),
    )
    .returning({ id: numberSeries.id })
  if (changed.length > 0) return
  throw new Refusal(
    'invalid_transition',
    'This series has given out numbers and cannot be renumbered. Add one with another key.',
    { kind, key, last_number: present.lastNumber },
    ['list_legal_entities'],
  )
}

/** Made when it is first needed. */
export async function entityOf(
  { db, workspace, now }: Context,
  key = DEFAULT_ENTITY,
  name = workspace.name,
): Promise<LegalEntity> {
  const here = and(eq(legalEntities.workspaceId, workspace.id), eq(legalEntities.key, key))
  const [found] = await db.select().from(legalEntities).where(here)
  if (found) return found
  await db
    .insert(legalEntities)
    .values({ workspaceId: workspace.id, id: newId(), key, name, createdAt: now })
    .onConflictDoNothing()
  const [made] = await db.select().from(legalEntities).where(here)
  return made!
}

/** @throws Refusal `not_found` of another key than the default, which needs no making */
export async function findEntity(context: Context, key = DEFAULT_ENTITY): Promise<LegalEntity> {
  if (key !== DEFAULT_ENTITY && (await entityVersion(context, key)) === 0) {
    throw new Refusal('not_found', 'There is no legal entity of this key.', { kind: 'legal_entity', key }, [
      'list_legal_entities',
    ])
  }
  return entityOf(context, key)
}

const defaultPrefix = { invoice: 'INV-', credit_note: 'CN-' }

/** The main one is made when it is first needed. @throws Refusal `not_found` of any other */
export async function findSeries(
  context: Context,
  legalEntityId: string,
  kind: NumberSeries['kind'],
  key = DEFAULT_SERIES,
): Promise<NumberSeries> {
  const { db, workspace } = context
  const present = (await seriesOf(context, legalEntityId)).find(row => row.kind === kind && row.key === key)
  if (present) return present
  if (key !== DEFAULT_SERIES) {
    throw new Refusal('not_found', 'There is no such series.', { kind: 'number_series', key }, [
      'list_legal_entities',
    ])
  }
  const numbers = { prefix: defaultPrefix[kind], firstNumber: 1, lastNumber: 0 }
  await db
    .insert(numberSeries)
    .values({ workspaceId: workspace.id, id: newId(), legalEntityId, kind, key, ...numbers })
    .onConflictDoNothing()
  const made = (await seriesOf(context, legalEntityId)).find(row => row.kind === kind && row.key === key)
  if (made) return made
  throw new Refusal(
    'invalid_input',
    'series: Name one; the usual prefix belongs to another.',
    { field: 'series' },
    ['list_legal_entities'],
  )
}

/** The next number. Its row stays locked until the transaction ends, which gives the number back where it fails. */
export async function takeNumber(
  { db, workspace }: Context,
  seriesId: string,
): Promise<{ number: number; numberText: string }> {
  const [row] = await db
    .update(numberSeries)
    .set({ lastNumber: sql`${numberSeries.lastNumber} + 1` })
    .where(and(eq(numberSeries.workspaceId, workspace.id), eq(numberSeries.id, seriesId)))
    .returning()
  const { lastNumber, prefix } = row!
  return { number: lastNumber, numberText: `${prefix}${String(lastNumber).padStart(4, '0')}` }
}

function seriesOf({ db, workspace }: Context, legalEntityId: string): Promise<NumberSeries[]> {
  return db
    .select()
    .from(numberSeries)
    .where(and(eq(numberSeries.workspaceId, workspace.id), eq(numberSeries.legalEntityId, legalEntityId)))
    .orderBy(asc(numberSeries.id))
}

async function viewOf(context: Context, row: LegalEntity): Promise<EntityView> {
  const series = await seriesOf(context, row.id)
  return {
    id: row.id,
    key: row.key,
    name: row.name,
    address: row.address,
    tax_ids: row.taxIds,
    footer: row.footer,
    series: series.map(({ kind, key, prefix, firstNumber, lastNumber }) => ({
      kind,
      key,
      prefix,
      next_number: lastNumber + 1,
      used: lastNumber >= firstNumber,
    })),
    version: row.version,
  }
}
