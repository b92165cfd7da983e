/**
 * A tool: the one definition from which the MCP tool, the REST operation, the catalog page and every other
 * surface follow. `defineTool` adds nothing at run time but types; what it may say is all here.
 */

import type { z } from 'zod'
import type { Role, Scope } from '../access/principal.ts'
import type { Context } from '../domain/context.ts'
import type { RefusalCode } from './refusal.ts'

export const domains = [
  'platform',
  'team',
  'services',
  'availability',
  'bookings',
  'classes',
  'entitlements',
  'customers',
  'loyalty',
  'invoices',
  'payments',
  'subscriptions',
  'commerce',
  'messaging',
  'approvals',
  'campaigns',
  'content',
  'reports',
  'ops',
] as const
export type Domain = (typeof domains)[number]

export const gates = ['allow', 'confirm', 'approve'] as const
/** `confirm`: the caller sees a preview first. `approve`: a person decides. */
export type Gate = (typeof gates)[number]

/** Something a call would do beyond its own rows, found out while it ran in its savepoint. */
export interface Effect {
  kind: 'send' | 'charge' | 'refund' | 'credit' | 'erase'
  gate: Gate
  /** Minor units. */
  amount?: { amount: number; currency: string }
  recipients?: number
  /** What is sent comes from this template, unedited: `booking_confirmation@2`. */
  template?: string
}

/** What an effect may say beyond its kind, and a rule of the policy may ask about. */
export const measures = ['amount', 'recipients', 'template'] as const
export type Measure = (typeof measures)[number]

/** What a preview, a confirm token or an approval must know of a call; all of it optional. */
export interface Review<Input> {
  /** The rows the decision rests on, each with its version: once one changes, the decision is stale. */
  versions?(context: Context, input: Input): Promise<Record<string, string | number>>
  /** Fields a reviewer may edit before approving. */
  editable?: (keyof Input & string)[]
}

/** A call that shows how the tool is used. It runs to `done` on a fresh sandbox, in a test. */
export interface Example<Input> {
  /**
   * Calls to make first, by the name under which their answer's data is known to later ones:
   * `{ key: { tool: 'create_api_key', input: {…} } }`, then `'$key.id'` in an input.
   * `'$mailbox.code'` is the newest six-digit code in the developer mailbox, `'$mailbox.token'` the newest token.
   * `approved`: a person lets it through, where it waits for one. `as`: the key or token it is called with.
   */
  given?: Record<string, { tool: string; input: Record<string, unknown>; approved?: boolean; as?: string }>
  /** What the call is made with, where that is not the reader's own key: `'$key.api_key'`. */
  as?: string
  /** As a caller writes it: prefixed ids, RFC 3339 instants. */
  input: { [Field in keyof Input]?: unknown } & Record<string, unknown>
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface ToolDefinition<InputSchema extends z.ZodObject, DataSchema extends z.ZodType> {
  /** `verb_noun`, at most 64 characters. */
  name: string
  /** A few words for a person. */
  title: string
  /** When to use it and when not; at most 1,024 characters. */
  description: string
  /** What people call it who do not know our words; read by search alone. */
  keywords?: string[]
  domain: Domain
  /** `destroy`: takes something away or cannot be undone. */
  effect: 'read' | 'write' | 'destroy'
  /** Whether something outside Backdesk is reached (a message, a provider). */
  openWorld?: boolean
  /** Least role that may call it; `nobody`: callable with no credentials. */
  role: Role | 'nobody'
  /** What it takes by itself; the call's effects and the workspace's policy have their say (calls/policy.ts). */
  gate?: Exclude<Gate, 'allow'>
  /** No policy lowers the gate. */
  gateIsFixed?: boolean
  /** What its effects may say. Of anything else a rule of the policy would never hold, and is refused. */
  declares?: Measure[]
  /** Whether `idempotency_key` is required. */
  key?: boolean
  /** What the key of a caller is scoped to who is nobody yet: others call with the same workspace, or with none. */
  keyScope?(input: z.output<InputSchema>): string
  /** Runs before the savepoint and stays, whatever becomes of the call: a try of a one-time code. */
  spend?(context: Context, input: z.output<InputSchema>): Promise<void>
  /** The tool stands for another: `run_read_tool` and `run_write_tool`. */
  forwards?: 'read' | 'write'
  /** Sees to ids of merged customers itself; for every other tool they are the survivor's (calls/survivors.ts). */
  takesMerged?: true
  /** Takes a file: its REST route reads bodies of up to 16 MiB. */
  largeBody?: true
  /** Refused to everybody but this kind of principal. */
  by?: 'publishable_key' | 'customer'
  /** Refused outside a sandbox. */
  sandboxOnly?: boolean
  /** A list: the answer carries `next_cursor`. `run` returns a `Page`. */
  paged?: boolean
  route: `${HttpMethod} /v1/${string}`
  input: InputSchema
  /** What stands in the answer's `data`. */
  data: DataSchema
  /** Whether what it answers goes on at a provider: the status is `processing` then, and `done` else. */
  goesOn?(data: z.output<DataSchema>): boolean
  /** Refusals of its own rules, beyond what any call can meet. */
  refusals?: RefusalCode[]
  review?: Review<z.output<InputSchema>>
  example: Example<z.output<InputSchema>>
  run(context: Context, input: z.output<InputSchema>): Promise<RunResult<DataSchema>>
}

/** `data` as the domain has it; a paged tool's rows with the next page's cursor. */
type RunResult<DataSchema extends z.ZodType> = z.output<DataSchema> | Page<z.output<DataSchema>>

export class Page<Rows> {
  readonly rows: Rows
  readonly nextCursor: string | undefined
  constructor(rows: Rows, nextCursor: string | undefined) {
    this.rows = rows
    this.nextCursor = nextCursor
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the catalog holds tools of every input; `any` is its top type.
export type Tool = ToolDefinition<any, any>

export function defineTool<InputSchema extends z.ZodObject, DataSchema extends z.ZodType>(
  definition: ToolDefinition<InputSchema, DataSchema>,
): ToolDefinition<InputSchema, DataSchema> {
  return definition
}

/** `<domain>:read` for a reading tool, `<domain>:write` for the rest. */
export function scopeOf(tool: Tool): Scope {
  return `${tool.domain}:${tool.effect === 'read' ? 'read' : 'write'}`
}

/** MCP's four hints. They are derived, so that they cannot contradict what the road enforces. */
export function annotationsOf(tool: Tool) {
  return {
    readOnlyHint: tool.effect === 'read',
    destructiveHint: tool.effect === 'destroy',
    // Every repeat is safe: by idempotency key, by version, by natural key or by state.
    idempotentHint: true,
    openWorldHint: tool.openWorld ?? false,
  }
}
