/**
 * A person decides on a call that waits. Not a tool: no API key, no client acting for a member and no automation
 * gets here. The approval's row is locked first, so that however many approve at once, the call runs once.
 */

import { and, eq } from 'drizzle-orm'
import { mustBeSignedIn } from '../access/sessions.ts'
import type { Entry } from '../catalog/catalog.ts'
import type { Effect } from '../catalog/define.ts'
import { notFound, Refusal } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import type { Transaction } from '../database/pool.ts'
import { setState } from './approval.ts'
import { type StoredState, stateAt } from './approval-states.ts'
import { authorityOf, personNow } from './authority.ts'
import { authorize } from './authorize.ts'
import type { CallRequest, WriteBody } from './call.ts'
import { type Found, withEdits } from './edits.ts'
import { faultOf, refusalFor, ruleBehind, withRetries } from './failures.ts'
import type { House } from './house.ts'
import { idsIn } from './names.ts'
import { hashOf, parseInput } from './parse.ts'
import { readPolicy } from './policy-store.ts'
import { record, withoutSecrets } from './record.ts'
import { mayReview, reviewersOf } from './reviewers.ts'
import { contextOf, nowIn, run } from './run.ts'
import { lookAgain, madeIn, seen } from './sight.ts'
import { withSurvivors } from './survivors.ts'
import { type Approval, approvalDetails, approvals } from './tables.ts'
import { versionsOf } from './versions.ts'

export interface Decision {
  /** uuid */
  approvalId: string
  verdict: 'approve' | 'reject'
  /** New values of fields that the tool lets a reviewer edit. */
  edits?: Record<string, unknown>
  /** The decider's words to the asker. */
  note?: string
}

export interface Decided {
  state: StoredState
  /** What the run answered. */
  answer?: WriteBody
  /** Why it did not run, or failed. */
  refusal?: Refusal
}

/** Who decides, and through what; the same shape as a call without a tool. */
export type Decider = Omit<CallRequest, 'tool' | 'arguments'>

/** @throws Refusal `forbidden_scope`, `unauthenticated`, `not_found`, `invalid_transition`, `approval_expired`, `invalid_input` */
export async function decide(house: House, decider: Decider, decision: Decision): Promise<Decided> {
  if (!decider.principal.human) {
    throw new Refusal('forbidden_scope', 'Only a signed-in person decides, in the console.', {
      needed_principal: 'person',
    })
  }
  try {
    return await withRetries(() =>
      house.database.transaction(decider.workspace.id, {}, async tx => {
        const decided = await decideIn(house, tx, decider, decision)
        await mustBeSignedIn(tx.db, decider.principal)
        return decided
      }),
    )
  } catch (error) {
    throw refusalFor(error, { ...decider, tool: 'decide', arguments: undefined }, house.log)
  }
}

async function decideIn(house: House, tx: Transaction, asked: Decider, decision: Decision): Promise<Decided> {
  const { approval, found } = await lock(tx, asked, decision)
  const decider = { ...asked, principal: await personNow(tx.db, asked) }
  const entry = house.catalog.get(approval.tool)
  const now = nowIn(decider.workspace)
  const state = stateAt(approval, now)
  if (state === 'executed' && decision.verdict === 'approve' && !(entry && isNews(entry, found, decision)))
    return earlierResult(tx, approval)
  if (state === 'rejected' && decision.verdict === 'reject') return { state }
  if (state === 'expired') throw new Refusal('approval_expired', 'This waited too long and has expired.')
  if (state !== 'pending') throw new Refusal('invalid_transition', `This is ${state} already.`, { state })
  const denied = await reviewRefusal(house, tx, decider, approval)
  if (denied) throw denied

  const decided = { decidedBy: decider.principal.id!, decidedAt: now }
  const settling = { decider, decision, approval, entry, decided }
  if (decision.verdict === 'reject') {
    await setState(tx.db, approval, { ...decided, state: 'rejected' })
    await keep(tx, approval, { note: decision.note })
    await audit(tx, settling, 'rejected')
    return { state: 'rejected' }
  }
  if (!entry) return stale(tx, settling, 'The tool is no longer offered.')
  return execute(house, tx, { ...settling, entry, found })
}

/** Whether it would change what has run: that is told, not taken for the same press again. */
function isNews(entry: Entry, found: Found, { edits }: Decision): boolean {
  return withEdits(entry, found, edits) !== found.arguments
}

interface Settling {
  decider: Decider
  decision: Decision
  approval: Approval
  entry: Entry | undefined
  decided: { decidedBy: string; decidedAt: Approval['decidedAt'] }
}

interface Execution extends Settling {
  entry: Entry
  found: Found
}

/**
 * As the asker, whose authority is looked up again; only if all that the decision rests on is as it was.
 * @throws Refusal of an edit with which it would not run as it was asked: nothing is decided by it, and the call waits
 */
async function execute(house: House, tx: Transaction, execution: Execution): Promise<Decided> {
  const { decider, decision, approval, entry, found, decided } = execution
  const asker = await authorityOf(tx.db, approval)
  if (!asker)
    return stale(
      tx,
      execution,
      'Whoever asked may no longer: a key that was revoked, a member who left, an automation that is off.',
    )
  const edited = withEdits(entry, found, decision.edits)
  const request = { ...decider, principal: asker, tool: approval.tool, arguments: edited }
  const auditId = newId()
  const wasEdited = edited !== found.arguments
  const hash = hashOf(edited)
  const happening = {
    auditId,
    request,
    entry,
    written: edited,
    hash,
    approvalId: approval.id,
    decidedBy: decided.decidedBy,
  }
  const parsed = wasEdited ? parseInput(entry, edited) : readAgain(entry, edited)
  if (!parsed) return stale(tx, execution, 'What was asked is forgotten, or the tool takes it otherwise now.')
  const settled = { ...decided, edited: wasEdited, argumentsHash: hash, resultAuditId: auditId }
  const sent = wasEdited && {
    arguments: JSON.stringify(edited),
    originalArguments: JSON.stringify(found.arguments),
  }

  let denied: Refusal | null = null
  tx.savepoint('run')
  try {
    const { ran, trace } = await attempt(house, tx, execution, request, parsed)
    if (wasEdited) denied = await reviewRefusal(house, tx, decider, { ...approval, effects: trace.effects })
    if (denied) throw denied
    const body: WriteBody = { status: ran.goesOn ? 'processing' : 'done', data: ran.data }
    if (trace.warnings.length > 0) body.warnings = trace.warnings
    await record(tx, { ...happening, outcome: body.status, answer: body, events: trace.events })
    await setState(tx.db, approval, { ...settled, state: 'executed' })
    const answer = JSON.stringify(withoutSecrets(body, entry))
    await keep(tx, approval, { note: decision.note, answer, ...sent })
    return { state: 'executed', answer: body }
  } catch (error) {
    const refusal = ruleBehind(error) ?? faultOf(error, request, house.log)
    if (!refusal || refusal === denied) throw error
    tx.rollbackTo('run')
    if (wasEdited && (await wouldRunAsAsked(house, tx, execution, request))) throw ofEdit(refusal)
    if (refusal.code === 'approval_stale') return stale(tx, execution, refusal.message)
    if (refusal.code === 'forbidden_scope')
      return stale(tx, execution, `Whoever asked may no longer do this. ${refusal.message}`)
    await record(tx, { ...happening, outcome: 'refused', errorCode: refusal.code })
    await setState(tx.db, approval, { ...settled, state: 'failed', errorCode: refusal.code })
    await keep(tx, approval, { note: decision.note, answer: JSON.stringify(refusal.toBody()), ...sent })
    return { state: 'failed', refusal }
  }
}

type Attempt = CallRequest & { arguments: Found['arguments'] }

/** Runs it. @throws Refusal `approval_stale` where it rests on, or comes to, something else than was decided on */
async function attempt(
  house: House,
  tx: Transaction,
  { approval, entry, found, decider }: Execution,
  request: Attempt,
  parsed: Record<string, unknown>,
) {
  const { arguments: written } = request
  const { context, trace } = contextOf(house, tx, request)
  authorize(entry, request)
  const viewer = await lookAgain(context, written)
  const input = await withSurvivors(tx.db, decider.workspace.id, entry, parsed)
  const versions = await versionsOf(context, entry, { written, input })
  if (hashOf(versions) !== hashOf(approval.versions)) throw changed()
  const ran = await run(entry, context, input)
  ran.data = await seen(viewer, ran.data, [...idsIn(written), ...madeIn(trace)])
  const wasEdited = written !== found.arguments
  if (hashOf(decidedOn(trace.effects, wasEdited)) !== hashOf(decidedOn(approval.effects, wasEdited)))
    throw changed()
  return { ran, trace }
}

/** Whether it is the edit alone that is in the way. What was tried leaves nothing. */
async function wouldRunAsAsked(
  house: House,
  tx: Transaction,
  execution: Execution,
  request: Attempt,
): Promise<boolean> {
  const { entry, found } = execution
  const parsed = readAgain(entry, found.arguments)
  if (!parsed) return false
  try {
    await attempt(house, tx, execution, { ...request, arguments: found.arguments }, parsed)
    return true
  } catch (error) {
    if (ruleBehind(error) ?? faultOf(error, request, house.log)) return false
    throw error
  } finally {
    tx.rollbackTo('run')
  }
}

/** Told to who edited, in the tool's own words where it has any. */
function ofEdit(refusal: Refusal): Refusal {
  if (refusal.code !== 'approval_stale') return refusal
  return new Refusal(
    'invalid_input',
    'An edit changes words. With these it would reach others, move another amount or be about something else than was asked.',
  )
}

/** Arguments that were taken when it was asked; null: an erasure has emptied them, or a release changed the tool. */
function readAgain(entry: Entry, written: Record<string, unknown>): Record<string, unknown> | null {
  try {
    return parseInput(entry, written)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/**
 * Of the effects, what the decision rests on. An edit changes words: whom they reach and what they move stays as it
 * was, or it is another call. An edited text is no longer a template's, and has the gate of any other.
 */
function decidedOn(effects: Effect[], wasEdited: boolean) {
  return wasEdited ? effects.map(({ gate: _, template: __, ...effect }) => effect) : effects
}

function changed(): Refusal {
  return new Refusal('approval_stale', 'Something this rests on has changed since it was asked.')
}

async function lock(tx: Transaction, { workspace }: Decider, { approvalId }: Decision) {
  const [approval] = await tx.db
    .select()
    .from(approvals)
    .where(and(eq(approvals.workspaceId, workspace.id), eq(approvals.id, approvalId)))
    .for('update')
  if (!approval) throw notFound('approval')
  const [details] = await tx.db
    .select({ arguments: approvalDetails.arguments, preview: approvalDetails.preview })
    .from(approvalDetails)
    .where(and(eq(approvalDetails.workspaceId, workspace.id), eq(approvalDetails.approvalId, approvalId)))
  const found: Found = {
    arguments: JSON.parse(details?.arguments ?? '{}'),
    preview: JSON.parse(details?.preview ?? 'null'),
  }
  return { approval, found }
}

/** Why it is not this person's to decide. */
async function reviewRefusal(
  house: House,
  tx: Transaction,
  { principal, workspace }: Decider,
  approval: Approval,
): Promise<Refusal | null> {
  const reviewers = reviewersOf(house.catalog, approval, await readPolicy(tx.db, workspace.id), workspace)
  if (mayReview(principal, reviewers)) return null
  return new Refusal('forbidden_scope', `Only the role ${reviewers} or above decides this.`, {
    needed_role: reviewers,
  })
}

async function stale(tx: Transaction, settling: Settling, why: string): Promise<Decided> {
  const { approval, decided, decision } = settling
  const refusal = new Refusal('approval_stale', why, {}, [approval.tool])
  await setState(tx.db, approval, { ...decided, state: 'stale', errorCode: 'approval_stale' })
  await keep(tx, approval, { note: decision.note, answer: JSON.stringify(refusal.toBody()) })
  await audit(tx, settling, 'stale')
  return { state: 'stale', refusal }
}

async function keep(
  tx: Transaction,
  { workspaceId, id }: Approval,
  details: Partial<typeof approvalDetails.$inferInsert>,
) {
  if (Object.values(details).every(value => value === undefined)) return
  await tx.db
    .update(approvalDetails)
    .set(details)
    .where(and(eq(approvalDetails.workspaceId, workspaceId), eq(approvalDetails.approvalId, id)))
}

/** Of a decision by which nothing ran; of a tool that is gone the approval itself says it. */
async function audit(
  tx: Transaction,
  { decider, entry, approval, decided }: Settling,
  became: 'rejected' | 'stale',
) {
  if (!entry) return
  await record(tx, {
    auditId: newId(),
    request: { ...decider, tool: approval.tool, arguments: undefined },
    entry,
    outcome: 'refused',
    errorCode: became === 'stale' ? 'approval_stale' : undefined,
    approvalId: approval.id,
    decidedBy: decided.decidedBy,
    events: [{ type: `approval.${became}`, subject: { kind: 'approval', id: approval.id } }],
  })
}

async function earlierResult(tx: Transaction, { workspaceId, id }: Approval): Promise<Decided> {
  const [details] = await tx.db
    .select({ answer: approvalDetails.answer })
    .from(approvalDetails)
    .where(and(eq(approvalDetails.workspaceId, workspaceId), eq(approvalDetails.approvalId, id)))
  return { state: 'executed', answer: JSON.parse(details?.answer ?? '{"status":"done"}') as WriteBody }
}
