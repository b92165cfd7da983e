/**
 * The road that every call takes, whichever surface it came from. The order of the steps is the policy:
 *
 *   authorize → parse → transaction → idempotency → run, in a savepoint → gate → record → answer
 *
 * The gate stands after the run, since only then is it known what the call really does (a cancellation that
 * would refund is gated as a refund). What the gate holds back is rolled back to the savepoint, whole.
 */

import { and, eq } from 'drizzle-orm'
import type { Principal } from '../access/principal.ts'
import { mustBeSignedIn } from '../access/sessions.ts'
import type { Entry } from '../catalog/catalog.ts'
import type { Gate } from '../catalog/define.ts'
import { withNulls } from '../catalog/json-schema.ts'
import { idText } from '../catalog/kinds.ts'
import type { Refusal } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import type { Transaction } from '../database/pool.ts'
import { approvalRef, ask, replayApproval } from './approval.ts'
import { authorize } from './authorize.ts'
import type { Answer, Call, ReadBody, WriteBody } from './call.ts'
import { confirmation, confirmToken } from './confirm.ts'
import { refusalFor, ruleBehind, withRetries } from './failures.ts'
import type { House } from './house.ts'
import { type Claim, claim, consume, type Earlier } from './idempotency.ts'
import { idsIn } from './names.ts'
import { type Parsed, parseArguments } from './parse.ts'
import { type PolicyRule, type Requirement, requirementOf } from './policy.ts'
import { readPolicy } from './policy-store.ts'
import { type Happening, record } from './record.ts'
import { type ResolvedRequest, resolve } from './resolve.ts'
import { mayReview } from './reviewers.ts'
import { clockTime, contextOf, nowIn, run, type Trace } from './run.ts'
import { lookThrough, madeIn, refusalTold, seen, withoutBlanks } from './sight.ts'
import { withSurvivors } from './survivors.ts'
import { callDetails } from './tables.ts'
import { keepUndo, mustHaveComeAlone, mustStandAsLeft } from './undo.ts'
import { versionsOf } from './versions.ts'

export function createCall(house: House): Call {
  return async asked => {
    let request: ResolvedRequest = asked
    let entry: Entry | undefined
    let parsed: Parsed | undefined
    try {
      const resolved = resolve(house.catalog, asked)
      entry = resolved.entry
      request = authorize(entry, resolved.request)
      parsed = parseArguments(entry, request.arguments)
      return await (entry.tool.effect === 'read'
        ? read(house, request, entry, parsed)
        : write(house, request, entry, parsed))
    } catch (error) {
      const refusal = refusalTold(request.principal, refusalFor(error, request, house.log))
      await recordRefusal(house, request, entry, refusal, parsed)
      return { refusal, entry }
    }
  }
}

async function read(house: House, request: ResolvedRequest, entry: Entry, parsed: Parsed): Promise<Answer> {
  return house.database.transaction(request.workspace.id, { readOnly: true }, async tx => {
    const { context } = contextOf(house, tx, request)
    const viewer = await lookThrough(context, parsed.written)
    const known = await withSurvivors(tx.db, request.workspace.id, entry, parsed.input)
    const { data: whole, nextCursor } = await run(entry, { ...context, readOnly: true }, known)
    const data = withoutBlanks(request.principal, entry.tool.name, await seen(viewer, whole))
    const body: ReadBody = nextCursor === undefined ? { data } : { data, next_cursor: nextCursor }
    return { entry, body }
  })
}

function write(house: House, request: ResolvedRequest, entry: Entry, parsed: Parsed): Promise<Answer> {
  return withRetries(() =>
    house.database.transaction(request.workspace.id, {}, async tx => {
      const claimed = claimOf(request, entry, parsed)
      const [earlier, rules] = await Promise.all([
        claimed && claim(tx.db, claimed),
        readPolicy(tx.db, request.workspace.id),
      ])
      if (earlier) return { entry, body: await replay(house, tx, request, entry, earlier) }
      const answer = await perform(house, tx, request, entry, parsed, { claimed, rules })
      if (!answer.refusal) await mustBeSignedIn(tx.db, request.principal)
      return answer
    }),
  )
}

/** Steps 5 to 7. A refusal is returned, not thrown: the transaction must commit its record. */
async function perform(
  house: House,
  tx: Transaction,
  request: ResolvedRequest,
  entry: Entry,
  parsed: Parsed,
  { claimed, rules }: { claimed: Claim | null; rules: PolicyRule[] },
): Promise<Answer> {
  const auditId = newId()
  const { context, trace } = contextOf(house, tx, request)
  const happening: Happening = {
    auditId,
    request,
    entry,
    outcome: 'refused',
    written: parsed.written,
    hash: parsed.hash,
  }
  await entry.tool.spend?.(context, parsed.input)
  if (request.undoes) await mustStandAsLeft(context, entry, parsed, request.undoes)
  tx.savepoint('run')
  try {
    const viewer = await lookThrough(context, parsed.written)
    const input = await withSurvivors(tx.db, request.workspace.id, entry, parsed.input)
    const versions = await versionsOf(context, entry, { written: parsed.written, input })
    const ran = await run(entry, context, input)
    if (request.undoes) await mustHaveComeAlone(context, entry, { ...parsed, input }, request.undoes)
    ran.data = await seen(viewer, ran.data, [...idsIn(parsed.written), ...madeIn(trace)])
    const { effects } = trace
    const requirement = requirementOf(entry.tool, effects, rules, clockTime(context.now, request.workspace))
    const shown = { request, parsed, versions, effects }
    const confirmed = await confirmation(house, tx.db, shown)
    const verdict = verdictOf(request, parsed, requirement, confirmed !== null)
    const status = verdict === 'done' && ran.goesOn ? 'processing' : verdict
    if (verdict !== 'done') ran.data = withNulls(ran.data, entry.givenOnCommit)
    const body: WriteBody = { status, data: ran.data }
    // A change tells of itself: a call that told of nothing found all as it was asked for, perhaps by somebody else.
    if (status === 'done' && request.inverse && trace.events.length > 0)
      body.undo = await keepUndo(context, request.inverse(ran.data))
    if (verdict !== 'done') tx.rollbackTo('run')
    if (verdict === 'needs_confirmation') body.confirm_token = await confirmToken(house, shown)
    if (verdict === 'needs_approval') {
      const question = {
        ...shown,
        requirement,
        preview: ran.data,
        warnings: trace.warnings,
        auditId,
        now: context.now,
      }
      const { approval, events } = await ask(house, tx.db, question)
      happening.events = events
      body.approval = approvalRef(house, approval, context.now)
      happening.approvalId = approval.id
    }
    return await settle(tx, happening, body, trace, [claimed, confirmed])
  } catch (error) {
    const rule = ruleBehind(error)
    if (!rule) throw error
    const refusal = refusalTold(request.principal, rule)
    tx.rollbackTo('run')
    if (request.workspace.kind !== 'front_desk') await record(tx, { ...happening, errorCode: refusal.code })
    return { refusal, entry }
  }
}

type Verdict = 'done' | 'dry_run' | 'needs_confirmation' | 'needs_approval'

/** Step 5. A person who may decide needs nobody's approval, but is shown the preview. */
function verdictOf(
  request: ResolvedRequest,
  { control }: Parsed,
  { gate, reviewers }: Requirement,
  confirmed: boolean,
): Verdict {
  if (control.dry_run) return 'dry_run'
  const mayDecide = mayReview(request.principal, reviewers)
  const asked: Gate = gate === 'approve' && mayDecide ? 'confirm' : gate
  if (asked === 'approve') return 'needs_approval'
  if (asked === 'confirm' && !confirmed) return 'needs_confirmation'
  return 'done'
}

async function settle(
  tx: Transaction,
  happening: Happening,
  body: WriteBody,
  trace: Trace,
  claims: (Claim | null)[],
): Promise<Answer> {
  const { auditId, entry } = happening
  const tookEffect = body.status === 'done' || body.status === 'processing'
  const warnings = tookEffect ? trace.warnings : [...trace.warnings, nothingYet(entry)]
  if (warnings.length > 0) body.warnings = warnings
  body.audit_id = idText('audit', auditId)
  const left = tookEffect ? { events: trace.events, entered: trace.entered } : {}
  const { approvalId = null } = happening
  await Promise.all([
    record(tx, { ...happening, ...left, outcome: body.status, answer: body }),
    ...claims.map(
      claimed => claimed && (tookEffect || approvalId) && consume(tx.db, claimed, { auditId, approvalId }),
    ),
  ])
  return { entry, body }
}

function nothingYet({ givenOnCommit }: Entry): string {
  return givenOnCommit.length > 0 ? NOTHING_NUMBERED : NOTHING_YET
}

const NOTHING_YET = 'Nothing has changed yet; ids of new rows are provisional.'
const NOTHING_NUMBERED =
  'Nothing has changed yet; ids of new rows are provisional, and the number is given when it is done.'

function claimOf(
  { workspace, principal, undoes }: ResolvedRequest,
  entry: Entry,
  parsed: Parsed,
): Claim | null {
  const { idempotency_key, dry_run: dryRun } = parsed.control
  const key = undoes ? `undo ${undoes.id}` : idempotency_key
  if (key === undefined || dryRun) return null
  const scope = entry.tool.keyScope?.(parsed.input) ?? scopeOf(principal)
  return {
    workspaceId: workspace.id,
    tool: entry.tool.name,
    key: scope ? `${scope}/${key}` : key,
    hash: parsed.hash,
  }
}

/** Customers share a workspace and do not know each other: none meets another's key, or is answered another's answer. */
function scopeOf({ kind, id }: Principal): string | undefined {
  return kind === 'customer' || kind === 'publishable_key' ? `${kind} ${id}` : undefined
}

async function replay(
  house: House,
  tx: Transaction,
  request: ResolvedRequest,
  entry: Entry,
  earlier: Earlier,
): Promise<WriteBody> {
  const { workspace } = request
  const body = earlier.approvalId
    ? await replayApproval(house, tx.db, workspace.id, earlier.approvalId, nowIn(workspace))
    : await answered(tx, workspace.id, earlier.auditId)
  const more = moreToSay(entry, body, earlier)
  return more === null ? body : { ...body, warnings: [...(body.warnings ?? []), more] }
}

async function answered({ db }: Transaction, workspaceId: string, auditId: string): Promise<WriteBody> {
  const [details] = await db
    .select({ answer: callDetails.answer })
    .from(callDetails)
    .where(and(eq(callDetails.workspaceId, workspaceId), eq(callDetails.auditId, auditId)))
  const body = JSON.parse(details?.answer ?? '{"status":"done"}') as WriteBody
  return { ...body, replayed: true }
}

function moreToSay(entry: Entry, { status }: WriteBody, { approvalId }: Earlier): string | null {
  if (status === 'needs_approval') return nothingYet(entry)
  if (entry.secretData.length === 0) return null
  return approvalId ? SHOWN_TO_REVIEWER : SHOWN_ONCE
}

const SHOWN_ONCE = 'The secret was shown once and is not repeated.'
const SHOWN_TO_REVIEWER = 'The secret was shown once, to the person who approved, and is not repeated.'

/** What was refused before its transaction, or with it. Without a workspace there is no audit: the log has it. */
async function recordRefusal(
  house: House,
  request: ResolvedRequest,
  entry: Entry | undefined,
  refusal: Refusal,
  parsed?: Parsed,
) {
  const { workspace, tool, requestId } = request
  house.log.info({ tool: entry?.tool.name ?? tool.slice(0, 64), refusal: refusal.code, requestId }, 'refused')
  if (!entry || workspace.kind === 'front_desk') return
  const happening = { auditId: newId(), request, entry, outcome: 'refused' as const, errorCode: refusal.code }
  try {
    await house.database.transaction(workspace.id, {}, tx =>
      record(tx, { ...happening, written: parsed?.written, hash: parsed?.hash }),
    )
  } catch (error) {
    house.log.error({ err: error, requestId }, 'a refusal could not be recorded')
  }
}
