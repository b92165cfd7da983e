/** Joining a team, with no credentials: the invitation's token, then a code that goes to the invited email alone. */

import { eq, sql } from 'drizzle-orm'
import { type IssuedKey, issueKey } from '../../access/keys.ts'
import { type CodeRequest, codeRefused, redeemCode, requestCode } from '../../access/one-time-codes.ts'
import { FRONT_DESK, type Role, type Workspace } from '../../access/principal.ts'
import { scopesOfRole } from '../../access/scopes.ts'
import { accountOf } from '../../access/sign-up.ts'
import { members, workspaceColumns, workspaces } from '../../access/tables.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type InviteClaims, openInvite, readInviteToken } from './invites.ts'
import { linkStaff } from './members.ts'
import { type TeamInvite, teamInvites } from './tables.ts'

/**
 * A forged token is looked up as any other, in a workspace that is none, so that the work tells nobody which it is.
 * @throws invalid_input, the same for every reason; rate_limited, provider_error
 */
export async function requestJoin(ctx: Context, token: string): Promise<CodeRequest> {
  const { workspaceId, inviteId } = readInviteToken(ctx.secrets, token) ?? NOWHERE
  await ctx.enterWorkspace(workspaceId)
  const invite = await openInvite(ctx.db, workspaceId, inviteId)
  await ctx.enterWorkspace(FRONT_DESK.id)
  if (!invite) throw inviteRefused()
  const details = { workspace_id: workspaceId, invite_id: inviteId }
  const request = await requestCode(ctx.db, { purpose: 'join', address: invite.email, details }, ctx.mail)
  ctx.emit({ type: 'team_invite.code_requested', subject: { kind: 'invite', id: inviteId } })
  return request
}

/** The uuid that no row has (RFC 9562, section 5.10). */
const NOBODYS = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const NOWHERE = { workspaceId: NOBODYS, inviteId: NOBODYS }

function inviteRefused(): Refusal {
  return new Refusal(
    'invalid_input',
    'This invitation opens nothing: unknown, used, replaced or expired. Ask for a new one.',
    { field: 'token' },
  )
}

/** Who joined, and where. */
export interface NewMember {
  workspace: Workspace
  member_id: string
  email: string
  name: string
  role: Role
}

export interface Joined extends IssuedKey, NewMember {}

export interface Guess {
  request_id: string
  code: string
}

/**
 * Joins, and answers a key. A request id and its code make one member, however often and in parallel they are sent. The
 * call has spent a try before (`spendTry`).
 * @throws invalid_input, the same for every reason
 */
export async function verifyJoin(ctx: Context, guess: Guess): Promise<Joined> {
  const joined = await joinByCode(ctx, guess)
  if (!joined) throw codeRefused(['accept_team_invite_request'])
  const { role, member_id: memberId, workspace } = joined
  const issued = await issueKey(ctx.db, workspace, {
    memberId,
    name: 'First key',
    role,
    scopes: [...scopesOfRole[role]],
  })
  await ctx.enterWorkspace(FRONT_DESK.id)
  return { ...joined, ...issued }
}

/**
 * Leaves the transaction in the workspace that was joined. null: the code opens nothing, for whatever reason.
 * @param inviteId the invitation that the person looks at; default: whichever the code was asked for
 */
export async function joinByCode(
  ctx: Context,
  { request_id: requestId, code }: Guess,
  inviteId?: string,
): Promise<NewMember | null> {
  const request = await redeemCode(ctx.db, ctx.secrets, { purpose: 'join', requestId, code })
  if (!request) return null
  const asked = request.details as { workspace_id: string; invite_id: string }
  if (inviteId !== undefined && asked.invite_id !== inviteId) return null
  await ctx.enterWorkspace(asked.workspace_id)
  const invite = await openInvite(ctx.db, asked.workspace_id, asked.invite_id)
  return invite && join(ctx, invite, await accountOf(ctx.db, request.address))
}

/**
 * For who has proved their address already, by signing in. As above.
 * @throws forbidden_scope where the invitation went to another address
 */
export async function joinAs(
  ctx: Context,
  { workspaceId, inviteId }: InviteClaims,
  account: { id: string; email: string },
): Promise<NewMember | null> {
  await ctx.enterWorkspace(workspaceId)
  const invite = await openInvite(ctx.db, workspaceId, inviteId)
  if (!invite) return null
  if (invite.email !== account.email)
    throw new Refusal('forbidden_scope', 'This invitation went to another address than yours.')
  return join(ctx, invite, account.id)
}

/** Who was a member before is the same one again, with the new role and none of the old keys. null: a member by now, by another way. */
async function join(ctx: Context, invite: TeamInvite, accountId: string): Promise<NewMember | null> {
  const { db } = ctx
  const { workspaceId, role, staffId } = invite
  const [workspace] = await db.select(workspaceColumns).from(workspaces).where(eq(workspaces.id, workspaceId))
  const [member] = await db
    .insert(members)
    // Never the email: names show where emails must not.
    .values({ workspaceId, id: newId(), accountId, role, name: invite.name ?? 'Member' })
    .onConflictDoUpdate({
      target: [members.workspaceId, members.accountId],
      set: { role, status: 'active', version: sql`${members.version} + 1` },
      setWhere: eq(members.status, 'deactivated'),
    })
    .returning({ id: members.id, name: members.name })
  if (!member) return null
  await db
    .update(teamInvites)
    .set({ acceptedAt: sql`clock_timestamp()`, memberId: member.id })
    .where(sql`${teamInvites.workspaceId} = ${workspaceId} AND ${teamInvites.id} = ${invite.id}`)
  if (staffId) await linkStaff({ ...ctx, workspace: workspace! }, member.id, staffId)
  ctx.emit({ type: 'member.joined', subject: { kind: 'member', id: member.id }, data: { role } })
  return { workspace: workspace!, member_id: member.id, email: invite.email, name: member.name, role }
}
