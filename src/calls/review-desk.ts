/** The reviewer's half of the desk that approvals lie on: what waits for a person, and what would come of it. */

import { and, desc, eq, getTableColumns, gt, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Temporal } from 'temporal-polyfill'
import { automationName } from '../access/automation.ts'
import { connections } from '../access/oauth/tables.ts'
import type { Principal, Workspace } from '../access/principal.ts'
import { isLookingAt } from '../access/sessions.ts'
import { sightOf } from '../access/sight.ts'
import { apiKeys, automations, members, workspaces } from '../access/tables.ts'
import { uuidOf } from '../catalog/kinds.ts'
import { notFound } from '../catalog/refusal.ts'
import type { Db, Transaction } from '../database/pool.ts'
import { inState, stateAt } from './approval-states.ts'
import { authorityOf } from './authority.ts'
import { authorize } from './authorize.ts'
import type { Versions } from './confirm.ts'
import { beforeEdit } from './edits.ts'
import { ruleBehind } from './failures.ts'
import type { House } from './house.ts'
import { idsIn, type Names, namesIn } from './names.ts'
import { hashOf, parseInput } from './parse.ts'
import type { PolicyRule } from './policy.ts'
import { readPolicy } from './policy-store.ts'
import { mayReview, type Reviewers, reviewersOf } from './reviewers.ts'
import { contextOf, nowIn } from './run.ts'
import { lookAgain, seenBy } from './sight.ts'
import { withSurvivors } from './survivors.ts'
import { type Approval, approvalDetails, approvals } from './tables.ts'
import { versionsOf } from './versions.ts'

export interface ReviewDesk {
  /**
   * What waits, the newest first, a page at a time; with the first page the last that no longer wait.
   * @param before the id at which the page before ended
   */
  queue(viewer: Viewer, before?: string): Promise<Queue>
  /** What no longer waits, the newest first, after the id at which the page before ended. */
  settled(viewer: Viewer, before: string): Promise<Pick<Queue, 'settled' | 'older'>>
  /** @throws Refusal `not_found`, for another workspace's as for a random id, and for one about whom the viewer does not see */
  read(viewer: Viewer, id: string): Promise<Reviewed & { obstacle: Obstacle | null }>
  /** The names behind the ids that stand anywhere in these values. */
  names(workspaceId: string, values: unknown[]): Promise<Names>
  /** How many wait; to who does not see them all, of the newest hundred. */
  count(viewer: Viewer): Promise<number>
  /** Another text whenever the queue has changed: something was asked, decided, withdrawn, or has expired. */
  mark(workspaceId: string): Promise<string>
  /** The same for who watches it from a session; null once that has ended, or looks at another workspace. */
  news(viewer: Viewer): Promise<string | null>
}

export interface Queue {
  waiting: Reviewed[]
  settled: Reviewed[]
  /** Where the next page begins; absent on the last. */
  next?: string
  /** Where what was settled earlier begins; absent where there is none. */
  older?: string
}

export interface Viewer {
  principal: Principal
  workspace: Workspace
}

/** An approval with the names behind its ids. Arguments, preview, note and answer hold texts from outside. */
export interface Reviewed extends Approval {
  title: string
  /** Of the key, the member or the automation. */
  askedByName: string
  /** For whom a key asked. */
  onBehalfOf: string | null
  decidedByName: string | null
  arguments: Record<string, unknown>
  /** As the reviewer found them, where they edited any. */
  originalArguments: Record<string, unknown> | null
  preview: unknown
  /** What the asker was told beside it. */
  warnings: string[]
  note: string | null
  answer: unknown
  /** What the ids in the arguments, the preview and the answer stand for. */
  names: Names
  /** Fields that a reviewer may edit. */
  editable: string[]
  /** Least role that decides it. */
  reviewers: Reviewers
  mayDecide: boolean
  /** The viewer asked it, or a key or client of theirs: it is theirs to withdraw. */
  isOwn: boolean
}

/** Why an approval that waits would come to nothing: `decide` would answer `approval_stale`. */
export interface Obstacle {
  why: 'asker_gone' | 'tool_gone' | 'changed'
  /** Ids of what has changed, as far as that is known. */
  changed: string[]
}

export function reviewDesk(house: House): ReviewDesk {
  const { database } = house
  return {
    queue: (viewer, before) =>
      database.transaction(viewer.workspace.id, { readOnly: true }, async ({ db }) => {
        const now = nowIn(viewer.workspace)
        const older = before === undefined ? undefined : lt(approvals.id, before)
        const [found, ended] = await Promise.all([
          selectReviewed(db, viewer, and(inState('pending', now), older), WAITING + 1),
          before === undefined ? selectReviewed(db, viewer, hasEnded(now), SETTLED + 1) : [],
        ])
        const page = found.slice(0, WAITING)
        const settled = ended.slice(0, SETTLED)
        const next = found.length > WAITING ? page.at(-1)!.approval.id : undefined
        const rows = await readable(db, viewer, [...page, ...settled])
        const read = await reader(house, db, viewer, rows)
        const [waiting, over] = [page, settled].map(part => part.filter(row => rows.includes(row)).map(read))
        return { waiting: waiting!, settled: over!, next, older: endOf(ended) }
      }),

    settled: (viewer, before) =>
      database.transaction(viewer.workspace.id, { readOnly: true }, async ({ db }) => {
        const earlier = and(hasEnded(nowIn(viewer.workspace)), lt(approvals.id, before))
        const ended = await selectReviewed(db, viewer, earlier, SETTLED + 1)
        const rows = await readable(db, viewer, ended.slice(0, SETTLED))
        const read = await reader(house, db, viewer, rows)
        return { settled: rows.map(read), older: endOf(ended) }
      }),

    read: (viewer, id) =>
      database.transaction(viewer.workspace.id, {}, async tx => {
        const found = await selectReviewed(tx.db, viewer, eq(approvals.id, id))
        const [row] = await readable(tx.db, viewer, found)
        if (!row) throw notFound('approval')
        const read = await reader(house, tx.db, viewer, [row])
        const approval = read(row)
        const obstacle = approval.state === 'pending' ? await obstacleTo(house, tx, viewer, approval) : null
        return { ...approval, obstacle }
      }),

    names: (workspaceId, values) =>
      database.transaction(workspaceId, { readOnly: true }, ({ db }) => namesIn(db, workspaceId, values)),

    count: viewer =>
      database.transaction(viewer.workspace.id, { readOnly: true }, async ({ db }) => {
        const { principal, workspace } = viewer
        const isBound = (await sightOf(db, workspace.id, principal)) !== null
        if (!isBound) return (await waitingIn(db, workspace.id))[0]!.count
        const rows = await selectReviewed(db, viewer, inState('pending', nowIn(workspace)), COUNTED)
        return (await readable(db, viewer, rows)).length
      }),

    mark: workspaceId =>
      database.transaction(workspaceId, { readOnly: true }, ({ db }) => markOf(db, workspaceId)),

    news: ({ principal, workspace: { id } }) =>
      database.transaction(id, { readOnly: true }, async ({ db }) => {
        const [isThere, mark] = await Promise.all([isLookingAt(db, id, principal), markOf(db, id)])
        return isThere ? mark : null
      }),
  }
}

/** A page of what waits, each with its preview, stays under 150 kB. */
const WAITING = 30
const SETTLED = 20

function hasEnded(now: Temporal.Instant): SQL | undefined {
  return or(sql`${approvals.state} <> 'pending'`, lte(approvals.expiresAt, now))
}

/** Of one more than a page holds: the last that is on it. */
function endOf(ended: ReviewedRow[]): string | undefined {
  return ended.length > SETTLED ? ended[SETTLED - 1]!.approval.id : undefined
}
const COUNTED = 100

type ReviewedRow = Awaited<ReturnType<typeof selectReviewed>>[number]

function selectReviewed(db: Db, { workspace }: Viewer, which: SQL | undefined, most = 1) {
  const asker = alias(members, 'asker')
  const decider = alias(members, 'decider')
  const behind = alias(members, 'behind')
  return db
    .select({
      approval: getTableColumns(approvals),
      details: getTableColumns(approvalDetails),
      askedByName: sql<string | null>`coalesce(${apiKeys.name}, ${connections.name}, ${asker.name})`,
      automationKey: automations.key,
      onBehalfOf: behind.name,
      decidedByName: decider.name,
    })
    .from(approvals)
    .innerJoin(
      approvalDetails,
      and(eq(approvalDetails.workspaceId, workspace.id), eq(approvalDetails.approvalId, approvals.id)),
    )
    .leftJoin(apiKeys, and(eq(apiKeys.workspaceId, workspace.id), eq(apiKeys.id, approvals.askedBy)))
    .leftJoin(
      connections,
      and(eq(connections.workspaceId, workspace.id), eq(connections.id, approvals.askedBy)),
    )
    .leftJoin(asker, and(eq(asker.workspaceId, workspace.id), eq(asker.id, approvals.askedBy)))
    .leftJoin(
      automations,
      and(eq(automations.workspaceId, workspace.id), eq(automations.id, approvals.askedBy)),
    )
    .leftJoin(behind, and(eq(behind.workspaceId, workspace.id), eq(behind.id, approvals.memberId)))
    .leftJoin(decider, and(eq(decider.workspaceId, workspace.id), eq(decider.id, approvals.decidedBy)))
    .where(and(eq(approvals.workspaceId, workspace.id), which))
    .orderBy(desc(approvals.id))
    .limit(most)
}

/** Without what is about people whom the viewer does not see, unless they asked it themself. */
async function readable(db: Db, viewer: Viewer, rows: ReviewedRow[]): Promise<ReviewedRow[]> {
  const seen = new Set(await seenBy(db, viewer, rows, textsOf))
  return rows.filter(row => seen.has(row) || isOwn(viewer.principal, row.approval))
}

function isOwn({ memberId }: Principal, approval: Approval): boolean {
  return memberId !== null && approval.memberId === memberId
}

function textsOf({ details }: ReviewedRow): unknown[] {
  return [parsed(details.arguments), parsed(details.preview), parsed(details.answer)]
}

/** Reads these rows as the viewer may see them: with the policy of this moment, and names for all of them at once. */
async function reader(
  house: House,
  db: Db,
  viewer: Viewer,
  rows: ReviewedRow[],
): Promise<(row: ReviewedRow) => Reviewed> {
  const [rules, names] = await Promise.all([
    readPolicy(db, viewer.workspace.id),
    namesIn(db, viewer.workspace.id, rows.map(textsOf)),
  ])
  return row => reviewed(house, viewer, rules, names, row)
}

function reviewed(
  { catalog }: House,
  { principal, workspace }: Viewer,
  rules: PolicyRule[],
  names: Names,
  { approval, details, askedByName, automationKey, onBehalfOf, decidedByName }: ReviewedRow,
): Reviewed {
  const tool = catalog.get(approval.tool)?.tool
  const reviewers = reviewersOf(catalog, approval, rules, workspace)
  const written = parsed(details.arguments) ?? {}
  const original = parsed(details.originalArguments)
  const preview = parsed(details.preview)
  return {
    ...approval,
    state: stateAt(approval, nowIn(workspace)),
    title: tool?.title ?? approval.tool,
    askedByName:
      automationKey !== null ? automationName(automationKey) : (askedByName ?? 'Somebody who has left'),
    onBehalfOf: ['api_key', 'oauth_client'].includes(approval.askedByKind) ? onBehalfOf : null,
    decidedByName,
    arguments: written,
    originalArguments: original && beforeEdit(original, written, preview),
    preview,
    warnings: parsed(details.warnings) ?? [],
    note: details.note,
    answer: parsed(details.answer),
    names,
    editable: tool?.review?.editable ?? [],
    reviewers,
    mayDecide: mayReview(principal, reviewers),
    isOwn: isOwn(principal, approval),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: stored JSON, whose shape is each tool's own.
function parsed(text: string | null): any {
  return text === null ? null : JSON.parse(text)
}

/** What `decide` would find, without running anything. */
async function obstacleTo(
  house: House,
  tx: Transaction,
  { workspace }: Viewer,
  approval: Reviewed,
): Promise<Obstacle | null> {
  const entry = house.catalog.get(approval.tool)
  if (!entry) return { why: 'tool_gone', changed: [] }
  const principal = await authorityOf(tx.db, approval)
  if (!principal) return { why: 'asker_gone', changed: [] }
  const request = {
    principal,
    workspace,
    tool: approval.tool,
    arguments: approval.arguments,
    requestId: approval.id,
    surface: 'console' as const,
  }
  try {
    authorize(entry, request)
    const { context } = contextOf(house, tx, request)
    await lookAgain(context, approval.arguments)
    const written = approval.arguments
    const input = await withSurvivors(tx.db, workspace.id, entry, parseInput(entry, written))
    const versions = await versionsOf(context, entry, { written, input })
    const changed = differing(approval.versions, versions).map(withPrefix(approval))
    return changed.length > 0 ? { why: 'changed', changed } : null
  } catch (error) {
    const refusal = ruleBehind(error)
    if (!refusal) throw error
    return { why: refusal.code === 'forbidden_scope' ? 'asker_gone' : 'changed', changed: [] }
  }
}

/** What has another version, is gone, or has come to it. */
function differing(then: Versions, now: Versions): string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(id => then[id] !== now[id])
}

/** A version's key as the call or its preview writes that id; a tool may key its versions by uuids as well. */
function withPrefix({ arguments: written, preview }: Reviewed): (key: string) => string {
  const known = new Map(idsIn([written, preview]).map(id => [uuidOf(id), id]))
  return key => known.get(key) ?? key
}

/** The database sums up who waits: a thousand of them need not travel each second. */
function waitingIn(db: Db, workspaceId: string) {
  return db
    .select({
      count: sql<number>`count(*)::int`,
      who: sql<string>`md5(coalesce(string_agg(${approvals.id}::text, ',' ORDER BY ${approvals.id}), ''))`,
    })
    .from(approvals)
    .innerJoin(workspaces, eq(workspaces.id, approvals.workspaceId))
    .where(
      and(
        eq(approvals.workspaceId, workspaceId),
        eq(approvals.state, 'pending'),
        gt(approvals.expiresAt, sql`coalesce(${workspaces.clock}, clock_timestamp())`),
      ),
    )
}

async function markOf(db: Db, workspaceId: string): Promise<string> {
  const newest = db
    .select({ id: approvals.id })
    .from(approvals)
    .where(eq(approvals.workspaceId, workspaceId))
    .orderBy(desc(approvals.id))
    .limit(1)
  return hashOf(await Promise.all([waitingIn(db, workspaceId), newest]))
}
