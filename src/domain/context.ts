/** What a tool's `run` and every verb of the domain are given: one call's transaction, clock and caller. */

import type { Temporal } from 'temporal-polyfill'
import type { MailRoute } from '../access/one-time-codes.ts'
import type { Principal, Workspace } from '../access/principal.ts'
import type { Secrets } from '../access/secrets.ts'
import type { Sight } from '../access/sight.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Effect } from '../catalog/define.ts'
import type { IdKind } from '../catalog/kinds.ts'
import type { Job } from '../database/jobs.ts'
import type { Db } from '../database/pool.ts'
import type { DueWork } from './due-work.ts'

export interface Context {
  /** Drizzle inside the call's transaction, bound to the workspace by row-level security. */
  db: Db
  /** A reading tool's: the database lets it lock nothing. */
  readOnly?: boolean
  /** Business time: the sandbox clock in a sandbox. Never use SQL `now()` for a business rule. */
  now: Temporal.Instant
  workspace: Workspace
  principal: Principal
  /** What the caller sees of bookings and customers; null: all of them. The road holds every tool to it. */
  sight: Sight | null
  catalog: Catalog
  secrets: Secrets
  /** Every kind of row with a due time, for the sandbox clock. */
  dueWork: readonly DueWork[]
  /** How one-time codes reach people. */
  mail: MailRoute
  /** Whether the server of one business takes cards by Stripe; a workspace may have credentials of its own. */
  stripe?: boolean
  /** Where people reach this server, without a trailing slash; for links. */
  publicUrl: string
  requestId: string
  /** Records that something happened: an outbox row for automations and webhooks, and the audit's list of changes. */
  emit(event: DomainEvent): void
  /** Has the worker do something once the call has committed: what a call rolls back is never done. */
  enqueue(job: Job): Promise<void>
  /** Says what the call is about to do beyond its own rows; the gate takes the strictest of all. */
  declare(effect: Effect): void
  /** Goes on in another workspace, in the same transaction; for making one. */
  enterWorkspace(id: string): Promise<void>
  /** Tells the caller something that is no refusal. */
  warn(warning: string): void
}

export interface DomainEvent {
  /** A uuid, where its traces are written before it is; default: a new one. */
  id?: string
  /** `<subject>.<past tense>`, e.g. `api_key.revoked`. */
  type: `${string}.${string}`
  /** The changed row's kind and uuid. */
  subject: { kind: IdKind; id: string }
  /** Ids, codes, instants; no personal data: events outlive an erasure. */
  data?: Record<string, unknown>
  /** When it happened, where that is not the call's `now`: work that fell due on the sandbox clock's way. */
  at?: Temporal.Instant
}
