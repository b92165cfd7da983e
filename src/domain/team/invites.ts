/**
 * Invitations: an admin names an email and a role; whoever holds the mail's token, and then the code that goes to that
 * email, is a member. The token is derived, so that no row, job or log holds it; it serves once, for a week.
 */

import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Letters } from '../../access/letters.ts'
import { escaped, mailFrame } from '../../access/mail-frame.ts'
import type { Role } from '../../access/principal.ts'
import type { Secrets } from '../../access/secrets.ts'
import { linkToken, readLinkToken } from '../../access/signed-link.ts'
import { accounts, members, workspaces } from '../../access/tables.ts'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Database, Db } from '../../database/pool.ts'
import { staff } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { mustNotBeStronger } from './members.ts'
import { type TeamInvite, teamInvites } from './tables.ts'

const LIFETIME_DAYS = 7

export interface NewInvite {
  email: string
  role: Role
  name?: string
  staff_id?: string
}

export interface IssuedInvite {
  id: string
  email: string
  role: Role
  name: string | null
  staff_id: string | null
  expires_at: Temporal.Instant
  /** Shown once, and mailed. */
  token: string
}

/**
 * Takes the place of an open invitation to the same email, whose token opens nothing from then on.
 * @throws forbidden_scope for nobody's, and beyond one's own role; not_found of the staff record; invalid_transition of a member
 */
export async function createInvite(ctx: Context, asked: NewInvite): Promise<IssuedInvite> {
  const { db, workspace, principal, secrets } = ctx
  const { email, role, name, staff_id: staffId } = asked
  const { memberId: invitedBy } = principal
  if (invitedBy === null)
    throw new Refusal(
      'forbidden_scope',
      'An invitation comes from somebody of the team, or who acts for them.',
    )
  mustNotBeStronger(ctx, role)
  await refuseMember(ctx, email)
  if (staffId) await mustBeFree(ctx, staffId)
  await db.delete(teamInvites).where(and(eq(teamInvites.workspaceId, workspace.id), isOpenFor(email)))
  const [invite] = await db
    .insert(teamInvites)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      email,
      name,
      role,
      staffId,
      invitedBy,
      // Whole seconds: so much the token says.
      expiresAt: sql`date_trunc('second', clock_timestamp()) + make_interval(days => ${LIFETIME_DAYS})`,
    })
    .returning()
  const { id, expiresAt } = invite!
  ctx.emit({ type: 'team_invite.created', subject: { kind: 'invite', id }, data: { role } })
  if (ctx.mail === 'smtp' || ctx.mail === 'resend')
    await ctx.enqueue({ task: 'mail_invite', ids: { invite_id: id } })
  return {
    id,
    email,
    role,
    name: invite!.name,
    staff_id: invite!.staffId,
    expires_at: expiresAt,
    token: tokenOf(secrets, invite!),
  }
}

async function refuseMember({ db, workspace }: Context, email: string): Promise<void> {
  const [known] = await db
    .select({ id: members.id })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.accountId))
    .where(
      and(eq(members.workspaceId, workspace.id), eq(accounts.email, email), eq(members.status, 'active')),
    )
  if (!known) return
  throw new Refusal(
    'invalid_transition',
    'Who has this email is a member already.',
    { member_id: idText('member', known.id) },
    ['set_member_role'],
  )
}

async function mustBeFree({ db, workspace }: Context, staffId: string): Promise<void> {
  const [person] = await db
    .select({ memberId: staff.memberId })
    .from(staff)
    .where(and(eq(staff.workspaceId, workspace.id), eq(staff.id, staffId)))
  if (!person) throw notFound('staff', ['list_staff'])
  if (person.memberId !== null) {
    throw new Refusal('invalid_input', 'Another member signs in as this person.', { field: 'staff_id' }, [
      'list_staff',
    ])
  }
}

function isOpenFor(email: string) {
  return and(eq(teamInvites.email, email), isNull(teamInvites.acceptedAt))
}

const PURPOSE = 'team invite'

function tokenOf(secrets: Secrets, { workspaceId, id, expiresAt }: TeamInvite): string {
  const number = Math.floor(expiresAt.epochMilliseconds / 1000)
  return linkToken(secrets, PURPOSE, { workspaceId, subjectId: id, number })
}

export interface InviteClaims {
  workspaceId: string
  inviteId: string
}

/** Where an invitation stands; null where the token is none of ours. Whether it is still open, `openInvite` says. */
export function readInviteToken(secrets: Secrets, token: string): InviteClaims | null {
  const claims = readLinkToken(secrets, PURPOSE, token)
  return claims && { workspaceId: claims.workspaceId, inviteId: claims.subjectId }
}

/** Neither used, replaced nor expired, and who sent it is a member still; held until the transaction ends. */
export async function openInvite(db: Db, workspaceId: string, id: string): Promise<TeamInvite | null> {
  const [found] = await db
    .select({ invite: teamInvites })
    .from(teamInvites)
    .innerJoin(
      members,
      and(
        eq(members.workspaceId, teamInvites.workspaceId),
        eq(members.id, teamInvites.invitedBy),
        eq(members.status, 'active'),
      ),
    )
    .where(
      and(
        eq(teamInvites.workspaceId, workspaceId),
        eq(teamInvites.id, id),
        isNull(teamInvites.acceptedAt),
        gt(teamInvites.expiresAt, sql`clock_timestamp()`),
      ),
    )
    .for('update', { of: teamInvites })
  return found?.invite ?? null
}

export interface InviteMail {
  to: string
  subject: string
  text: string
  html: string
}

/** What to send for an invitation; null where it is no longer open. */
export async function inviteMailOf(
  db: Db,
  maker: InviteMaker,
  workspaceId: string,
  id: string,
): Promise<InviteMail | null> {
  const invite = await openInvite(db, workspaceId, id)
  if (!invite) return null
  const [workspace] = await db
    .select({ name: workspaces.name })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
  return { to: invite.email, ...inviteLetter(maker, workspace!.name, tokenOf(maker.secrets, invite)) }
}

/** What an invitation's token, link and mail are made with. */
export interface InviteMaker {
  secrets: Secrets
  letters: Letters
  /** Without a trailing slash. */
  publicUrl: string
}

/** A link for a person, and the bare token for their agent (`accept_team_invite_request`). */
function inviteLetter(
  { publicUrl, letters }: Omit<InviteMaker, 'secrets'>,
  business: string,
  token: string,
): Omit<InviteMail, 'to'> {
  const { language, invitation: words } = letters
  const link = `${publicUrl}/console/join/${token}`
  const lead = words.lead(business)
  const terms = words.terms(LIFETIME_DAYS)
  return {
    subject: words.subject(business),
    text: [`${lead} ${words.before}`, link, terms, words.agent, token].join('\n\n'),
    html: mailFrame({
      language,
      title: words.title,
      content: `<p>${escaped(lead)}</p>
<p><a href="${escaped(link)}" style="display: inline-block; padding: 12px 20px; border-radius: 8px; font-weight: 600; text-decoration: none; color: #ffffff; background: #1c1f23">${escaped(words.link)}</a></p>
<p style="color: #5b6168">${escaped(terms)}</p>
<p style="color: #5b6168">${escaped(words.agent)}</p>
<p style="font-family: ui-monospace, monospace; word-break: break-all">${token}</p>`,
    }),
  }
}

/** For the developer mailbox: the open invitations of every workspace, newest first. */
export async function listInvitesPosted({
  database,
  secrets,
  ...maker
}: InviteMaker & { database: Database }) {
  const { rows } = await database.owner.query<{
    workspaceId: string
    id: string
    email: string
    expires: string
    created: Date
    business: string
  }>(
    `SELECT i.workspace_id AS "workspaceId", i.id, i.email, extract(epoch FROM i.expires_at)::text AS expires,
            i.created_at AS created, w.name AS business
     FROM team_invites i JOIN workspaces w ON w.id = i.workspace_id
     WHERE i.accepted_at IS NULL AND i.expires_at > clock_timestamp()
     ORDER BY i.created_at DESC LIMIT 100`,
  )
  return rows.map(({ workspaceId, id, email, expires, created, business }) => {
    const claims = { workspaceId, subjectId: id, number: Math.floor(Number(expires)) }
    const { subject, text } = inviteLetter(maker, business, linkToken(secrets, PURPOSE, claims))
    return {
      id: idText('invite', id),
      channel: 'email',
      to: email,
      subject,
      text,
      created_at: created.toISOString(),
    }
  })
}
