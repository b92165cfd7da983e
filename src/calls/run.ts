/** Step 6. Runs the tool's own code with its context, and brings what it returns into the wire's form. */

import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { FRONT_DESK, type Workspace } from '../access/principal.ts'
import type { Entry } from '../catalog/catalog.ts'
import { type Effect, measures, Page, type Tool } from '../catalog/define.ts'
import { enqueue } from '../database/jobs.ts'
import type { Transaction } from '../database/pool.ts'
import type { Context, DomainEvent } from '../domain/context.ts'
import type { CallRequest } from './call.ts'
import type { House } from './house.ts'

/** What a run leaves beside its rows. */
export interface Trace {
  effects: Effect[]
  events: Occurred[]
  warnings: string[]
  /** Workspaces that the call made or joined, uuids; codes are kept at the front desk, which has no audit. */
  entered: Set<string>
}

export interface Occurred extends DomainEvent {
  /** An automation answers to it. */
  heard?: boolean
}

export interface Ran {
  /** As it travels: prefixed ids, RFC 3339 instants; fields that the tool does not promise are gone. */
  data: unknown
  nextCursor?: string
  /** A provider has still to do something. */
  goesOn: boolean
}

export function contextOf(
  house: House,
  tx: Transaction,
  request: CallRequest,
): { context: Context; trace: Trace } {
  const trace: Trace = { effects: [], events: [], warnings: [], entered: new Set() }
  const context: Context = {
    db: tx.db,
    now: nowIn(request.workspace),
    workspace: request.workspace,
    principal: request.principal,
    sight: null,
    catalog: house.catalog,
    secrets: house.secrets,
    dueWork: house.dueWork,
    mail: house.mail,
    stripe: house.stripe,
    publicUrl: house.publicUrl,
    requestId: request.requestId,
    emit: event => void trace.events.push({ ...event, heard: house.heard.has(event.type) }),
    enqueue: job => enqueue(tx.db, job),
    declare: effect => void trace.effects.push(foreseen(house.catalog.get(request.tool)?.tool, effect)),
    warn: warning => void trace.warnings.push(warning),
    async enterWorkspace(id) {
      tx.enterWorkspace(id)
      if (id !== request.workspace.id && id !== FRONT_DESK.id) trace.entered.add(id)
    },
  }
  return { context, trace }
}

/** What a tool does without having said that it may, no rule could be made for. */
function foreseen(tool: Tool | undefined, effect: Effect): Effect {
  const unsaid = measures.find(name => effect[name] !== undefined && !tool?.declares?.includes(name))
  if (tool && unsaid) throw new Error(`${tool.name} does not say that it declares ${unsaid}.`)
  return effect
}

/** Business time, in milliseconds as every column keeps it. */
export function nowIn(workspace: Workspace): Temporal.Instant {
  return workspace.clock ?? Temporal.Instant.fromEpochMilliseconds(Date.now())
}

/** `21:30`, as the workspace's clock shows it. */
export function clockTime(at: Temporal.Instant, { timeZone }: Workspace): string {
  return at.toZonedDateTimeISO(timeZone).toPlainTime().toString({ smallestUnit: 'minute' })
}

export async function run(entry: Entry, context: Context, input: Record<string, unknown>): Promise<Ran> {
  const result = await entry.tool.run(context, input)
  if (result instanceof Page)
    return { data: z.encode(entry.tool.data, result.rows), nextCursor: result.nextCursor, goesOn: false }
  return { data: z.encode(entry.tool.data, result), goesOn: entry.tool.goesOn?.(result) ?? false }
}
