/**
 * The asker's half of the desk that approvals lie on: looking, withdrawing their own, and proposing another policy.
 * The reviewer's is in `review-desk.ts`, deciding in `decide.ts`.
 */

import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { pageOf, readCursor } from '../catalog/cursor.ts'
import type { Measure, Tool } from '../catalog/define.ts'
import { notFound, Refusal } from '../catalog/refusal.ts'
import type { Context } from '../domain/context.ts'
import { setState } from './approval.ts'
import { inState, type StoredState, stateAt } from './approval-states.ts'
import { personNow } from './authority.ts'
import { beforeEdit } from './edits.ts'
import { hashOf } from './parse.ts'
import { hasThreshold, type PolicyRule } from './policy.ts'
import { readPolicy } from './policy-store.ts'
import { type Approval, approvalDetails, approvalPolicies, approvals } from './tables.ts'

/** Newest first; `state` as it is now, not as it was last noted. */
export async function listApprovals(
  { db, workspace, now }: Context,
  { state, limit, cursor }: { state?: StoredState; limit: number; cursor?: string },
) {
  const after = readCursor(cursor)
  const rows = await db
    .select()
    .from(approvals)
    .where(
      and(
        eq(approvals.workspaceId, workspace.id),
        after === undefined ? undefined : lt(approvals.id, after),
        inState(state, now),
      ),
    )
    .orderBy(desc(approvals.id))
    .limit(limit + 1)
  return pageOf(
    rows.map(row => ({ ...row, state: stateAt(row, now) })),
    limit,
  )
}

/** With the arguments before the reviewer's edit as they found them, so that the asker sees what became of theirs. */
export async function getApproval({ db, workspace, now }: Context, id: string) {
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
    .where(and(eq(approvals.workspaceId, workspace.id), eq(approvals.id, id)))
  if (!row) throw notFound('approval', ['list_approvals'])
  const { approvals: approval, approval_details: details } = row
  return {
    ...approval,
    state: stateAt(approval, now),
    details: { ...details, originalArguments: before(details) },
  }
}

function before({ originalArguments, arguments: edited, preview }: typeof approvalDetails.$inferSelect) {
  if (originalArguments === null) return null
  const [original, sent, shown] = [originalArguments, edited, preview].map(text => JSON.parse(text ?? 'null'))
  return JSON.stringify(beforeEdit(original, sent ?? {}, shown))
}

/** Only who asked may withdraw; a second withdrawal is the first. */
export async function withdraw(
  { db, workspace, now, principal, emit }: Context,
  id: string,
): Promise<Approval> {
  const [approval] = await db
    .select()
    .from(approvals)
    .where(and(eq(approvals.workspaceId, workspace.id), eq(approvals.id, id)))
    .for('update')
  if (!approval) throw notFound('approval', ['list_approvals'])
  if (principal.human) await personNow(db, { principal, workspace })
  const own = principal.memberId !== null && approval.memberId === principal.memberId
  if (approval.askedBy !== principal.id && !own) {
    throw new Refusal(
      'forbidden_scope',
      'Only who asked may withdraw it; a person can reject it in the console.',
      {},
      ['get_approval'],
    )
  }
  const state = stateAt(approval, now)
  if (state === 'withdrawn') return approval
  if (state !== 'pending')
    throw new Refusal('invalid_transition', `It is ${state} already.`, { state }, ['get_approval'])
  await setState(db, approval, { state: 'withdrawn' })
  emit({ type: 'approval.withdrawn', subject: { kind: 'approval', id } })
  return { ...approval, state: 'withdrawn' }
}

export async function readPolicyVersion({ db, workspace }: Context): Promise<number> {
  const [row] = await db
    .select({ version: approvalPolicies.version })
    .from(approvalPolicies)
    .where(eq(approvalPolicies.workspaceId, workspace.id))
  return row?.version ?? 0
}

/**
 * Replaces the whole policy. A rule that stands already is taken as it is: a release may have made it idle, and whoever
 * changes another sends it along.
 * @throws Refusal `invalid_input` for a new rule that would never hold: it would protect nobody
 */
export async function setPolicy({ db, workspace, now, catalog, emit }: Context, rules: PolicyRule[]) {
  const standing = new Set((await readPolicy(db, workspace.id)).map(hashOf))
  rules.forEach((rule, at) => {
    const idle = !standing.has(hashOf(rule)) && whyIdle(catalog.get(rule.tool)?.tool, rule)
    if (idle)
      throw new Refusal('invalid_input', `rules.${at}: ${idle}`, { tool: rule.tool }, ['search_tools'])
  })
  const [row] = await db
    .insert(approvalPolicies)
    .values({ workspaceId: workspace.id, rules, version: 1, updatedAt: now })
    .onConflictDoUpdate({
      target: approvalPolicies.workspaceId,
      set: { rules, version: sql`${approvalPolicies.version} + 1`, updatedAt: now },
    })
    .returning()
  emit({ type: 'approval_policy.changed', subject: { kind: 'workspace', id: workspace.id } })
  return row!
}

function whyIdle(tool: Tool | undefined, rule: PolicyRule): string | null {
  if (!tool) return 'Names a tool that does not exist.'
  if (tool.forwards) return 'This tool stands for the one it calls, whose rules hold; name that one.'
  if (tool.effect === 'read') return 'This tool only reads, and waits for nobody.'
  if (tool.role === 'nobody') return 'This tool is called before there is a workspace, and waits for nobody.'
  const idle = conditions.find(
    ({ field, asks }) => rule[field] !== undefined && !tool.declares?.includes(asks),
  )
  if (idle) return `${idle.field}: ${idle.why}`
  if (tool.gateIsFixed && rule.gate !== tool.gate)
    return `gate: This tool keeps the gate ${tool.gate}, whatever a rule says.`
  if (rule.gate === 'allow' && hasThreshold(rule))
    return 'gate: A rule above an amount or a number of people only adds to what is asked, so it lets nothing through. Let through in a rule without one, and ask in another above it.'
  return null
}

/** What a rule may ask of what a call does, and of which tools it asks in vain. */
const conditions = [
  { field: 'amount_over', asks: 'amount', why: 'This tool moves no money.' },
  { field: 'recipients_over', asks: 'recipients', why: 'This tool writes to nobody.' },
  { field: 'template', asks: 'template', why: 'This tool sends nothing that a template says.' },
] as const satisfies { field: keyof PolicyRule; asks: Measure; why: string }[]
