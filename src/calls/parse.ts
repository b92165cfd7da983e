/** Step 2. Strict parsing: an unknown field is refused with the nearest name, never dropped. */

import { createHash } from 'node:crypto'
import { closest } from 'fastest-levenshtein'
import type { z } from 'zod'
import type { Entry } from '../catalog/catalog.ts'
import { controlNames } from '../catalog/control.ts'
import { issueText } from '../catalog/issue-text.ts'
import { Refusal } from '../catalog/refusal.ts'

export interface Parsed {
  /** As the domain reads them. */
  input: Record<string, unknown>
  /** As the caller wrote them, without the control fields: what an approval stores and a hash is of. */
  written: Record<string, unknown>
  /** SHA-256 of `written`, independent of the order of fields. */
  hash: string
  control: { idempotency_key?: string; dry_run?: boolean; confirm_token?: string }
}

/** @throws Refusal `invalid_input`, with every issue (at most 20) in `details.issues`. */
export function parseArguments(entry: Entry, args: unknown): Parsed {
  const { control, written } = takeOffControl(entry, objectOf(args))
  return { input: parseInput(entry, written), written, hash: hashOf(written), control }
}

/** The tool's own fields, of a call whose control fields were seen to before. @throws Refusal `invalid_input` */
export function parseInput(entry: Entry, written: Record<string, unknown>): Record<string, unknown> {
  const input = entry.tool.input.safeParse(written, { error: issueText })
  if (!input.success) throw invalid(input.error, entry)
  return input.data
}

function objectOf(args: unknown): Record<string, unknown> {
  if (args === undefined || args === null) return {}
  if (typeof args === 'object' && !Array.isArray(args)) return args as Record<string, unknown>
  throw new Refusal('invalid_input', 'Arguments are an object of named fields.')
}

function takeOffControl(entry: Entry, args: Record<string, unknown>) {
  const control: Record<string, unknown> = {}
  const written: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(args)) {
    const steers = name in entry.control.shape
    Object.defineProperty(steers ? control : written, name, { value, enumerable: true, configurable: true })
  }
  const parsed = entry.control.safeParse(control, { error: issueText })
  if (!parsed.success) throw invalid(parsed.error, entry)
  return { control: parsed.data as Parsed['control'], written }
}

function invalid(error: z.ZodError, entry: Entry): Refusal {
  const known = Object.keys(entry.inputSchema.properties as object)
  const issues = error.issues.slice(0, 20).flatMap(issue => issuesOf(issue, known))
  const first = issues[0]!
  const where = first.path ? `${first.path}: ` : ''
  return new Refusal('invalid_input', `${where}${first.message}`, { issues }, ['describe_tool'])
}

function issuesOf(issue: z.core.$ZodIssue, known: string[]): { path: string; message: string }[] {
  const path = issue.path.map(step => String(step).slice(0, 60)).join('.')
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  return issue.keys.slice(0, 5).map(key => {
    const shown = JSON.stringify(key.slice(0, 60).toWellFormed())
    const nearest = path === '' && known.length > 0 ? closest(key.slice(0, 60), known) : undefined
    const control = (controlNames as readonly string[]).includes(key) ? ' This tool does not take it.' : ''
    return { path, message: `Unknown field ${shown}.${control}${nearest ? ` Did you mean ${nearest}?` : ''}` }
  })
}

export function hashOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex')
}

/**
 * JSON with sorted names, as RFC 8785 has it for the values that JSON.parse can make. A field that is undefined is none,
 * so that a value and what the database gives back of it have one hash.
 */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
  return `{${fields.join(',')}}`
}
