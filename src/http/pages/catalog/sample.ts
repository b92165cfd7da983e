/**
 * A tool's example as it can be read: where a definition says `$booking.id`, which an earlier call answers, a
 * sample stands that has the right kind and is the same on every page.
 */

import { createHash } from 'node:crypto'
import { TypeID } from 'typeid-js'
import type { Catalog, Entry } from '../../../catalog/catalog.ts'
import type { JsonSchema } from '../../../catalog/json-schema.ts'
import { idKinds } from '../../../catalog/kinds.ts'
import { ID_PATTERN } from './fields.ts'

export interface Sample {
  /** Calls to make first. */
  steps: Step[]
  input: Arguments
}

export interface Step {
  entry: Entry
  input: Arguments
  /** What later calls take from its answer: `{ id: 'booking_01k…' }`. */
  answers: Record<string, string>
}

export type Arguments = Record<string, unknown>

/** One of these stands for every key. */
export const SAMPLE_KEY = '3f1b0c9e-6f3f-4a58-9a35-5a7f0f6f5a11'

export function sampleOf(catalog: Catalog, { tool }: Entry): Sample {
  const steps = new Map<string, Step>()
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string' && value.startsWith('$')) return answered(steps, value)
    if (Array.isArray(value)) return value.map(fill)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fill(field)]))
  }
  for (const [name, { tool: needed, input }] of Object.entries(tool.example.given ?? {})) {
    steps.set(name, { entry: catalog.get(needed)!, input: fill(input) as Arguments, answers: {} })
  }
  return { input: fill(tool.example.input) as Arguments, steps: [...steps.values()] }
}

/** @param reference `$slot.slots.0.start`, of the answer's data, or of the approval that a call waits for */
function answered(steps: Map<string, Step>, reference: string): unknown {
  if (reference === '$mailbox.code') return '482913'
  if (reference === '$mailbox.token') return 'AZTs'.repeat(18)
  const [name = '', ...path] = reference.slice(1).split('.')
  const step = steps.get(name)
  if (!step) throw new Error(`${reference} names no call of the example.`)
  const { properties } = step.entry.outputSchema as { properties: Record<string, JsonSchema> }
  const schema = path[0] === 'approval' ? { pattern: '^approval_' } : schemaAt(properties.data!, path)
  const sample = sampleFor(schema, name, path)
  step.answers[path.join('.')] = String(sample)
  return sample
}

function schemaAt(schema: JsonSchema, path: string[]): JsonSchema {
  const [name, ...rest] = path
  if (name === undefined) return schema
  const inner = schema.items ?? (schema.properties as Record<string, JsonSchema> | undefined)?.[name]
  return schemaAt((inner ?? {}) as JsonSchema, rest)
}

function sampleFor(schema: JsonSchema, name: string, path: string[]): unknown {
  const kind = ID_PATTERN.exec(String(schema.pattern))?.[1]
  if (kind && kind in idKinds) return sampleId(kind, name)
  // A version, of what has just been made.
  if (schema.type === 'integer') return 1
  if (schema.format === 'date') return '2026-06-02'
  // Slots that follow each other, of 45 minutes as the example's service.
  const minutes = 45 * (Number(path.find(step => /^\d+$/.test(step)) ?? 0) + (path.at(-1) === 'end' ? 1 : 0))
  if (schema.format === 'date-time') return new Date(SAMPLE_START + minutes * 60_000).toISOString()
  return `the ${path.join('.')} it answered`
}

const SAMPLE_START = Date.UTC(2026, 5, 2, 8)

/** A UUIDv7 of June 2026, so that it looks like one of ours. */
function sampleId(kind: string, name: string): string {
  const [a, b, c] = /(...)(...)(.{12})/.exec(createHash('sha256').update(name).digest('hex'))!.slice(1)
  return TypeID.fromUUID(kind, `019e8a3c-5c00-7${a}-8${b}-${c}`).toString()
}
