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
import { openInvite, readInviteToken } from './invites.ts'
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

export interface Joined extends IssuedKey {
  workspace: Workspace
  member_id: string
  role: Role
}

/**
 * A request id and its code make one member, however often and in parallel they are sent. The call has spent a try
 * before (`spendTry`).
 * @throws invalid_input, the same for every reason
 */
export async function verifyJoin(
  ctx: Context,
  { request_id: requestId, code }: { request_id: string; code: string },
): Promise<Joined> {
  const request = await redeemCode(ctx.db, ctx.secrets, { purpose: 'join', requestId, code })
  if (!request) throw codeRefused(['accept_team_invite_request'])
  const asked = request.details as { workspace_id: string; invite_id: string }
  const accountId = await accountOf(ctx.db, request.address)
  await ctx.enterWorkspace(asked.workspace_id)
  const invite = await openInvite(ctx.db, asked.workspace_id, asked.invite_id)
  if (!invite) throw codeRefused(['accept_team_invite_request'])
  const joined = await join(ctx, invite, accountId)
  await ctx.enterWorkspace(FRONT_DESK.id)
  return joined
}

/** Who was a member before is the same one again, with the new role and none of the old keys. */
async function join(ctx: Context, invite: TeamInvite, accountId: string): Promise<Joined> {
  const { db } = ctx
  const { workspaceId, role, staffId } = invite
  const [workspace] = await db.select(workspaceColumns).from(workspaces).where(eq(workspaces.id, workspaceId))
  const name = invite.name ?? 'Member' // Never the email: names show where emails must not.
  const [member] = await db
    .insert(members)
    .values({ workspaceId, id: newId(), accountId, role, name })
    .onConflictDoUpdate({
      target: [members.workspaceId, members.accountId],
      set: { role, status: 'active', version: sql`${members.version} + 1` },
      setWhere: eq(members.status, 'deactivated'),
    })
    .returning({ id: members.id })
  if (!member) throw codeRefused(['accept_team_invite_request']) // A member by now, by another way.
  await db
    .update(teamInvites)
    .set({ acceptedAt: sql`clock_timestamp()`, memberId: member.id })
    .where(sql`${teamInvites.workspaceId} = ${workspaceId} AND ${teamInvites.id} = ${invite.id}`)
  if (staffId) await linkStaff({ ...ctx, workspace: workspace! }, member.id, staffId)
  const issued = await issueKey(db, workspace!, {
    memberId: member.id,
    name: 'First key',
    role,
    scopes: [...scopesOfRole[role]],
  })
  ctx.emit({ type: 'member.joined', subject: { kind: 'member', id: member.id }, data: { role } })
  return { workspace: workspace!, member_id: member.id, role, ...issued }
}
