/** Workspaces: made at sign-up, doubled as a sandbox, and found by who may enter them. */

import { and, eq, sql } from 'drizzle-orm'
import { newId } from '../database/columns.ts'
import type { Db } from '../database/pool.ts'
import type { Context } from '../domain/context.ts'
import { type IssuedKey, issueKey } from './keys.ts'
import type { Role, Workspace } from './principal.ts'
import { members, workspaceColumns, workspaceSettings, workspaces } from './tables.ts'

export interface NewWorkspace extends Pick<Workspace, 'name' | 'timeZone' | 'currency' | 'country'> {
  /** The live twin of a sandbox. */
  parentId?: string
  settings?: Record<string, unknown>
}

export interface NewMember {
  accountId: string
  role: Role
  name: string
}

export interface CreatedWorkspace {
  workspace: Workspace
  /** In the order in which they were given. */
  memberIds: string[]
}

/** Leaves the transaction inside the new workspace, where its maker has more to put; then it comes back. */
export async function createWorkspace(
  ctx: Context,
  { settings = {}, ...asked }: NewWorkspace,
  people: NewMember[],
): Promise<CreatedWorkspace> {
  const [workspace] = await ctx.db
    .insert(workspaces)
    .values({ id: newId(), kind: asked.parentId ? 'sandbox' : 'live', ...asked })
    .returning(workspaceColumns)
  const workspaceId = workspace!.id
  await ctx.enterWorkspace(workspaceId)
  await ctx.db.insert(workspaceSettings).values({ workspaceId, settings })
  const rows = people.map(person => ({ workspaceId, id: newId(), ...person }))
  await ctx.db.insert(members).values(rows)
  ctx.emit({ type: 'workspace.created', subject: { kind: 'workspace', id: workspaceId } })
  return { workspace: workspace!, memberIds: rows.map(row => row.id) }
}

export interface Sandbox extends IssuedKey {
  workspace: Workspace
}

/**
 * A twin to try things in: the same settings and team, none of the business, and a test key as strong as the asker.
 * Asked for inside a sandbox, it is a twin of that one, beside it.
 */
export async function createSandbox(ctx: Context, asked: { name?: string }): Promise<Sandbox> {
  const { principal, workspace: original } = ctx
  const [team, settings, parentId] = await Promise.all([
    activeMembers(ctx),
    storedSettings(ctx),
    liveTwin(ctx),
  ])
  const { timeZone, currency, country } = original
  const { workspace, memberIds } = await createWorkspace(
    ctx,
    { name: asked.name ?? `${original.name} (sandbox)`, timeZone, currency, country, parentId, settings },
    team.map(({ accountId, role, name }) => ({ accountId, role, name })),
  )
  const issued = await issueKey(ctx.db, workspace, {
    memberId: memberIds[team.findIndex(member => member.id === principal.memberId)]!,
    name: 'Sandbox key',
    role: principal.role,
    scopes: [...principal.scopes],
  })
  await ctx.enterWorkspace(original.id)
  return { workspace, ...issued }
}

async function liveTwin({ db, workspace }: Context): Promise<string> {
  const [row] = await db
    .select({ parentId: workspaces.parentId })
    .from(workspaces)
    .where(eq(workspaces.id, workspace.id))
  return row!.parentId ?? workspace.id
}

function activeMembers(ctx: Context) {
  return ctx.db
    .select({ id: members.id, accountId: members.accountId, role: members.role, name: members.name })
    .from(members)
    .where(and(eq(members.workspaceId, ctx.workspace.id), eq(members.status, 'active')))
}

async function storedSettings(ctx: Context): Promise<Record<string, unknown>> {
  const [stored] = await ctx.db
    .select({ settings: workspaceSettings.settings })
    .from(workspaceSettings)
    .where(eq(workspaceSettings.workspaceId, ctx.workspace.id))
  return stored!.settings
}

export interface Membership {
  workspace_id: string
  name: string
  kind: Workspace['kind']
  role: Role
  /** The one this call is in. */
  current: boolean
}

/** What this principal can reach: a person, every workspace they are a member of; a key, the one it is bound to. */
export async function workspacesOf(ctx: Context): Promise<Membership[]> {
  const { principal, workspace } = ctx
  if (!principal.human) {
    return [
      {
        workspace_id: workspace.id,
        name: workspace.name,
        kind: workspace.kind,
        role: principal.role,
        current: true,
      },
    ]
  }
  const [person] = await ctx.db
    .select({ accountId: members.accountId })
    .from(members)
    .where(and(eq(members.workspaceId, workspace.id), eq(members.id, principal.id!)))
  const reachable = await membershipsOf(ctx.db, person!.accountId)
  return reachable.map(({ workspaceId, workspaceName, workspaceKind, role }) => ({
    workspace_id: workspaceId,
    name: workspaceName,
    kind: workspaceKind,
    role,
    current: workspaceId === workspace.id,
  }))
}

export interface AccountMembership {
  workspaceId: string
  workspaceName: string
  workspaceKind: Workspace['kind']
  memberId: string
  role: Role
  name: string
}

/** Where an account is an active member, the oldest workspace first; from any workspace. */
export async function membershipsOf(db: Db, accountId: string): Promise<AccountMembership[]> {
  const { rows } = await db.execute<AccountMembership & Record<string, unknown>>(sql`
    SELECT workspace_id "workspaceId", workspace_name "workspaceName", workspace_kind "workspaceKind",
           member_id "memberId", role, name
    FROM memberships_of(${accountId})`)
  return rows
}

/** For an address that anybody may have made up. */
export async function isWorkspace(db: Db, id: string): Promise<boolean> {
  const rows = await db.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, id))
  return rows.length > 0
}
