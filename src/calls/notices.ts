/**
 * Telling reviewers that something waits: whom, of what, and by which link. The link is signed for one reviewer and one
 * approval, and opens its page; it signs nobody in and decides nothing.
 */

import { and, arrayContains, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { principalOfMember, principalOfPerson } from '../access/authenticate.ts'
import type { Principal, Workspace } from '../access/principal.ts'
import type { Secrets } from '../access/secrets.ts'
import { accounts, members, workspaceColumns, workspaces } from '../access/tables.ts'
import { idText } from '../catalog/kinds.ts'
import type { Db } from '../database/pool.ts'
import { inState } from './approval-states.ts'
import type { House } from './house.ts'
import { readPolicy } from './policy-store.ts'
import { mayReview, reviewersOf } from './reviewers.ts'
import { nowIn } from './run.ts'
import { approvalNotices, approvals } from './tables.ts'

/** What one reviewer is told, at once of all that is new. */
export interface Notice {
  business: string
  memberId: string
  email: string
  waits: { approvalId: string; title: string; expiresInSeconds: number }[]
}

/** Of a flood of questions one mail is told, and the next no sooner than this. */
export const PAUSE_SECONDS = 5 * 60
/** More are told as a number. */
const MOST = 20

/** All that telling takes, for the worker. */
export function noticesOf(house: House) {
  return {
    note: (db: Db, workspaceId: string) => noteReviewers(house, db, workspaceId),
    queued: (db: Db, workspaceId: string) => queuedNotices(house, db, workspaceId),
    text: (workspaceId: string, notice: Notice) => noticeText(house, workspaceId, notice),
    told: noteTold,
  }
}

/** Notes whom to tell of what nobody was told of. @returns seconds until the next may be told; 0: they are noted */
async function noteReviewers(house: House, db: Db, workspaceId: string): Promise<number> {
  const workspace = await workspaceOf(db, workspaceId)
  const [last] = await db
    .select({
      ago: sql<
        number | null
      >`extract(epoch FROM clock_timestamp() - max(${approvalNotices.createdAt}))::float8`,
    })
    .from(approvalNotices)
    .where(eq(approvalNotices.workspaceId, workspaceId))
  const ago = last?.ago ?? PAUSE_SECONDS
  const [waiting, rules, people] = await Promise.all([
    untold(db, workspace),
    readPolicy(db, workspaceId),
    reviewersIn(db, workspaceId),
  ])
  if (waiting.length === 0) return 0
  if (ago < PAUSE_SECONDS) return Math.ceil(PAUSE_SECONDS - ago)
  const notices = waiting.flatMap(approval => {
    const least = reviewersOf(house.catalog, approval, rules, workspace)
    const able = people.filter(({ principal }) => mayReview(principal, least))
    return able.map(({ memberId }) => ({
      workspaceId,
      approvalId: approval.id,
      memberId,
      state: 'queued' as const,
    }))
  })
  if (notices.length > 0) await db.insert(approvalNotices).values(notices).onConflictDoNothing()
  return 0
}

/** What is noted and not yet told, of each who may still decide it and still wants to be told. */
async function queuedNotices(house: House, db: Db, workspaceId: string): Promise<Notice[]> {
  const workspace = await workspaceOf(db, workspaceId)
  const now = nowIn(workspace)
  const [rows, rules, people] = await Promise.all([
    db
      .select({
        memberId: approvalNotices.memberId,
        id: approvals.id,
        tool: approvals.tool,
        effects: approvals.effects,
        askedAt: approvals.askedAt,
        expiresAt: approvals.expiresAt,
      })
      .from(approvalNotices)
      .innerJoin(
        approvals,
        and(eq(approvals.workspaceId, workspaceId), eq(approvals.id, approvalNotices.approvalId)),
      )
      .where(
        and(
          eq(approvalNotices.workspaceId, workspaceId),
          eq(approvalNotices.state, 'queued'),
          inState('pending', now),
        ),
      )
      .orderBy(asc(approvals.id)),
    readPolicy(db, workspaceId),
    reviewersIn(db, workspaceId),
  ])
  return people.flatMap(({ memberId, email, principal }) => {
    const own = rows.filter(
      row =>
        row.memberId === memberId && mayReview(principal, reviewersOf(house.catalog, row, rules, workspace)),
    )
    const waits = own.map(({ id, tool, expiresAt }) => ({
      approvalId: id,
      title: house.catalog.get(tool)?.tool.title ?? tool,
      expiresInSeconds: Math.ceil(expiresAt.since(now).total('seconds')),
    }))
    return waits.length > 0 ? [{ business: workspace.name, memberId, email, waits }] : []
  })
}

async function noteTold(
  db: Db,
  workspaceId: string,
  { memberId, waits }: Notice,
  state: 'sent' | 'failed',
): Promise<void> {
  const ids = waits.map(({ approvalId }) => approvalId)
  await db
    .update(approvalNotices)
    .set({ state })
    .where(
      and(
        eq(approvalNotices.workspaceId, workspaceId),
        eq(approvalNotices.memberId, memberId),
        inArray(approvalNotices.approvalId, ids),
      ),
    )
}

/** Nothing that a customer wrote, and no name: mail is read by more than its reader. */
async function noticeText(
  { secrets, publicUrl, letters: { notice: words } }: Pick<House, 'secrets' | 'publicUrl' | 'letters'>,
  workspaceId: string,
  { business, memberId, waits }: Notice,
): Promise<{ subject: string; text: string }> {
  const lines = await Promise.all(
    waits.slice(0, MOST).map(async ({ approvalId, title, expiresInSeconds }) => {
      const token = await reviewToken(secrets, { workspaceId, memberId, approvalId }, expiresInSeconds)
      return `${title}\n${publicUrl}/console/review/${token}`
    }),
  )
  const more = waits.length > MOST ? [words.more(waits.length - MOST, `${publicUrl}/console/approvals`)] : []
  return {
    subject: words.subject(waits.length, business),
    text: [words.lead(waits.length, business), ...lines, ...more, words.end].join('\n\n'),
  }
}

const PURPOSE = 'review'

interface Claims {
  workspaceId: string
  memberId: string
  approvalId: string
}

function reviewToken(secrets: Secrets, claims: Claims, seconds: number): Promise<string> {
  return secrets.sign(PURPOSE, { ...claims }, seconds)
}

/** null: none of ours, or lapsed, or its reviewer has left. */
export async function openReview(
  { database, secrets }: House,
  token: string,
): Promise<{ viewer: { principal: Principal; workspace: Workspace }; approvalId: string } | null> {
  const claims = (await secrets.open(PURPOSE, token)) as Claims | null
  if (!claims) return null
  const { workspaceId, memberId, approvalId } = claims
  return database.transaction(workspaceId, { readOnly: true }, async ({ db }) => {
    const person = await principalOfMember(db, workspaceId, memberId)
    if (!person) return null
    // A link in a mail is no sign-in: whoever holds it reads, and decides nothing.
    const principal = { ...person, human: false }
    return { viewer: { principal, workspace: await workspaceOf(db, workspaceId) }, approvalId }
  })
}

async function workspaceOf(db: Db, workspaceId: string): Promise<Workspace> {
  const [workspace] = await db.select(workspaceColumns).from(workspaces).where(eq(workspaces.id, workspaceId))
  return workspace!
}

function untold(db: Db, workspace: Workspace) {
  return db
    .select({
      id: approvals.id,
      tool: approvals.tool,
      effects: approvals.effects,
      askedAt: approvals.askedAt,
    })
    .from(approvals)
    .leftJoin(
      approvalNotices,
      and(eq(approvalNotices.workspaceId, workspace.id), eq(approvalNotices.approvalId, approvals.id)),
    )
    .where(
      and(
        eq(approvals.workspaceId, workspace.id),
        inState('pending', nowIn(workspace)),
        isNull(approvalNotices.approvalId),
      ),
    )
    .orderBy(asc(approvals.id))
    .limit(500)
}

/** Who wants to be told of what waits, with what they may do at this moment. */
async function reviewersIn(db: Db, workspaceId: string) {
  const rows = await db
    .select({ id: members.id, name: members.name, role: members.role, email: accounts.email })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(
      and(
        eq(members.workspaceId, workspaceId),
        eq(members.status, 'active'),
        arrayContains(members.notifyAbout, ['approvals']),
      ),
    )
    .orderBy(asc(members.id))
  return rows.map(({ email, ...person }) => ({
    memberId: person.id,
    email,
    principal: principalOfPerson(person),
  }))
}

/** The notices of every live workspace that were told to nobody but the developer's mailbox. */
export async function listNoticed(house: House, most: number) {
  const { rows } = await house.database.owner.query<{
    workspace_id: string
    member_id: string
    at: Date
    ids: string[]
  }>(
    `SELECT workspace_id, member_id, created_at AS at, array_agg(approval_id ORDER BY approval_id) AS ids
     FROM approval_notices WHERE state = 'sent' GROUP BY 1, 2, 3 ORDER BY at DESC LIMIT $1`,
    [most],
  )
  return Promise.all(
    rows.map(({ workspace_id: workspaceId, member_id: memberId, at, ids }) =>
      house.database.transaction(workspaceId, { readOnly: true }, async ({ db }) => {
        const [workspace, [account], asked] = await Promise.all([
          workspaceOf(db, workspaceId),
          db
            .select({ email: accounts.email })
            .from(members)
            .innerJoin(accounts, eq(accounts.id, members.accountId))
            .where(and(eq(members.workspaceId, workspaceId), eq(members.id, memberId))),
          db
            .select({ id: approvals.id, tool: approvals.tool, expiresAt: approvals.expiresAt })
            .from(approvals)
            .where(and(eq(approvals.workspaceId, workspaceId), inArray(approvals.id, ids))),
        ])
        const now = nowIn(workspace)
        const waits = asked.map(({ id, tool, expiresAt }) => ({
          approvalId: id,
          title: house.catalog.get(tool)?.tool.title ?? tool,
          expiresInSeconds: Math.ceil(expiresAt.since(now).total('seconds')),
        }))
        const notice = { business: workspace.name, memberId, email: account!.email, waits }
        const letter = await noticeText(house, workspaceId, notice)
        return {
          id: idText('approval', ids[0]!),
          channel: 'email',
          to: notice.email,
          ...letter,
          created_at: at.toISOString(),
        }
      }),
    ),
  )
}
