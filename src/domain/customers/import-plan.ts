/** What an import would do, row by row: who is new, who is known, who is there twice in the file, and what cannot be read. */

import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { readCsv } from './csv.ts'
import { columnsOf } from './customer.ts'
import { listFields } from './fields.ts'
import { type Fault, guess, type ImportedFields, isTarget, readRow, type Target } from './import-fields.ts'

export interface ImportPlan {
  /** Of the file, the columns and what each row would do: the same plan has the same hash. */
  hash: string
  columns: { header: string; target: Target }[]
  rows: PlannedRow[]
  faults: (Fault & { row: number })[]
  counts: Record<'rows' | 'new' | 'known' | 'repeated' | 'faulty', number>
}

export interface PlannedRow {
  number: number
  fields: ImportedFields
  /** `repeated`: somebody of an earlier row, whom this one adds to. */
  action: 'new' | 'known' | 'repeated'
}

export interface ImportFile {
  csv: string
  /** What a column is, by its header; of the others it is guessed. */
  mapping?: Record<string, string>
}

/** @throws Refusal `invalid_input` of what is no CSV, of a column or target that is not there, and of two for one */
export async function planImport(ctx: Context, { csv, mapping = {} }: ImportFile): Promise<ImportPlan> {
  const sheet = readCsv(csv)
  const defined = await listFields(ctx)
  const fields = new Map(defined.map(field => [field.key, field]))
  const columns = mapped(sheet.headers, mapping, guess(sheet.headers, defined), target =>
    isTarget(target, fields),
  )
  const faults: ImportPlan['faults'] = []
  const read: { number: number; fields: ImportedFields }[] = []
  for (const { number, cells } of sheet.rows) {
    if (number % BREATHES_EVERY === 0) await breathe()
    const row = readRow(cells, columns, { fields, country: ctx.workspace.country })
    if (Array.isArray(row)) faults.push(...row.map(fault => ({ row: number, ...fault })))
    else read.push({ number, fields: row })
  }
  const rows = await withActions(ctx, read)
  const of = (action: PlannedRow['action']) => rows.filter(row => row.action === action).length
  return {
    hash: hashOf(csv, columns, rows),
    columns,
    rows,
    faults,
    counts: {
      rows: sheet.rows.length,
      new: of('new'),
      known: of('known'),
      repeated: of('repeated'),
      faulty: sheet.rows.length - rows.length,
    },
  }
}

/** Rows, after which other calls have their turn: 50,000 take seconds. */
const BREATHES_EVERY = 500

function mapped(
  headers: string[],
  given: Record<string, string>,
  guessed: Record<string, Target>,
  isOne: (target: string) => target is Target,
): ImportPlan['columns'] {
  const stranger = Object.keys(given).find(header => !headers.includes(header))
  if (stranger !== undefined) throw wrong(`The file has no column ${JSON.stringify(stranger.slice(0, 60))}.`)
  const said = new Set(Object.values(given))
  const columns = headers.map(header => {
    const target = given[header] ?? (said.has(guessed[header]!) ? 'ignore' : guessed[header]!)
    if (!isOne(target)) throw wrong(`${JSON.stringify(target.slice(0, 60))} is nothing that a column can be.`)
    return { header, target }
  })
  const used = columns.map(({ target }) => target).filter(target => target !== 'ignore')
  const twice = used.find((target, index) => used.indexOf(target) !== index)
  if (twice) throw wrong(`Two columns are ${twice}; ignore one.`)
  if (!used.includes('name') && !used.includes('first_name')) throw wrong('No column is the name.')
  return columns
}

function wrong(message: string): Refusal {
  return new Refusal('invalid_input', `mapping: ${message}`, { field: 'mapping' })
}

/** By what a person is recognised by: their name with this email or this phone. */
export function identities(ctx: Context, fields: ImportedFields): string[] {
  const { nameKey, emailKey, phoneE164 } = columnsOf(
    { name: fields.name, email: fields.email, phone: fields.phone },
    ctx,
  )
  return [emailKey, phoneE164].filter(contact => contact).map(contact => `${nameKey}\n${contact}`)
}

async function withActions(
  ctx: Context,
  read: { number: number; fields: ImportedFields }[],
): Promise<PlannedRow[]> {
  const keys: string[][] = []
  for (const { number, fields } of read) {
    if (number % BREATHES_EVERY === 0) await breathe()
    keys.push(identities(ctx, fields))
  }
  const known = await knownAmong(ctx, keys.flat())
  const seen = new Set<string>()
  return read.map((row, index) => {
    const own = keys[index]!
    const action = own.some(key => known.has(key))
      ? 'known'
      : own.some(key => seen.has(key))
        ? 'repeated'
        : 'new'
    for (const key of own) seen.add(key)
    return { ...row, action }
  })
}

/** Those identities that a customer has, with the id of the first who has it. */
export async function knownAmong({ db, workspace }: Context, keys: string[]): Promise<Map<string, string>> {
  const known = new Map<string, string>()
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const part = keys.slice(from, from + AT_ONCE).map(key => key.split('\n') as [string, string])
    const names = sql.param(part.map(([name]) => name))
    const contacts = sql.param(part.map(([, contact]) => contact))
    const { rows } = await db.execute<{ key: string; id: string }>(sql`
      WITH asked AS (SELECT DISTINCT name, contact FROM unnest(${names}::text[], ${contacts}::text[]) AS asked (name, contact))
      SELECT asked.name || E'\n' || asked.contact AS key, found.id FROM asked
      JOIN customers AS found ON found.workspace_id = ${workspace.id} AND found.email_key = asked.contact AND found.name_key = asked.name
      UNION ALL
      SELECT asked.name || E'\n' || asked.contact, found.id FROM asked
      JOIN customers AS found ON found.workspace_id = ${workspace.id} AND found.phone_e164 = asked.contact AND found.name_key = asked.name
      ORDER BY id`)
    for (const { key, id } of rows) if (!known.has(key)) known.set(key, id)
  }
  return known
}

const AT_ONCE = 5_000

function hashOf(csv: string, columns: ImportPlan['columns'], rows: PlannedRow[]): string {
  const actions = rows.map(({ number, action }) => `${number}${action}`).join()
  return createHash('sha256')
    .update(JSON.stringify([csv, columns, actions]))
    .digest('hex')
}
