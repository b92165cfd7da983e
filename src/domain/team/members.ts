/** Members: the people who may sign in, with a role each. A workspace always keeps an owner. */

import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import { revokeConnectionsOf } from '../../access/oauth/connections.ts'
import { hasRole, type Role } from '../../access/principal.ts'
import { accounts, apiKeys, members, type Notice, sessions } from '../../access/tables.ts'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { stale } from '../business/stale.ts'
import { staff } from '../business/tables.ts'
import type { Context } from '../context.ts'

export interface Member {
  id: string
  name: string
  email: string
  role: Role
  status: 'active' | 'deactivated'
  /** The bookable person they sign in as, if any. */
  staff_id: string | null
  notify_about: Notice[]
  version: number
}

export interface MemberFilter {
  status: Member['status']
  limit: number
  cursor?: string
}

/** In the order in which they came. */
export async function listMembers(ctx: Context, filter: MemberFilter): Promise<Page<Member[]>> {
  const after = readCursor(filter.cursor)
  const rows = await shownMembers(ctx)
    .where(
      and(
        eq(members.workspaceId, ctx.workspace.id),
        eq(members.status, filter.status),
        after ? gt(members.id, after) : undefined,
      ),
    )
    .orderBy(asc(members.id))
    .limit(filter.limit + 1)
  return pageOf(rows, filter.limit)
}

function shownMembers({ db }: Context) {
  return db
    .select({
      id: members.id,
      name: members.name,
      email: accounts.email,
      role: members.role,
      status: members.status,
      staff_id: staff.id,
      notify_about: members.notifyAbout,
      version: members.version,
    })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .leftJoin(staff, and(eq(staff.workspaceId, members.workspaceId), eq(staff.memberId, members.id)))
}

/** @throws not_found */
export async function findMember(ctx: Context, id: string): Promise<Member> {
  const [member] = await shownMembers(ctx).where(isMember(ctx, id))
  if (!member) throw notFound('member', ['list_members'])
  return member
}

function isMember({ workspace }: Pick<Context, 'workspace'>, id: string) {
  return and(eq(members.workspaceId, workspace.id), eq(members.id, id))
}

/** For a confirmation that rests on the member as they are now. @throws not_found */
export async function memberVersion(ctx: Context, id: string): Promise<number> {
  return (await findMember(ctx, id)).version
}

export interface MemberPatch {
  member_id: string
  version: number
  name?: string
  /** null: they sign in as nobody who is booked. */
  staff_id?: string | null
  notify_about?: Notice[]
}

/** @throws not_found, stale_version; forbidden_scope where they are stronger than who asks; invalid_input of a taken link */
export async function updateMember(ctx: Context, patch: MemberPatch): Promise<Member> {
  const { member_id: id, version, name, staff_id: staffId, notify_about: notifyAbout } = patch
  mustNotBeStronger(ctx, (await findMember(ctx, id)).role)
  const changed = await ctx.db
    .update(members)
    .set({ name, notifyAbout, version: version + 1 })
    .where(and(isMember(ctx, id), eq(members.version, version)))
    .returning({ id: members.id })
  if (changed.length === 0) throw stale('member', await memberVersion(ctx, id), 'list_members')
  if (staffId !== undefined) await linkStaff(ctx, id, staffId)
  ctx.emit({ type: 'member.updated', subject: { kind: 'member', id } })
  return findMember(ctx, id)
}

/** One person signs in as one of the staff at most. @throws not_found, invalid_input where it is somebody else's */
export async function linkStaff(ctx: Context, memberId: string, staffId: string | null): Promise<void> {
  const ofWorkspace = eq(staff.workspaceId, ctx.workspace.id)
  const next = { version: sql`${staff.version} + 1` }
  await ctx.db
    .update(staff)
    .set({ memberId: null, ...next })
    .where(
      and(ofWorkspace, eq(staff.memberId, memberId), staffId ? sql`${staff.id} <> ${staffId}` : undefined),
    )
  if (staffId === null) return
  const [person] = await ctx.db
    .select({ memberId: staff.memberId })
    .from(staff)
    .where(and(ofWorkspace, eq(staff.id, staffId)))
    .for('update')
  if (!person) throw notFound('staff', ['list_staff'])
  if (person.memberId === memberId) return
  if (person.memberId !== null) {
    throw new Refusal('invalid_input', 'Another member signs in as this person.', { field: 'staff_id' }, [
      'list_staff',
    ])
  }
  await ctx.db
    .update(staff)
    .set({ memberId, ...next })
    .where(and(ofWorkspace, eq(staff.id, staffId)))
}

/**
 * Takes effect at their next call, on every host; their keys weaken with them.
 * @throws not_found; forbidden_scope beyond one's own role; invalid_transition of the last owner or who has left
 */
export async function setMemberRole(ctx: Context, asked: { member_id: string; role: Role }): Promise<Member> {
  const { member_id: id, role } = asked
  const owners = await lockOwners(ctx)
  const member = await findMember(ctx, id)
  mustNotBeStronger(ctx, member.role)
  mustNotBeStronger(ctx, role)
  if (member.status !== 'active') {
    throw new Refusal('invalid_transition', 'They have left; invite them again.', {}, ['create_team_invite'])
  }
  if (member.role === role) return member
  if (member.role === 'owner') mustNotBeLast(owners, id)
  await ctx.db
    .update(members)
    .set({ role, version: sql`${members.version} + 1` })
    .where(isMember(ctx, id))
  ctx.emit({
    type: 'member.role_changed',
    subject: { kind: 'member', id },
    data: { from: member.role, to: role },
  })
  return findMember(ctx, id)
}

/**
 * Ends their way in, on every host at its next call: their sessions here, their keys and the clients that they let in.
 * What they did stays.
 * @throws not_found; forbidden_scope where they are stronger than who asks; invalid_transition of the last owner
 */
export async function deactivateMember(ctx: Context, { member_id: id }: { member_id: string }) {
  const owners = await lockOwners(ctx)
  const member = await findMember(ctx, id)
  mustNotBeStronger(ctx, member.role)
  if (member.role === 'owner' && member.status === 'active') mustNotBeLast(owners, id)
  if (member.status === 'active') {
    await ctx.db
      .update(members)
      .set({ status: 'deactivated', version: sql`${members.version} + 1` })
      .where(isMember(ctx, id))
    ctx.emit({ type: 'member.deactivated', subject: { kind: 'member', id } })
  }
  const [keys, ended, connections] = await Promise.all([
    revokeKeysOf(ctx, id),
    endSessionsOf(ctx, id),
    revokeConnectionsOf(ctx.db, ctx.workspace.id, id),
  ])
  return {
    ...(await findMember(ctx, id)),
    revoked_keys: keys,
    revoked_connections: connections,
    ended_sessions: ended,
  }
}

async function revokeKeysOf({ db, workspace, emit }: Context, memberId: string): Promise<number> {
  const revoked = await db
    .update(apiKeys)
    .set({ revokedAt: sql`clock_timestamp()`, version: sql`${apiKeys.version} + 1` })
    .where(
      and(eq(apiKeys.workspaceId, workspace.id), eq(apiKeys.memberId, memberId), isNull(apiKeys.revokedAt)),
    )
    .returning({ id: apiKeys.id })
  for (const { id } of revoked) emit({ type: 'api_key.revoked', subject: { kind: 'key', id } })
  return revoked.length
}

/**
 * Those that look at this workspace; the person may be at work in another one. At the instant at which the transaction
 * began, by which `mustBeSignedIn` knows what it has ended itself.
 */
async function endSessionsOf({ db, workspace }: Context, memberId: string): Promise<number> {
  const account = db.select({ id: members.accountId }).from(members).where(isMember({ workspace }, memberId))
  const ended = await db
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        sql`${sessions.accountId} = (${account})`,
        eq(sessions.workspaceId, workspace.id),
        isNull(sessions.revokedAt),
      ),
    )
    .returning({ id: sessions.id })
  return ended.length
}

/**
 * The owners, held until the transaction ends: of two who demote each other at once, the second waits here, and finds
 * one owner where there were two.
 */
async function lockOwners({ db, workspace }: Context): Promise<string[]> {
  const owners = await db
    .select({ id: members.id })
    .from(members)
    .where(
      and(eq(members.workspaceId, workspace.id), eq(members.role, 'owner'), eq(members.status, 'active')),
    )
    .orderBy(asc(members.id))
    .for('update')
  return owners.map(owner => owner.id)
}

function mustNotBeLast(owners: string[], id: string): void {
  if (owners.some(owner => owner !== id)) return
  throw new Refusal(
    'invalid_transition',
    'They are the last owner, and a workspace keeps one. Make somebody else an owner first.',
    { rule: 'last_owner' },
    ['set_member_role', 'list_members'],
  )
}

/** Nobody hands on, takes away or changes what is above them. @throws forbidden_scope */
export function mustNotBeStronger({ principal }: Context, role: Role): void {
  if (hasRole(principal.role, role)) return
  throw new Refusal('forbidden_scope', `This is about the role ${role}, which is above yours.`, {
    needed_role: role,
  })
}
