/** What a service asks of who books it. A form never changes: a change is a new version of it. */

import { isDeepStrictEqual } from 'node:util'
import { and, desc, eq, sql } from 'drizzle-orm'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { isService } from './services.ts'
import { serviceIntakeForms, services } from './tables.ts'

export const fieldTypes = ['text', 'long_text', 'choice', 'multi_choice', 'yes_no', 'date', 'number'] as const
export type FieldType = (typeof fieldTypes)[number]

/** A question. */
export interface FormField {
  /** Under which its answer stands. */
  key: string
  /** As the customer reads it. */
  label: string
  type: FieldType
  required: boolean
  /** Of a choice or a multi_choice, and of nothing else. */
  options?: string[]
  help?: string
}

export interface IntakeForm {
  form_version: number
  fields: FormField[]
}

export interface FormAsked {
  service_id: string
  /** Empty: nothing is asked any more. */
  fields: FormField[]
}

/** The same form again makes no new version. @throws not_found, invalid_input */
export async function setIntakeForm(
  ctx: Context,
  { service_id, fields }: FormAsked,
): Promise<IntakeForm & { service_id: string }> {
  refuseFlaws(fields)
  await lockService(ctx, service_id)
  const newest = await newestForm(ctx, service_id)
  if (isDeepStrictEqual(fields, newest?.fields ?? []))
    return { service_id, form_version: 0, fields, ...newest }
  const form = { form_version: (newest?.form_version ?? 0) + 1, fields }
  await ctx.db.insert(serviceIntakeForms).values({
    workspaceId: ctx.workspace.id,
    serviceId: service_id,
    version: form.form_version,
    fields,
    createdAt: ctx.now,
  })
  await ctx.db
    .update(services)
    .set({ version: sql`${services.version} + 1` })
    .where(isService(ctx, service_id))
  ctx.emit({ type: 'service.intake_form_changed', subject: { kind: 'service', id: service_id } })
  return { service_id, ...form }
}

/** What is asked now; null where nothing is. */
export async function formInForce(ctx: Context, serviceId: string): Promise<IntakeForm | null> {
  const form = await newestForm(ctx, serviceId)
  return form && form.fields.length > 0 ? form : null
}

/** A version that was in force once, as what was answered then was an answer to it. */
export async function formOfVersion(
  ctx: Context,
  serviceId: string,
  version: number,
): Promise<IntakeForm | null> {
  const [form] = await formsOf(ctx, serviceId, version)
  return form ?? null
}

async function newestForm(ctx: Context, serviceId: string): Promise<IntakeForm | null> {
  const [form] = await formsOf(ctx, serviceId)
  return form ?? null
}

async function formsOf({ db, workspace }: Context, serviceId: string, version?: number) {
  const rows = await db
    .select({ form_version: serviceIntakeForms.version, fields: serviceIntakeForms.fields })
    .from(serviceIntakeForms)
    .where(
      and(
        eq(serviceIntakeForms.workspaceId, workspace.id),
        eq(serviceIntakeForms.serviceId, serviceId),
        version === undefined ? undefined : eq(serviceIntakeForms.version, version),
      ),
    )
    .orderBy(desc(serviceIntakeForms.version))
    .limit(1)
  return rows.map(({ form_version, fields }) => ({ form_version, fields: fields.map(inOrder) }))
}

/** jsonb forgets the order of an object's fields; a question reads from its key to its help. */
function inOrder({ key, label, type, required, options, help }: FormField): FormField {
  return { key, label, type, required, ...(options && { options }), ...(help !== undefined && { help }) }
}

/** Of two who change a form at once, one waits for the other. */
async function lockService(ctx: Context, serviceId: string): Promise<void> {
  const locked = await ctx.db
    .select({ id: services.id })
    .from(services)
    .where(isService(ctx, serviceId))
    .for('no key update')
  if (locked.length === 0) throw notFound('service', ['list_services'])
}

/** About 5,000 tokens: a form is read whole, with a booking and with a service. */
const MOST_CHARACTERS = 20_000

function refuseFlaws(fields: FormField[]): void {
  const issues = fields.flatMap((field, at) =>
    flawsOf(field, fields.slice(0, at)).map(message => ({ at, message })),
  )
  const [first] = issues
  if (first) {
    throw new Refusal('invalid_input', `fields.${first.at}: ${first.message}`, {
      issues: issues.slice(0, 20).map(({ at, message }) => ({ path: `fields.${at}`, message })),
    })
  }
  if (JSON.stringify(fields).length <= MOST_CHARACTERS) return
  throw new Refusal('invalid_input', `fields: A form has at most ${MOST_CHARACTERS} characters in all.`, {
    field: 'fields',
  })
}

function flawsOf({ key, type, options }: FormField, before: FormField[]): string[] {
  const flaws: string[] = []
  const chooses = type === 'choice' || type === 'multi_choice'
  if (before.some(other => other.key === key)) flaws.push(`Another question has the key ${key}.`)
  if (chooses && !options) flaws.push(`A ${type} needs options to choose from.`)
  if (!chooses && options) flaws.push(`Only a choice and a multi_choice have options; this is a ${type}.`)
  if (options && new Set(options).size < options.length) flaws.push('Names an option twice.')
  return flaws
}
