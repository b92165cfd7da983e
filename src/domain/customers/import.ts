/**
 * Imports customers by a plan. The call keeps the rows and starts a job; the job applies them in parts, each a transaction,
 * so that a host that dies leaves no half of a row, and the next goes on. Who is known is filled in, never overwritten:
 * the same file again changes nothing.
 */

import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { addressKey } from '../messaging/channels.ts'
import { type Channel, consentEvents, type Purpose, suppressions } from '../messaging/tables.ts'
import { lockJob, noteProgress, startJob } from '../ops/jobs.ts'
import type { JobRow } from '../ops/tables.ts'
import { type Columns, columnsOf, labels } from './customer.ts'
import { erasedAmong } from './erased.ts'
import { fieldsByKey, insertValues, readValues, rowOf, type ValueRow } from './field-values.ts'
import { survivorOf } from './get.ts'
import type { ImportedFields } from './import-fields.ts'
import { type ImportFile, type ImportPlan, identities, knownAmong, planImport } from './import-plan.ts'
import { lockAllContacts } from './lock.ts'
import { customers, importRows } from './tables.ts'

/** The worker's task, and the job's kind. */
export const IMPORT = 'import_customers'

/** @throws Refusal `stale_version` where the file would do something else than the plan said; as `planImport` does */
export async function startImport(
  ctx: Context,
  { plan: hash, ...file }: ImportFile & { plan: string },
): Promise<{ job: JobRow; plan: ImportPlan }> {
  const plan = await planImport(ctx, file)
  if (plan.hash !== hash) {
    throw new Refusal(
      'stale_version',
      'plan: The file would do something else by now. Preview it again.',
      { field: 'plan' },
      ['import_customers_preview'],
    )
  }
  const job = await startJob(ctx, IMPORT, plan.rows.length)
  for (let from = 0; from < plan.rows.length; from += KEPT_AT_ONCE) {
    const rows = plan.rows.slice(from, from + KEPT_AT_ONCE).map(({ number, fields }) => ({ number, fields }))
    await ctx.db.execute(sql`
      INSERT INTO import_rows (workspace_id, job_id, number, fields)
      SELECT ${ctx.workspace.id}, ${job.id}, number, fields
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row (number integer, fields jsonb)`)
  }
  return { job, plan }
}

const KEPT_AT_ONCE = 2_000
const PART = 250

/** Applies the next part. @returns whether there is more */
export async function importPart(ctx: Context, jobId: string): Promise<boolean> {
  const job = await lockJob(ctx, jobId)
  if (!job) return false
  const { db, workspace } = ctx
  const rows = await db
    .select()
    .from(importRows)
    .where(
      and(eq(importRows.workspaceId, workspace.id), eq(importRows.jobId, jobId), isNull(importRows.outcome)),
    )
    .orderBy(asc(importRows.number))
    .limit(PART)
  const result = { created: 0, updated: 0, unchanged: 0, failed: 0, opted_out: 0, ...job.result }
  const part = await openPart(
    ctx,
    rows.map(({ fields }) => fields!),
  )
  const done: { number: number; outcome: string; customer_id: string | null; reason: string | null }[] = []
  for (const { number, fields } of rows) {
    const { outcome, customerId, reason } = await apply(ctx, part, fields!)
    result[outcome]++
    done.push({ number, outcome, customer_id: customerId, reason })
  }
  result.opted_out += await flush(ctx, part)
  await db.execute(sql`
    UPDATE import_rows AS row SET fields = NULL, outcome = d.outcome, customer_id = d.customer_id, reason = d.reason
    FROM jsonb_to_recordset(${JSON.stringify(done)}::jsonb) AS d (number integer, outcome text, customer_id uuid, reason text)
    WHERE row.workspace_id = ${workspace.id} AND row.job_id = ${jobId} AND row.number = d.number`)
  const isLast = rows.length < PART
  // Rows that an erasure took away meanwhile come to nobody.
  if (isLast) result.failed = job.total - result.created - result.updated - result.unchanged
  await noteProgress(ctx, job, { done: isLast ? job.total : job.done + rows.length, result })
  return !isLast
}

type Outcome = 'created' | 'updated' | 'unchanged' | 'failed'

/** What one part needs to know, read at once, and what it is going to write. */
interface Part {
  known: Map<string, string>
  people: Map<string, typeof customers.$inferSelect>
  values: Map<string, Record<string, unknown>>
  fields: Awaited<ReturnType<typeof fieldsByKey>>
  inserts: (Columns & { id: string })[]
  valueRows: ValueRow[]
  consents: {
    customerId: string
    channel: Channel
    purpose: Purpose
    state: 'granted' | 'withdrawn'
    address: string
  }[]
}

async function openPart(ctx: Context, rows: ImportedFields[]): Promise<Part> {
  const contacts = rows.flatMap(row => {
    const { emailKey, phoneE164 } = columnsOf({ name: row.name, email: row.email, phone: row.phone }, ctx)
    return [emailKey, phoneE164]
  })
  await lockAllContacts(ctx, contacts)
  const known = await knownAmong(
    ctx,
    rows.flatMap(row => identities(ctx, row)),
  )
  const people: Part['people'] = new Map()
  for (const row of await peopleOf(ctx, [...new Set(known.values())])) people.set(row.id, row)
  const merged = [...people.values()].filter(({ status }) => status === 'merged')
  for (const { id } of merged) {
    const survivor = await survivorOf(ctx, id)
    for (const [key, owner] of known) if (owner === id) known.set(key, survivor)
    for (const row of await peopleOf(ctx, [survivor])) people.set(row.id, row)
  }
  const keys = [...new Set(rows.flatMap(row => Object.keys(row.values ?? {})))]
  return {
    known,
    people,
    values: await readValues(ctx, [...people.keys()]),
    fields: await fieldsByKey(ctx, keys, 'key share'),
    inserts: [],
    valueRows: [],
    consents: [],
  }
}

function peopleOf({ db, workspace }: Context, ids: string[]) {
  if (ids.length === 0) return Promise.resolve([])
  return db
    .select()
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), inArray(customers.id, ids)))
    .orderBy(asc(customers.id))
    .for('no key update')
}

async function apply(
  ctx: Context,
  part: Part,
  row: ImportedFields,
): Promise<{ outcome: Outcome; customerId: string | null; reason: string | null }> {
  const columns = columnsOf(
    {
      name: row.name,
      email: row.email,
      phone: row.phone,
      time_zone: row.time_zone,
      language: row.language,
      note: row.note,
      tags: row.tags,
    },
    ctx,
  )
  const keys = identities(ctx, row)
  const key = keys.find(one => part.known.has(one))
  if (!key) {
    const id = newId()
    part.inserts.push({ ...columns, id })
    for (const one of keys) part.known.set(one, id)
    part.people.set(id, { ...emptyPerson, ...columns, id, tags: columns.tags ?? [] } as never)
    addValues(ctx, part, id, row)
    addConsents(part, id, columns, row)
    return { outcome: 'created', customerId: id, reason: null }
  }
  const id = part.known.get(key)!
  for (const one of keys) if (!part.known.has(one)) part.known.set(one, id)
  const changed = await fill(ctx, part, id, columns)
  const more = addValues(ctx, part, id, row)
  addConsents(part, id, columns, row)
  return { outcome: changed || more ? 'updated' : 'unchanged', customerId: id, reason: null }
}

const emptyPerson = {
  email: null,
  emailKey: null,
  phoneE164: null,
  phoneExtension: null,
  timeZone: null,
  language: null,
  note: null,
}

const fillable = [
  ['email', 'emailKey'],
  ['phoneE164', 'phoneExtension'],
  ['timeZone'],
  ['language'],
  ['note'],
] as const

/** What is empty is filled in, tags are added, nothing is overwritten. */
async function fill(ctx: Context, part: Part, id: string, columns: Columns): Promise<boolean> {
  const person = part.people.get(id)!
  const change: Record<string, unknown> = {}
  for (const group of fillable) {
    if (person[group[0]] !== null || !columns[group[0]]) continue
    for (const column of group) change[column] = columns[column] ?? null
  }
  const tags = labels([...person.tags, ...(columns.tags ?? [])])
  if (tags.length > person.tags.length && tags.length <= MOST_TAGS) change.tags = tags
  if (Object.keys(change).length === 0) return false
  Object.assign(person, change)
  const waiting = part.inserts.find(insert => insert.id === id)
  if (waiting) Object.assign(waiting, change)
  else {
    await ctx.db
      .update(customers)
      .set({ ...change, version: sql`${customers.version} + 1`, updatedAt: ctx.now })
      .where(and(eq(customers.workspaceId, ctx.workspace.id), eq(customers.id, id)))
    ctx.emit({
      type: 'customer.updated',
      subject: { kind: 'customer', id },
      data: { fields: Object.keys(change) },
    })
  }
  return true
}

const MOST_TAGS = 50

function addValues(ctx: Context, part: Part, customerId: string, { values = {} }: ImportedFields): boolean {
  const own = part.values.get(customerId) ?? {}
  const missing = Object.entries(values).filter(([key]) => !(key in own))
  for (const [key, value] of missing) {
    part.valueRows.push(rowOf(ctx, customerId, part.fields.get(key)!, value))
    own[key] = value
  }
  part.values.set(customerId, own)
  return missing.length > 0
}

function addConsents(
  part: Part,
  customerId: string,
  columns: Columns,
  { consents = [] }: ImportedFields,
): void {
  const person = part.people.get(customerId)!
  for (const consent of consents) {
    const recipient =
      consent.channel === 'email' ? (person.email ?? columns.email) : (person.phoneE164 ?? columns.phoneE164)
    if (recipient)
      part.consents.push({ customerId, ...consent, address: addressKey(consent.channel, recipient) })
  }
}

/** Writes what the part gathered. @returns how many a yes was not taken of, since they had said no */
async function flush(ctx: Context, part: Part): Promise<number> {
  const { db, workspace, now } = ctx
  if (part.inserts.length > 0) {
    await db
      .insert(customers)
      .values(
        part.inserts.map(row => ({ ...row, workspaceId: workspace.id, createdAt: now, updatedAt: now })),
      )
    for (const { id } of part.inserts)
      ctx.emit({ type: 'customer.imported', subject: { kind: 'customer', id } })
  }
  await insertValues(ctx, part.valueRows)
  return writeConsents(ctx, part)
}

/**
 * A no is a no, whoever brings it. A yes in a file is a claim: it is taken where nobody has said no, and where nothing
 * keeps messages from the address, nor an erasure has forgotten it.
 */
async function writeConsents(ctx: Context, { consents }: Part): Promise<number> {
  if (consents.length === 0) return 0
  const { db, workspace, now } = ctx
  const addresses = [...new Set(consents.map(({ address }) => address))]
  const people = [...new Set(consents.map(({ customerId }) => customerId))]
  const [words, against, erased] = await Promise.all([
    db
      .selectDistinctOn([consentEvents.customerId, consentEvents.channel, consentEvents.purpose])
      .from(consentEvents)
      .where(and(eq(consentEvents.workspaceId, workspace.id), inArray(consentEvents.customerId, people)))
      .orderBy(
        consentEvents.customerId,
        consentEvents.channel,
        consentEvents.purpose,
        sql`${consentEvents.at} DESC, ${consentEvents.id} DESC`,
      ),
    db
      .select({ channel: suppressions.channel, address: suppressions.address })
      .from(suppressions)
      .where(
        and(
          eq(suppressions.workspaceId, workspace.id),
          inArray(suppressions.address, addresses),
          isNull(suppressions.liftedAt),
        ),
      ),
    erasedAmong(ctx, addresses),
  ])
  const named = (one: { customerId: string; channel: string; purpose: string }) =>
    `${one.customerId} ${one.channel} ${one.purpose}`
  const last = new Map<string, string>(words.map(word => [named(word), word.state]))
  const suppressed = new Set(against.map(({ channel, address }) => `${channel} ${address}`))
  let optedOut = 0
  const rows: (typeof consentEvents.$inferInsert)[] = []
  for (const consent of consents) {
    const { customerId, channel, purpose, state, address } = consent
    const said = last.get(named(consent))
    if (said === state) continue
    const no = said === 'withdrawn' || suppressed.has(`${channel} ${address}`) || erased.has(address)
    if (state === 'granted' && no) {
      optedOut++
      continue
    }
    last.set(named(consent), state)
    rows.push({
      workspaceId: workspace.id,
      id: newId(),
      customerId,
      channel,
      purpose,
      state,
      source: 'Import',
      at: now,
      recordedAt: now,
    })
  }
  if (rows.length > 0) await db.insert(consentEvents).values(rows)
  return optedOut
}
