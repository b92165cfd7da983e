/** Fields that a business defines for its customers. A definition is replaced by its key, and never contradicts a value. */

import { and, asc, count, eq, notInArray, type SQL } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type CustomField, customFields, customFieldValues, type FieldType } from './tables.ts'

export interface FieldDefinition {
  key: string
  label: string
  type: FieldType
  /** Of a choice, and of nothing else. */
  choices?: string[]
  description?: string
}

const MOST_FIELDS = 200

/** In the order of their keys: all there are. */
export function listFields({ db, workspace }: Context): Promise<CustomField[]> {
  return db
    .select()
    .from(customFields)
    .where(eq(customFields.workspaceId, workspace.id))
    .orderBy(asc(customFields.key))
    .limit(MOST_FIELDS)
}

/**
 * Made, or replaced in full, by its key.
 * @throws Refusal `invalid_input` of choices that do not fit the type, or where values are there that the new definition
 *   would not take, with their number; `quota_exceeded`
 */
export async function defineField(ctx: Context, asked: FieldDefinition): Promise<CustomField> {
  const { db, workspace, now, emit } = ctx
  const { key, label, type } = asked
  const choices = choicesOf(asked)
  const description = asked.description ?? null
  const present = await lockField(ctx, key)
  if (present) await mustTakeItsValues(ctx, present, type, choices)
  else await mustHaveRoom(ctx)
  const [field] = await db
    .insert(customFields)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      key,
      label,
      type,
      choices,
      description,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoUpdate({
      target: [customFields.workspaceId, customFields.key],
      set: { label, type, choices, description, updatedAt: now },
    })
    .returning()
  emit({ type: 'custom_field.defined', subject: { kind: 'field', id: field!.id }, data: { key, type } })
  return field!
}

function choicesOf({ type, choices }: FieldDefinition): string[] | null {
  const fits = type === 'choice' ? choices !== undefined && choices.length > 0 : choices === undefined
  if (!fits) throw invalid('choices', 'A choice has at least one; other types have none.')
  if (choices && new Set(choices).size < choices.length) throw invalid('choices', 'One is there twice.')
  return choices ?? null
}

/** Whoever sets a value refers to the definition, and so waits for whoever changes it. */
async function lockField({ db, workspace }: Context, key: string): Promise<CustomField | undefined> {
  const [field] = await db
    .select()
    .from(customFields)
    .where(and(eq(customFields.workspaceId, workspace.id), eq(customFields.key, key)))
    .for('update')
  return field
}

async function mustTakeItsValues(
  ctx: Context,
  present: CustomField,
  type: FieldType,
  choices: string[] | null,
): Promise<void> {
  if (type !== present.type) {
    const held = await countValues(ctx, present.id)
    if (held > 0) {
      throw invalid(
        'type',
        `${held} customers have a value of type ${present.type}. Define another key instead.`,
        held,
      )
    }
  } else if (choices) {
    const left = await countValues(ctx, present.id, notInArray(customFieldValues.textValue, choices))
    if (left > 0) throw invalid('choices', `${left} customers have a choice that would be gone.`, left)
  }
}

async function countValues({ db, workspace }: Context, fieldId: string, which?: SQL): Promise<number> {
  const [row] = await db
    .select({ held: count() })
    .from(customFieldValues)
    .where(
      and(eq(customFieldValues.workspaceId, workspace.id), eq(customFieldValues.fieldId, fieldId), which),
    )
  return row!.held
}

async function mustHaveRoom({ db, workspace }: Context): Promise<void> {
  const [row] = await db
    .select({ defined: count() })
    .from(customFields)
    .where(eq(customFields.workspaceId, workspace.id))
  if (row!.defined < MOST_FIELDS) return
  throw new Refusal('quota_exceeded', `A workspace defines at most ${MOST_FIELDS} fields.`, {
    limit: MOST_FIELDS,
  })
}

function invalid(field: string, message: string, customers?: number): Refusal {
  return new Refusal('invalid_input', `${field}: ${message}`, { field, ...(customers && { customers }) }, [
    'list_custom_fields',
  ])
}
