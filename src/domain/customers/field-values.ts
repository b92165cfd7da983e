/** What customers have in the fields of the business: each value of its field's type. */

import { and, eq, inArray, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { change } from './change.ts'
import type { Customer } from './customer.ts'
import { fold } from './fold.ts'
import { getCustomer } from './get.ts'
import { type CustomField, customFields, customFieldValues } from './tables.ts'

/** A date is an ISO 8601 day. */
export type FieldValue = string | number | boolean

/** By key. Null takes a value away. */
export type FieldValues = Record<string, FieldValue | null>

/**
 * Sets the values that are named and leaves the rest.
 * @throws Refusal `not_found`, `invalid_input` of a key that is not defined or a value that is not of its type
 */
export async function setFieldValues(ctx: Context, id: string, values: FieldValues): Promise<Customer> {
  const customer = await getCustomer(ctx, id)
  const keys = Object.keys(values)
  const fields = await fieldsByKey(ctx, keys, 'key share')
  const rows = keys.flatMap(key => {
    const [field, value] = [fields.get(key)!, values[key]!]
    return value === null ? [] : [rowOf(ctx, customer.id, field, value)]
  })
  const gone = keys.filter(key => values[key] === null).map(key => fields.get(key)!.id)
  await remove(ctx, customer.id, gone)
  await insertValues(ctx, rows)
  return change(ctx, customer.id, {}, keys)
}

/** @param lock for whoever writes values of their types. @throws Refusal `invalid_input` of a key that is not defined */
export async function fieldsByKey(
  { db, workspace }: Context,
  keys: string[],
  lock?: 'key share',
): Promise<Map<string, CustomField>> {
  if (keys.length === 0) return new Map()
  const query = db
    .select()
    .from(customFields)
    .where(and(eq(customFields.workspaceId, workspace.id), inArray(customFields.key, keys)))
  const fields = await (lock ? query.for(lock) : query)
  const found = new Map(fields.map(field => [field.key, field]))
  const unknown = keys.find(key => !found.has(key))
  if (unknown !== undefined) {
    throw new Refusal('invalid_input', `${unknown}: No field of this key is defined.`, { field: unknown }, [
      'list_custom_fields',
      'define_custom_field',
    ])
  }
  return found
}

export type ValueRow = typeof customFieldValues.$inferInsert

/** @throws Refusal `invalid_input` of a value that is not of the field's type */
export function rowOf(
  { workspace }: Pick<Context, 'workspace'>,
  customerId: string,
  field: CustomField,
  value: FieldValue,
): ValueRow {
  const typed = typedValue(field, value)
  if (!typed) throw wrongType(field)
  return {
    workspaceId: workspace.id,
    customerId,
    fieldId: field.id,
    matchKey: matchKey(value),
    textValue: null,
    numberValue: null,
    dateValue: null,
    booleanValue: null,
    ...typed,
  }
}

/** As it is looked for: a text whatever its case and accents. */
export function matchKey(value: FieldValue): string {
  return fold(String(value)).slice(0, 200)
}

type Typed = Pick<ValueRow, 'textValue' | 'numberValue' | 'dateValue' | 'booleanValue'>

/** The column that holds it; null where it is not of the field's type. */
function typedValue({ type, choices }: CustomField, value: FieldValue): Typed | null {
  switch (type) {
    case 'text':
      return typeof value === 'string' ? { textValue: value } : null
    case 'choice':
      return typeof value === 'string' && choices!.includes(value) ? { textValue: value } : null
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? { numberValue: value } : null
    case 'boolean':
      return typeof value === 'boolean' ? { booleanValue: value } : null
    case 'date': {
      const date = typeof value === 'string' ? dateOf(value) : null
      return date && { dateValue: date }
    }
  }
}

export function dateOf(text: string): Temporal.PlainDate | null {
  if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(text)) return null
  try {
    return Temporal.PlainDate.from(text)
  } catch {
    return null // As 2026-02-30.
  }
}

function wrongType({ key, type, choices }: CustomField): Refusal {
  const expected = {
    text: 'a text',
    number: 'a number',
    boolean: 'true or false',
    date: 'a day, as in 2026-03-29',
    choice: `one of ${(choices ?? []).slice(0, 20).join(', ')}`,
  }[type]
  return new Refusal('invalid_input', `${key}: Expected ${expected}.`, { field: key, type })
}

/** Replaces what is there of the same customer and field. */
export async function insertValues({ db }: Context, rows: ValueRow[]): Promise<void> {
  if (rows.length === 0) return
  await db
    .insert(customFieldValues)
    .values(rows)
    .onConflictDoUpdate({
      target: [customFieldValues.workspaceId, customFieldValues.customerId, customFieldValues.fieldId],
      set: {
        textValue: sql`excluded.text_value`,
        numberValue: sql`excluded.number_value`,
        dateValue: sql`excluded.date_value`,
        booleanValue: sql`excluded.boolean_value`,
        matchKey: sql`excluded.match_key`,
      },
    })
}

async function remove({ db, workspace }: Context, customerId: string, fieldIds: string[]): Promise<void> {
  if (fieldIds.length === 0) return
  await db
    .delete(customFieldValues)
    .where(
      and(
        eq(customFieldValues.workspaceId, workspace.id),
        eq(customFieldValues.customerId, customerId),
        inArray(customFieldValues.fieldId, fieldIds),
      ),
    )
}

/** By key; of each of these customers who has any. */
export async function readValues(
  { db, workspace }: Context,
  customerIds: string[],
): Promise<Map<string, Record<string, FieldValue>>> {
  const found = new Map<string, Record<string, FieldValue>>()
  if (customerIds.length === 0) return found
  const rows = await db
    .select({ value: customFieldValues, key: customFields.key })
    .from(customFieldValues)
    .innerJoin(
      customFields,
      and(
        eq(customFields.workspaceId, customFieldValues.workspaceId),
        eq(customFields.id, customFieldValues.fieldId),
      ),
    )
    .where(
      and(
        eq(customFieldValues.workspaceId, workspace.id),
        inArray(customFieldValues.customerId, customerIds),
      ),
    )
    .orderBy(customFields.key)
  for (const { value, key } of rows) {
    const { textValue, numberValue, dateValue, booleanValue, customerId } = value
    const values = found.get(customerId) ?? {}
    values[key] = textValue ?? numberValue ?? booleanValue ?? dateValue!.toString()
    found.set(customerId, values)
  }
  return found
}

/** Of a customer who is merged: the survivor's values win, and others are filled. By key. */
export async function moveValues(
  ctx: Context,
  from: string,
  to: string,
  commit: boolean,
): Promise<{ filled: string[]; givenUp: string[] }> {
  const { db, workspace } = ctx
  const values = await readValues(ctx, [from, to])
  const own = values.get(to) ?? {}
  const theirs = Object.entries(values.get(from) ?? {})
  const filled = theirs.filter(([key]) => !(key in own)).map(([key]) => key)
  const givenUp = theirs.filter(([key, value]) => key in own && own[key] !== value).map(([key]) => key)
  if (commit && theirs.length > 0) {
    const ofFrom = and(
      eq(customFieldValues.workspaceId, workspace.id),
      eq(customFieldValues.customerId, from),
    )
    const ids = [...(await fieldsByKey(ctx, filled)).values()].map(({ id }) => id)
    if (ids.length > 0) {
      await db
        .update(customFieldValues)
        .set({ customerId: to })
        .where(and(ofFrom, inArray(customFieldValues.fieldId, ids)))
    }
    await db.delete(customFieldValues).where(ofFrom)
  }
  return { filled, givenUp }
}
