/**
 * Step 7. What stays of a call, outside its savepoint and in its transaction: the audit row, the arguments and
 * the answer in the side table, the events. Secrets are gone before anything is written.
 */

import type { Temporal } from 'temporal-polyfill'
import type { Entry, Status } from '../catalog/catalog.ts'
import { withoutPaths } from '../catalog/json-schema.ts'
import type { RefusalCode } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import { enqueue } from '../database/jobs.ts'
import type { Db, Transaction } from '../database/pool.ts'
import { preparedInsert } from '../database/transaction.ts'
import type { CallRequest, WriteBody } from './call.ts'
import type { ResolvedRequest } from './resolve.ts'
import { nowIn, type Occurred } from './run.ts'
import { auditEvents, callDetails, events } from './tables.ts'

export type Outcome = Status | 'refused'

export interface Happening {
  auditId: string
  request: ResolvedRequest
  entry: Entry
  outcome: Outcome
  errorCode?: RefusalCode
  /** The arguments as they were written; absent where they could not be read. */
  written?: Record<string, unknown>
  hash?: string
  answer?: WriteBody
  approvalId?: string
  /** The member who approved. */
  decidedBy?: string
  events?: Occurred[]
  /** Workspaces that the call made, uuids. */
  entered?: Iterable<string>
}

/** A workspace that the call made has the call as the first row of its audit. */
export async function record(tx: Transaction, happening: Happening): Promise<void> {
  const home = happening.request.workspace.id
  // All of it is sent at once, each row in the workspace that was entered before it.
  const sent: Promise<unknown>[] = []
  for (const workspaceId of happening.entered ?? []) {
    tx.enterWorkspace(workspaceId)
    sent.push(recordIn(tx.db, workspaceId, happening))
  }
  tx.enterWorkspace(home)
  sent.push(recordIn(tx.db, home, happening), keepDetails(tx.db, home, happening))
  await Promise.all(sent)
}

function recordIn(db: Db, workspaceId: string, happening: Happening): Promise<unknown> {
  const { request, entry, auditId } = happening
  const at = nowIn(request.workspace)
  const occurred = happening.events ?? []
  const audited = insertAudit(db, {
    workspaceId,
    id: auditId,
    at,
    requestId: request.requestId,
    surface: request.surface,
    client: request.client,
    principalKind: request.principal.kind,
    principalId: request.principal.id,
    memberId: request.principal.memberId,
    decidedBy: happening.decidedBy,
    tool: entry.tool.name,
    via: request.via,
    argumentsHash: happening.hash,
    outcome: happening.outcome,
    errorCode: happening.errorCode,
    approvalId: happening.approvalId,
    changes: changesOf(occurred),
  })
  return Promise.all([audited, recordEvents(db, { workspaceId, auditId, at }, occurred)])
}

/** What the house did by itself, or a person without a tool: one row in the audit, where anything was done. */
export async function recordOwn(
  db: Db,
  { doing, by, ...row }: RecordedEvents & { doing: string; by?: CallRequest },
  occurred: Occurred[],
): Promise<void> {
  if (occurred.length === 0) return
  const { workspaceId, auditId, at } = row
  const audited = insertAudit(db, {
    workspaceId,
    id: auditId,
    at,
    requestId: by?.requestId ?? auditId,
    surface: by?.surface ?? 'system',
    client: by?.client,
    principalKind: by?.principal.kind ?? 'system',
    principalId: by?.principal.id,
    memberId: by?.principal.memberId,
    tool: doing,
    outcome: 'done',
    changes: changesOf(occurred),
  })
  await Promise.all([audited, recordEvents(db, row, occurred)])
}

function changesOf(occurred: Occurred[]) {
  return occurred.map(({ type, subject }) => ({ type, ...subject }))
}

interface RecordedEvents {
  workspaceId: string
  auditId: string
  at: Temporal.Instant
}

async function recordEvents(
  db: Db,
  { workspaceId, auditId, at }: RecordedEvents,
  occurred: Occurred[],
): Promise<void> {
  await Promise.all(
    occurred.flatMap(({ id = newId(), type, subject, data = {}, at: occurredAt, heard }) => {
      const event = insertEvent(db, {
        workspaceId,
        id,
        type,
        subjectKind: subject.kind,
        subjectId: subject.id,
        data,
        at: occurredAt ?? at,
        auditId,
      })
      const ids = { event_id: id, type, subject_id: subject.id }
      return heard ? [event, enqueue(db, { task: 'automate', ids })] : [event]
    }),
  )
}

function keepDetails(db: Db, workspaceId: string, { auditId, entry, written, answer }: Happening) {
  return insertDetails(db, {
    workspaceId,
    auditId,
    arguments: written && storable(withoutPaths(written, entry.secretInputs)),
    answer: answer && storable(withoutSecrets(answer, entry)),
  })
}

const insertAudit = preparedInsert(auditEvents, ['recordedAt'])
const insertDetails = preparedInsert(callDetails)
/** One statement each: a call may make more events than one statement has parameters for. */
const insertEvent = preparedInsert(events)

/** An answer as it may be kept and repeated: what is shown once, or lets a call through, is not in it. */
export function withoutSecrets(answer: WriteBody, entry: Entry): WriteBody {
  const { confirm_token: _, ...kept } = answer
  if (entry.secretData.length === 0) return kept
  return { ...kept, data: withoutPaths(answer.data, entry.secretData) }
}

/** JSON escapes what PostgreSQL's text cannot hold: NUL and lone surrogates. */
function storable(value: unknown): string {
  return JSON.stringify(value)
}
