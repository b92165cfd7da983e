/**
 * The catalog: every tool, converted once at boot. Lists and schemas are frozen data from then on, since
 * converting 200 tools per request costs 20–30 ms.
 */

import { z } from 'zod'
import type { Scope } from '../access/principal.ts'
import { controlFields } from './control.ts'
import { annotationsOf, type Domain, scopeOf, type Tool } from './define.ts'
import { inShort, type JsonSchema, markedPaths, toJsonSchema } from './json-schema.ts'
import { makeSearch, type Search } from './search.ts'

/** A tool as every surface reads it. */
export interface Entry {
  tool: Tool
  scope: Scope
  /** The control fields alone, strict. */
  control: z.ZodObject
  /** What a caller may send, control fields included. */
  inputSchema: JsonSchema
  /** The answer's envelope with this tool's `data`. */
  outputSchema: JsonSchema
  /** Paths of what is redacted in the audit and left out of stored answers; `*` stands for an array's items. */
  secretInputs: string[][]
  secretData: string[][]
  /** Paths of numbers that are given when it takes effect. */
  givenOnCommit: string[][]
  /** Where it takes ids of customers. */
  customerInputs: string[][]
  /** The MCP list entry. */
  listing: Listing
  /** The same for the everyday list, which every conversation pays for: of an answer it says the fields and what they are. */
  brief: Listing
}

export interface Listing {
  name: string
  title: string
  description: string
  inputSchema: JsonSchema
  outputSchema: JsonSchema
  annotations: ReturnType<typeof annotationsOf> & { title: string }
}

export interface Catalog {
  /** In the order of `tools/index.ts`. */
  entries: readonly Entry[]
  everyday: ReadonlySet<string>
  get(name: string): Entry | undefined
  ofDomain(domain: Domain): Entry[]
  /** Best first. */
  search: Search
}

export function makeCatalog(tools: readonly Tool[], everyday: readonly string[]): Catalog {
  const entries = tools.map(makeEntry)
  const byName = new Map(entries.map(entry => [entry.tool.name, entry]))
  if (byName.size !== entries.length) throw new Error('Two tools share a name.')
  for (const name of everyday)
    if (!byName.has(name)) throw new Error(`The everyday list names ${name}, which is no tool.`)
  return {
    entries,
    everyday: new Set(everyday),
    get: name => byName.get(name),
    ofDomain: domain => entries.filter(entry => entry.tool.domain === domain),
    search: makeSearch(entries),
  }
}

function makeEntry(tool: Tool): Entry {
  const control = controlFields(tool)
  const input = tool.input.extend(control)
  const inputSchema = toJsonSchema(input)
  const outputSchema = toJsonSchema(envelope(tool))
  const listing = Object.freeze({
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema,
    outputSchema,
    annotations: { title: tool.title, ...annotationsOf(tool) },
  })
  return {
    tool,
    scope: scopeOf(tool),
    control: z.strictObject(control),
    inputSchema,
    outputSchema,
    secretInputs: markedPaths(input, 'secret'),
    secretData: markedPaths(tool.data, 'secret'),
    givenOnCommit: markedPaths(tool.data, 'on_commit'),
    customerInputs: markedPaths(input, 'pattern', '^customer_'),
    listing,
    brief: Object.freeze({ ...listing, outputSchema: inShort(outputSchema) }),
  }
}

/** Reads: `{ data, next_cursor? }`. Writes: a status, and what goes with it. One root object: unions break clients. */
function envelope(tool: Tool): z.ZodObject {
  if (tool.forwards === 'read') return z.object({ data: z.unknown(), next_cursor: z.string().optional() })
  if (tool.effect === 'read') {
    return tool.paged
      ? z.object({ data: tool.data, next_cursor: z.string().optional() })
      : z.object({ data: tool.data })
  }
  return z.object({ status: z.enum(statuses), data: tool.data.optional(), ...writeFields })
}

export const statuses = ['done', 'processing', 'dry_run', 'needs_confirmation', 'needs_approval'] as const
export type Status = (typeof statuses)[number]

const writeFields = {
  confirm_token: z.string().optional(),
  approval: z
    .object({ id: z.string(), state: z.string(), expires_at: z.string(), url: z.string() })
    .optional(),
  replayed: z.boolean().optional(),
  warnings: z.array(z.string()).optional(),
  audit_id: z.string().optional(),
}
