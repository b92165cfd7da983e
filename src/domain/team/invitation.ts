/** An invitation as whoever it goes to reads it, and as the team sees those that nobody has accepted yet. */

import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Role } from '../../access/principal.ts'
import { type RateLimit, spend } from '../../access/rate-limit.ts'
import { members } from '../../access/tables.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { mustNotBeStronger } from './members.ts'
import { teamInvites } from './tables.ts'

export interface OpenInvitation {
  business: string
  /** IANA zone of the business. */
  timeZone: string
  email: string
  role: Role
  /** The name of the member whose invitation it is. */
  from: string
  expiresAt: Temporal.Instant
}

/** Of one that is open no more, nothing but why; `gone`: withdrawn, replaced, or of somebody who has left. */
export type Invitation = OpenInvitation | 'used' | 'expired' | 'gone'

/** Changes nothing, and locks nothing. @throws rate_limited */
export async function readInvitation({ db, workspace }: Context, inviteId: string): Promise<Invitation> {
  await spend(db, workspace.id, `invite:${inviteId}`, pace)
  const [found] = await db
    .select({
      email: teamInvites.email,
      role: teamInvites.role,
      from: members.name,
      expiresAt: teamInvites.expiresAt,
      used: sql<boolean>`${teamInvites.acceptedAt} IS NOT NULL`,
      expired,
      left: sql<boolean>`${members.status} <> 'active'`,
    })
    .from(teamInvites)
    .innerJoin(
      members,
      and(eq(members.workspaceId, teamInvites.workspaceId), eq(members.id, teamInvites.invitedBy)),
    )
    .where(and(eq(teamInvites.workspaceId, workspace.id), eq(teamInvites.id, inviteId)))
  if (!found) return 'gone'
  const { used, expired: lapsed, left, ...shown } = found
  if (used) return 'used'
  if (left) return 'gone'
  if (lapsed) return 'expired'
  return { business: workspace.name, timeZone: workspace.timeZone, ...shown }
}

const expired = sql<boolean>`${teamInvites.expiresAt} <= clock_timestamp()`

/** A person who reads. */
const pace: RateLimit = { perMinute: 60, burst: 60 }

export interface PendingInvite {
  /** uuid */
  id: string
  email: string
  name: string | null
  role: Role
  /** uuid of whom they will sign in as. */
  staffId: string | null
  expiresAt: Temporal.Instant
  expired: boolean
}

/** Newest first; those too that have lapsed, to be sent again. */
export function pendingInvites({ db, workspace }: Context): Promise<PendingInvite[]> {
  return db
    .select({
      id: teamInvites.id,
      email: teamInvites.email,
      name: teamInvites.name,
      role: teamInvites.role,
      staffId: teamInvites.staffId,
      expiresAt: teamInvites.expiresAt,
      expired,
    })
    .from(teamInvites)
    .where(and(eq(teamInvites.workspaceId, workspace.id), isNull(teamInvites.acceptedAt)))
    .orderBy(desc(teamInvites.createdAt))
}

/**
 * Its link and token open nothing from then on. What is gone already stays so.
 * @throws invalid_transition where they have joined; forbidden_scope beyond one's own role
 */
export async function withdrawInvite(ctx: Context, id: string): Promise<void> {
  const { db, workspace } = ctx
  const which = and(eq(teamInvites.workspaceId, workspace.id), eq(teamInvites.id, id))
  const [invite] = await db
    .select({ role: teamInvites.role, acceptedAt: teamInvites.acceptedAt })
    .from(teamInvites)
    .where(which)
    .for('update')
  if (!invite) return
  mustNotBeStronger(ctx, invite.role)
  if (invite.acceptedAt !== null)
    throw new Refusal('invalid_transition', 'They have accepted it, and are members.', {}, [
      'deactivate_member',
    ])
  await db.delete(teamInvites).where(which)
  ctx.emit({ type: 'team_invite.withdrawn', subject: { kind: 'invite', id } })
}
