/**
 * What stands after a tool's name, read by the tool's input schema: `--price.amount 3500`, `--tags vip --tags new`,
 * `--archived`, `--hours '{"mon":[…]}'`.
 *
 * Read in order and by the schema, not by the look of what follows: a field that takes a value takes the next word
 * whatever it is, so that a note which says `--yes` (a script passes on what a customer wrote) confirms nothing.
 */

import { closest } from 'fastest-levenshtein'
import type { JsonSchema } from '../catalog/json-schema.ts'
import { usage } from './outcome.ts'

/** The words of our own; a field of the same name is given in `--arguments`. */
const own = {
  arguments: 'value',
  'idempotency-key': 'value',
  'confirm-token': 'value',
  'dry-run': 'flag',
  yes: 'flag',
  wait: 'flag',
  json: 'flag',
  help: 'flag',
} as const
export type Own = { -readonly [Name in keyof typeof own]?: (typeof own)[Name] extends 'flag' ? true : string }

export interface Line {
  own: Own
  positionals: string[]
  fields: Record<string, unknown>
}

/** @throws Failure `usage`, with the nearest name for one that the tool does not take */
export function readLine(schema: JsonSchema, words: string[]): Line {
  const line: Line = { own: {}, positionals: [], fields: Object.create(null) }
  const begun = new Set<string>()
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (word === '-h') line.own.help = true
    else if (!word.startsWith('--')) line.positionals.push(word)
    else if (word === '--') {
      line.positionals.push(...words.slice(at + 1))
      break
    } else {
      const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word)!
      const next = () => {
        const value = inline ?? words[++at]
        if (value === undefined) throw usage(`--${name} takes a value.`)
        return value
      }
      if (Object.hasOwn(own, name)) readOwn(line.own, name as keyof Own, inline, next)
      else readField(schema, line.fields, begun, { name, inline, next, follows: words[at + 1] })
    }
  }
  return line
}

function readOwn(given: Own, name: keyof Own, inline: string | undefined, next: () => string): void {
  if (own[name] === 'value') Object.assign(given, { [name]: next() })
  else if (inline === undefined) Object.assign(given, { [name]: true })
  else throw usage(`--${name} takes no value.`)
}

interface Word {
  name: string
  inline: string | undefined
  next(): string
  follows: string | undefined
}

function readField(
  schema: JsonSchema,
  fields: Record<string, unknown>,
  begun: Set<string>,
  word: Word,
): void {
  const { name, inline } = word
  if (name === 'server')
    throw usage('--server stands before the command: backdesk --server <url> tools call …')
  const field = fieldAt(schema, name)
  const denied = field || !name.startsWith('no-') ? undefined : fieldAt(schema, name.slice(3))
  if (field) place(fields, field.path, valueFor(field, fields, begun, word))
  else if (denied && isBoolean(denied) && inline === undefined) place(fields, denied.path, false)
  else throw unknownField(schema, name)
}

function valueFor(
  field: Field,
  fields: Record<string, unknown>,
  begun: Set<string>,
  { name, inline, next, follows }: Word,
): unknown {
  if (isBoolean(field) && inline === undefined && follows !== 'true' && follows !== 'false') return true
  const text = next()
  const types = typesOf(field.schema)
  if (!types.includes('array') || (types.includes('null') && text === 'null'))
    return typed(text, field.schema, name)
  if (text.startsWith('[')) return jsonOf(text, name, Array.isArray, 'a JSON list')
  const item = typed(text, itemsOf(field.schema), name)
  const key = JSON.stringify(field.path)
  const earlier = begun.has(key) ? (valueAt(fields, field.path) as unknown[]) : []
  begun.add(key)
  return [...earlier, item]
}

function isBoolean({ schema }: Field): boolean {
  return typesOf(schema).includes('boolean')
}

interface Field {
  path: string[]
  schema: JsonSchema
}

/** `hours.mon`, `rules.0.tool`; `customer-id` is `customer_id`, since that is how flags are written elsewhere. */
function fieldAt(schema: JsonSchema, name: string): Field | undefined {
  let here: Field = { path: [], schema }
  for (const step of name.split('.')) {
    const inner = stepInto(here.schema, step)
    if (!inner) return
    here = { path: [...here.path, inner.name], schema: inner.schema }
  }
  return here
}

function stepInto(schema: JsonSchema, step: string): { name: string; schema: JsonSchema } | undefined {
  for (const branch of branchesOf(schema)) {
    const properties = (branch.properties ?? {}) as Record<string, JsonSchema>
    for (const name of [step, step.replaceAll('-', '_')])
      if (Object.hasOwn(properties, name)) return { name, schema: properties[name]! }
    const { additionalProperties: others, items } = branch
    if (others && typeof others === 'object') return { name: step, schema: others as JsonSchema }
    if (items && /^\d{1,2}$/.test(step)) return { name: step, schema: items as JsonSchema }
  }
}

function unknownField(schema: JsonSchema, name: string) {
  const known = [...flagsOf(schema).map(flag => flag.name), ...Object.keys(own)]
  const nearest = known.length > 0 ? closest(name.slice(0, 60), known) : undefined
  return usage(
    `Unknown field --${name.slice(0, 60)}.${nearest ? ` Did you mean --${nearest}?` : ''}`,
    nearest ? { nearest } : {},
  )
}

/** A text as the schema wants it. Where a string will do, it is one, as in a URL. */
function typed(text: string, schema: JsonSchema, name: string): unknown {
  const types = typesOf(schema)
  if (types.includes('null') && text === 'null') return null
  if (types.includes('string')) return text
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if (types.includes('integer') && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (types.includes('number') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (types.includes('object')) return jsonOf(text, name, isObject, 'a JSON object')
  if (types.includes('array')) return jsonOf(text, name, Array.isArray, 'a JSON list')
  if (types.length === 0) return anything(text)
  throw usage(`--${name}: expected ${types.join(' or ')}, not ${JSON.stringify(text.slice(0, 60))}.`)
}

function jsonOf(text: string, name: string, fits: (value: unknown) => boolean, what: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (fits(value)) return value
  } catch {}
  throw usage(`--${name}: expected ${what}, not ${JSON.stringify(text.slice(0, 60))}.`)
}

function anything(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Defined, not assigned: a map's name may be `__proto__`. */
function place(fields: Record<string, unknown>, path: string[], value: unknown): void {
  const [step, ...rest] = path as [string, ...string[]]
  if (rest.length === 0) {
    Object.defineProperty(fields, step, { value, enumerable: true, configurable: true, writable: true })
    return
  }
  const held = Object.hasOwn(fields, step) ? fields[step] : undefined
  const inner = held !== null && typeof held === 'object' ? held : /^\d+$/.test(rest[0]!) ? [] : {}
  place(inner as Record<string, unknown>, rest, value)
  place(fields, [step], inner)
}

function valueAt(fields: Record<string, unknown>, path: string[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], fields)
}

/** Fields over arguments; objects are joined, anything else is replaced. */
export function merged(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const both = new Map<string, unknown>(Object.entries(base))
  for (const [name, value] of Object.entries(over)) {
    const held = both.get(name)
    both.set(name, isObject(held) && isObject(value) ? merged(held, value) : value)
  }
  return Object.fromEntries(both)
}

export interface Flag {
  /** `price.amount` */
  name: string
  type: string
  required: boolean
  description: string
}

/** Every field of an input as a flag, an object's own in its place. */
export function flagsOf(schema: JsonSchema, parents = '', depth = 0): Flag[] {
  return branchesOf(schema).flatMap(branch => {
    const required = (branch.required ?? []) as string[]
    return Object.entries((branch.properties ?? {}) as Record<string, JsonSchema>).flatMap(
      ([field, inner]) => {
        const name = `${parents}${field}`
        const own: Flag = {
          name,
          type: typesOf(inner).join(' or ') || 'any value',
          required: required.includes(field),
          description: typeof inner.description === 'string' ? inner.description : '',
        }
        const nested = depth < 3 ? flagsOf(inner, `${name}.`, depth + 1) : []
        return [own, ...nested]
      },
    )
  })
}

function branchesOf(schema: JsonSchema): JsonSchema[] {
  return (schema.anyOf as JsonSchema[] | undefined) ?? [schema]
}

function typesOf(schema: JsonSchema): string[] {
  const types = branchesOf(schema).flatMap(({ type, enum: values, const: value }) => {
    if (type !== undefined) return [type].flat() as string[]
    const samples = value !== undefined ? [value] : ((values ?? []) as unknown[])
    return samples.map(sample => (sample === null ? 'null' : typeof sample))
  })
  return [...new Set(types)]
}

function itemsOf(schema: JsonSchema): JsonSchema {
  return (branchesOf(schema).find(branch => branch.items)?.items ?? {}) as JsonSchema
}
