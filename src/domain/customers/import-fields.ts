/** What a column of an import may be, guessed by its header or said by the caller, and one cell read as that. */

import { z } from 'zod'
import { Text, TimeZone } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { type Channel, channels, type Purpose, purposes } from '../messaging/tables.ts'
import { dateOf, type FieldValue } from './field-values.ts'
import { fold } from './fold.ts'
import { readPhone } from './phone.ts'
import type { CustomField } from './tables.ts'

/** One row, read. */
export interface ImportedFields {
  name: string
  email?: string
  phone?: string
  time_zone?: string
  language?: string
  note?: string
  tags?: string[]
  /** By key. */
  values?: Record<string, FieldValue>
  consents?: { channel: Channel; purpose: Purpose; state: 'granted' | 'withdrawn' }[]
}

const plain = [
  'name',
  'first_name',
  'last_name',
  'email',
  'phone',
  'time_zone',
  'language',
  'note',
  'tags',
] as const
type Plain = (typeof plain)[number]

/** `field:<key>` and `consent:<channel>:<purpose>` besides; `ignore` for what is left. */
export type Target = Plain | 'ignore' | `field:${string}` | `consent:${Channel}:${Purpose}`

export const consentTargets = channels.flatMap(channel =>
  purposes.map(purpose => `consent:${channel}:${purpose}` as const),
)

export function isTarget(text: string, fields: Map<string, CustomField>): text is Target {
  if (text.startsWith('field:')) return fields.has(text.slice('field:'.length))
  return ['ignore', ...plain, ...consentTargets].includes(text)
}

/** Words that such columns are headed by, folded. */
const guesses: Record<Plain, string[]> = {
  name: ['name', 'full name', 'customer', 'client', 'nombre', 'nom', 'kunde'],
  first_name: ['first name', 'firstname', 'given name', 'vorname', 'prenom'],
  last_name: ['last name', 'lastname', 'surname', 'family name', 'nachname', 'apellidos', 'apellido'],
  email: ['email', 'e-mail', 'email address', 'mail', 'correo'],
  phone: [
    'phone',
    'telephone',
    'mobile',
    'phone number',
    'mobile phone',
    'telefon',
    'telefono',
    'movil',
    'tel',
  ],
  time_zone: ['time zone', 'timezone'],
  language: ['language', 'sprache', 'idioma'],
  note: ['note', 'notes', 'comment', 'comments', 'notiz'],
  tags: ['tags', 'labels', 'groups'],
}

/** Each target once: of two columns for one the first is taken. */
export function guess(headers: string[], fields: CustomField[]): Record<string, Target> {
  const taken = new Set<Target>()
  const found = headers.map(header => {
    const words = fold(header).replaceAll('_', ' ')
    const own = fields.find(({ key, label }) => words === fold(label) || words === key.replaceAll('_', ' '))
    const target: Target =
      plain.find(name => guesses[name].includes(words)) ?? (own ? `field:${own.key}` : 'ignore')
    if (target === 'ignore' || taken.has(target)) return [header, 'ignore'] as const
    taken.add(target)
    return [header, target] as const
  })
  return Object.fromEntries(found)
}

export interface Fault {
  column: string
  message: string
}

const kinds = {
  name: Text(200),
  email: z.string().trim().max(254).pipe(z.email()),
  time_zone: TimeZone(),
  language: Text(35),
  note: Text(2000),
}

/** Made once: to make a schema takes longer than to read a row with it. */
const Tag = Text(40)
const FieldText = Text(500)

interface Reading {
  fields: Map<string, CustomField>
  country: string
}

/** @returns the row as it would be imported, or all that is wrong with it */
export function readRow(
  cells: string[],
  columns: { header: string; target: Target }[],
  reading: Reading,
): ImportedFields | Fault[] {
  const faults: Fault[] = []
  const row: Record<string, unknown> = {}
  const words: Partial<Record<Plain, string>> = {}
  const values: Record<string, FieldValue> = {}
  const consents: NonNullable<ImportedFields['consents']> = []
  for (const [index, { header, target }] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell === '' || target === 'ignore') continue
    const read = cellOf(cell, target, reading)
    if ('fault' in read) faults.push({ column: header, message: read.fault })
    else if (target.startsWith('field:')) values[target.slice('field:'.length)] = read.value as FieldValue
    else if (target.startsWith('consent:')) {
      const [, channel, purpose] = target.split(':') as [string, Channel, Purpose]
      consents.push({ channel, purpose, state: read.value ? 'granted' : 'withdrawn' })
    } else if (target === 'first_name' || target === 'last_name') words[target] = cell
    else row[target] = read.value
  }
  const name = row.name ?? [words.first_name, words.last_name].filter(Boolean).join(' ')
  if (!kinds.name.safeParse(name).success) {
    const column = columns.find(({ target }) => target === 'name' || target === 'first_name')?.header ?? ''
    if (!faults.some(fault => fault.column === column))
      faults.push({ column, message: 'A name has 1 to 200 characters.' })
  }
  if (faults.length > 0) return faults
  return {
    ...row,
    name: String(name),
    ...(Object.keys(values).length > 0 && { values }),
    ...(consents.length > 0 && { consents }),
  }
}

/** One cell as what its column is, or what is wrong with it. */
function cellOf(
  cell: string,
  target: Target,
  { fields, country }: Reading,
): { value: unknown } | { fault: string } {
  if (cell.includes('\ufffd') || !cell.isWellFormed())
    return { fault: 'Characters are lost: the file was not read in its own encoding. Save it as UTF-8.' }
  if (target.startsWith('field:')) {
    const field = fields.get(target.slice('field:'.length))!
    const value = typedCell(field, cell)
    return value === null ? { fault: `Expected a ${field.type}.` } : { value }
  }
  if (target.startsWith('consent:')) {
    const value = yesOrNo(cell)
    return value === null ? { fault: 'Expected yes or no.' } : { value }
  }
  if (target === 'phone') {
    const value = phoneOf(cell, country)
    return value === null ? { fault: 'No phone number can be this.' } : { value }
  }
  if (target === 'tags') {
    const value = cell
      .split(/[,;|]/)
      .map(tag => tag.trim())
      .filter(Boolean)
    const fits = value.length <= 50 && value.every(tag => Tag.safeParse(tag).success)
    return fits ? { value } : { fault: 'At most 50 tags of 40 characters each.' }
  }
  if (target === 'first_name' || target === 'last_name') return { value: cell }
  const kind = kinds[target as keyof typeof kinds]
  const read = kind.safeParse(target === 'email' ? withoutApostrophe(cell) : cell)
  return read.success ? { value: read.data } : { fault: read.error.issues[0]!.message }
}

function typedCell({ type, choices }: CustomField, cell: string): FieldValue | null {
  switch (type) {
    case 'text':
      return FieldText.safeParse(cell).success ? cell : null
    case 'choice':
      return choices!.includes(cell) ? cell : null
    case 'number':
      return /^-?\d+([.,]\d+)?$/.test(cell) ? Number(cell.replace(',', '.')) : null
    case 'date':
      return dateOf(cell) ? cell : null
    case 'boolean':
      return yesOrNo(cell)
  }
}

function yesOrNo(cell: string): boolean | null {
  const word = fold(cell)
  if (['yes', 'y', 'true', '1', 'x', 'si', 'ja', 'oui'].includes(word)) return true
  return ['no', 'n', 'false', '0', 'nein', 'non'].includes(word) ? false : null
}

function phoneOf(cell: string, country: string): string | null {
  const text = withoutApostrophe(cell)
  if (text.length > 60) return null
  try {
    readPhone(text, country)
    return text
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/** As an export of ours writes a number that begins with +. */
function withoutApostrophe(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell
}
