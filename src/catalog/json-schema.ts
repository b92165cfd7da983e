/** Zod to the JSON Schema (2020-12) that agents read: the wire's side of every codec, and half the bytes. */

import { z } from 'zod'

export type JsonSchema = { [keyword: string]: unknown }

/** Marks that schemas carry for us alone. */
const marks = ['kind', 'secret', 'on_commit'] as const

/**
 * The schema of what travels. `io: 'input'` is the wire's side: ids are codecs, and `output` would show uuids.
 * Dropped: `$schema`, our own marks, `pattern` beside `format`, the bounds of safe integers, and that names are text.
 */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema, ...root } = convert(schema, node => {
    for (const mark of marks) delete node[mark]
    if (node.format) delete node.pattern
    if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum
    if (node.minimum === Number.MIN_SAFE_INTEGER) delete node.minimum
    if (saysOnlyText(node.propertyNames)) delete node.propertyNames
  })
  return root
}

function saysOnlyText(names: unknown): boolean {
  return JSON.stringify(names) === '{"type":"string"}'
}

/**
 * A seventh of a list's tokens only repeats the names of an answer's fields and how its ids and times are written, which
 * whoever reads the answer sees. What the root requires stays: it tells the envelopes apart.
 */
export function inShort(schema: JsonSchema): JsonSchema {
  const { required } = schema
  return { ...(strip(schema) as JsonSchema), ...(required !== undefined && { required }) }
}

function strip(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strip)
  if (node === null || typeof node !== 'object') return node
  const kept = Object.entries(node).filter(([name, value]) => !isSpared(name, value))
  return Object.fromEntries(kept.map(([name, value]) => [name, strip(value)]))
}

/** A field of an answer may be called so: then its value is a schema. */
function isSpared(name: string, value: unknown): boolean {
  if (name === 'required') return Array.isArray(value)
  return (name === 'pattern' || name === 'format') && typeof value === 'string'
}

/** Where a mark stands, or a keyword has that value: `[['keys', '*', 'text']]`. */
export function markedPaths(
  schema: z.ZodType,
  mark: (typeof marks)[number] | 'pattern',
  value?: string,
): string[][] {
  const paths: string[][] = []
  const visit = (node: JsonSchema, path: string[]) => {
    if (value === undefined ? node[mark] : node[mark] === value) paths.push(path)
    for (const [name, child] of Object.entries((node.properties as Record<string, JsonSchema>) ?? {})) {
      visit(child, [...path, name])
    }
    if (node.items) visit(node.items as JsonSchema, [...path, '*'])
    for (const branch of (node.anyOf as JsonSchema[]) ?? []) visit(branch, path)
  }
  visit(convert(schema), [])
  return paths
}

/** A copy of `value` without what stands at the paths; the value itself where there is nothing to leave out. */
export function withoutPaths(value: unknown, paths: string[][]): unknown {
  if (paths.length === 0) return value
  const copy = structuredClone(value)
  for (const path of paths) changeAt(copy, path, (fields, name) => delete fields[name])
  return copy
}

/** A copy with null in their place. */
export function withNulls(value: unknown, paths: string[][]): unknown {
  if (paths.length === 0) return value
  const copy = structuredClone(value)
  const empty = (fields: Record<string, unknown>, name: string) => {
    if (name in fields) fields[name] = null
  }
  for (const path of paths) changeAt(copy, path, empty)
  return copy
}

function changeAt(
  node: unknown,
  [step, ...rest]: string[],
  change: (fields: Record<string, unknown>, name: string) => unknown,
): void {
  if (node === null || typeof node !== 'object' || step === undefined) return
  if (step === '*') {
    for (const item of node as unknown[]) changeAt(item, rest, change)
  } else if (rest.length === 0) {
    change(node as Record<string, unknown>, step)
  } else {
    changeAt((node as Record<string, unknown>)[step], rest, change)
  }
}

function convert(schema: z.ZodType, each?: (node: JsonSchema) => void): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    reused: 'inline',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => each?.(jsonSchema as JsonSchema),
  }) as JsonSchema
}
