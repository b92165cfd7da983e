/** `approve`: what is kept of a call that waits for a person, and what its asker is told of it, then and later. */

import { and, eq, type SQL } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { PrincipalKind } from '../access/principal.ts'
import { idText } from '../catalog/kinds.ts'
import { Refusal, type RefusalBody } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import { dueWorkAt, enqueue } from '../database/jobs.ts'
import type { Db } from '../database/pool.ts'
import type { Context } from '../domain/context.ts'
import { type StoredState, stateAt } from './approval-states.ts'
import type { ApprovalRef, WriteBody } from './call.ts'
import type { Shown } from './confirm.ts'
import type { House } from './house.ts'
import { hashOf } from './parse.ts'
import type { Requirement } from './policy.ts'
import type { Occurred } from './run.ts'
import { type Approval, approvalDetails, approvals } from './tables.ts'

export interface Ask extends Shown {
  requirement: Requirement
  preview: unknown
  warnings: string[]
  auditId: string
  now: Temporal.Instant
}

export interface Asked {
  approval: Approval
  /** What became, by being asked again, of the one before. */
  events: Occurred[]
}

/**
 * Stores the call to be run as it is, or finds the one that waits already: the same asker, tool, arguments and
 * key are one question, however often they are asked.
 */
export async function ask(house: House, db: Db, question: Ask): Promise<Asked> {
  const { waiting, events } = await findWaiting(db, question)
  if (waiting) return { approval: waiting, events }
  const { request, parsed, versions, effects, requirement, preview, warnings, auditId, now } = question
  const { principal, workspace } = request
  const [approval] = await db
    .insert(approvals)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      tool: request.tool,
      argumentsHash: parsed.hash,
      requestKey: parsed.control.idempotency_key ?? '',
      versions,
      effects,
      askedByKind: askerKind(principal.kind),
      askedBy: principal.id!,
      memberId: principal.memberId,
      askedAt: now,
      expiresAt: now.add({ minutes: requirement.expiresAfterMinutes }),
      state: 'pending',
      auditId,
    })
    .onConflictDoNothing()
    .returning()
  if (!approval) return ask(house, db, question) // The same question was stored as this one looked for it.
  await db.insert(approvalDetails).values({
    workspaceId: workspace.id,
    approvalId: approval.id,
    arguments: JSON.stringify(parsed.written),
    preview: JSON.stringify(preview ?? null),
    warnings: JSON.stringify(warnings),
  })
  if (!workspace.clock) await enqueue(db, dueWorkAt(approval.expiresAt))
  // A sandbox tries things out; its people are not mailed.
  if (workspace.kind === 'live') await enqueue(db, { task: 'notify_reviewers', jobKey: 'now' })
  house.log.info({ approval: approval.id, tool: request.tool }, 'waits for approval')
  return { approval, events }
}

/**
 * Anonymous callers reach no gated tool, and the system calls none. A customer waits for nobody's approval on a page:
 * what the business wants to decide, they ask it for.
 */
function askerKind(kind: PrincipalKind): Approval['askedByKind'] {
  if (kind === 'customer' || kind === 'publishable_key')
    throw new Refusal('forbidden_scope', 'The business decides on this itself; ask it.', {
      needed_principal: 'member',
    })
  if (kind === 'anonymous' || kind === 'system') throw new Error(`${kind} asked for an approval.`)
  return kind
}

/** The one that waits; one that by now would come to nothing is over, so that what is asked again can be allowed. */
async function findWaiting(
  db: Db,
  { request, parsed, now, versions, effects }: Ask,
): Promise<{ waiting?: Approval; events: Occurred[] }> {
  const [found] = await db
    .select()
    .from(approvals)
    .where(
      and(
        eq(approvals.workspaceId, request.workspace.id),
        eq(approvals.tool, request.tool),
        eq(approvals.argumentsHash, parsed.hash),
        eq(approvals.askedBy, request.principal.id!),
        eq(approvals.requestKey, parsed.control.idempotency_key ?? ''),
        eq(approvals.state, 'pending'),
      ),
    )
  if (!found) return { events: [] }
  const isSame = hashOf([found.versions, found.effects]) === hashOf([versions, effects])
  const state = stateAt(found, now)
  if (state === 'pending' && isSame) return { waiting: found, events: [] }
  const became = state === 'expired' ? state : 'stale'
  const errorCode = became === 'stale' ? 'approval_stale' : null
  const change = { state: became, errorCode } as const
  const over = await endWaiting(db, request.workspace.id, eq(approvals.id, found.id), change)
  return { events: over.map(id => ({ type: `approval.${became}`, subject: { kind: 'approval', id } })) }
}

/** Those of them that still wait, once whoever is about to decide on one has done so. @returns the ids */
async function endWaiting(
  db: Db,
  workspaceId: string,
  which: SQL | undefined,
  change: Partial<Approval>,
): Promise<string[]> {
  const ended = await db
    .update(approvals)
    .set(change)
    .where(and(eq(approvals.workspaceId, workspaceId), eq(approvals.state, 'pending'), which))
    .returning({ id: approvals.id })
  return ended.map(({ id }) => id)
}

export async function setState(
  db: Db,
  { workspaceId, id }: Approval,
  change: Partial<Approval>,
): Promise<void> {
  await db
    .update(approvals)
    .set(change)
    .where(and(eq(approvals.workspaceId, workspaceId), eq(approvals.id, id)))
}

/** Takes back what was asked under a key, where it still waits. */
export async function withdrawAsked(
  { db, workspace, emit }: Pick<Context, 'db' | 'workspace' | 'emit'>,
  askedBy: string,
  requestKey: string,
): Promise<void> {
  const asked = and(eq(approvals.askedBy, askedBy), eq(approvals.requestKey, requestKey))
  const withdrawn = await endWaiting(db, workspace.id, asked, { state: 'withdrawn' })
  for (const id of withdrawn) emit({ type: 'approval.withdrawn', subject: { kind: 'approval', id } })
}

/** How an asker sees it. */
export function approvalRef(house: House, approval: Approval, now: Temporal.Instant): ApprovalRef {
  const id = idText('approval', approval.id)
  return {
    id,
    state: stateAt(approval, now),
    expires_at: approval.expiresAt.toString({ smallestUnit: 'millisecond' }),
    url: `${house.publicUrl}/console/approvals/${id}`,
  }
}

/** A retry of a call that waits, or waited: the same question, later its result. @throws Refusal as the run was refused */
export async function replayApproval(
  house: House,
  db: Db,
  workspaceId: string,
  id: string,
  now: Temporal.Instant,
): Promise<WriteBody> {
  const [row] = await db
    .select()
    .from(approvals)
    .innerJoin(
      approvalDetails,
      and(
        eq(approvalDetails.workspaceId, approvals.workspaceId),
        eq(approvalDetails.approvalId, approvals.id),
      ),
    )
    .where(and(eq(approvals.workspaceId, workspaceId), eq(approvals.id, id)))
  const { approvals: approval, approval_details: details } = row!
  const state = stateAt(approval, now)
  if (state === 'executed') {
    const answer = JSON.parse(details.answer ?? '{"status":"done"}') as WriteBody
    const told = approval.edited ? [...(answer.warnings ?? []), EDITED] : answer.warnings
    return { ...answer, warnings: told, approval: approvalRef(house, approval, now), replayed: true }
  }
  if (state !== 'pending') throw cameToNothing(approval, state, details)
  return {
    status: 'needs_approval',
    data: JSON.parse(details.preview ?? 'null') ?? undefined,
    warnings: JSON.parse(details.warnings ?? '[]') as string[],
    approval: approvalRef(house, approval, now),
    replayed: true,
  }
}

const EDITED = 'It was changed before it was approved; get_approval shows the difference.'

/** Said to whoever asks again under the same key: that it is over, why, and that its key is used up. */
function cameToNothing(
  { id }: Approval,
  state: Exclude<StoredState, 'pending' | 'executed'>,
  { answer, note }: Pick<typeof approvalDetails.$inferSelect, 'answer' | 'note'>,
): Refusal {
  const told = { ...ends[state], ...(answer && (JSON.parse(answer) as RefusalBody)) }
  const words = state === 'rejected' && note !== null ? ` They wrote: ${note}` : ''
  return new Refusal(
    told.code,
    `${told.message}${words} This stays so; to ask anew, take a new idempotency key.`,
    { ...told.details, approval: idText('approval', id), state },
    ['get_approval', ...(told.next_tools ?? [])],
  )
}

/** Where nobody's run has an answer of its own. */
const ends: Record<Exclude<StoredState, 'pending' | 'executed'>, Pick<RefusalBody, 'code' | 'message'>> = {
  failed: { code: 'internal', message: 'It was approved, and failed.' },
  stale: { code: 'approval_stale', message: 'Something this rests on has changed.' },
  expired: { code: 'approval_expired', message: 'Nobody decided in time.' },
  rejected: { code: 'forbidden_scope', message: 'A person rejected this.' },
  withdrawn: { code: 'forbidden_scope', message: 'This request was withdrawn.' },
}
