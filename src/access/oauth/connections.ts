/**
 * A connection is a client that a member let into one workspace: Claude, for Maya. Made by her consent, it can do what
 * she left of what was asked for, as far as her own role goes at each call, until she or an admin revokes it.
 */

import { and, desc, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { notFound } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Database, Db } from '../../database/pool.ts'
import { type Caller, unauthenticated } from '../authenticate.ts'
import { FRONT_DESK, type Principal, type Scope } from '../principal.ts'
import { defaultRateLimit, type RateLimit, spend } from '../rate-limit.ts'
import { inForce } from '../scopes.ts'
import type { Secrets } from '../secrets.ts'
import { members, workspaceColumns, workspaces } from '../tables.ts'
import { destroyOfGrant, hashOf, unsealed } from './artifacts.ts'
import { connections, oauthArtifacts, oauthGrants } from './tables.ts'

/** After a year a member is asked again. */
export const CONNECTION_DAYS = 365

export interface Consent {
  grantId: string
  workspaceId: string
  memberId: string
  client: { id: string; name: string }
  resource: string
  scopes: Scope[]
}

/** Notes a member's consent: from now on the grant's tokens are this connection. @returns its uuid */
export async function connect(db: Db, consent: Consent): Promise<string> {
  const { grantId, workspaceId, memberId, client, resource, scopes } = consent
  const id = newId()
  const expiresAt = Temporal.Now.instant().add({ hours: 24 * CONNECTION_DAYS })
  await db.insert(connections).values({
    workspaceId,
    id,
    memberId,
    clientId: client.id,
    name: client.name,
    resource,
    scopes,
    expiresAt,
  })
  await db.insert(oauthGrants).values({
    grantHash: hashOf(grantId),
    workspaceId,
    connectionId: id,
    clientHash: hashOf(client.id),
    expiresAt,
  })
  return id
}

/**
 * Two round trips: a token does not say its workspace. Nothing is cached, so a connection that was revoked, or whose
 * member was deactivated, is refused at its next call on every host.
 * @param resource the MCP URL that is called, as its client wrote it; a token for another one opens nothing (RFC 8707)
 * @throws Refusal `unauthenticated`, `rate_limited`
 */
export async function authenticateToken(
  database: Database,
  secrets: Secrets,
  { token, resource }: { token: string; resource: string },
  limit: RateLimit = defaultRateLimit,
): Promise<Caller> {
  return database.transaction(FRONT_DESK.id, {}, async tx => {
    const found = await liveToken(tx.db, token)
    const payload = found && unsealed(secrets, { model: 'AccessToken', id: token }, found)
    if (!found || !payload || payload.aud !== resource) throw unauthenticated()
    const { workspaceId, connectionId } = found
    tx.enterWorkspace(workspaceId)
    const [[live], rate] = await Promise.all([
      liveConnections(tx.db, workspaceId, connectionId),
      spend(tx.db, workspaceId, `connection:${connectionId}`, limit),
      tx.db.execute(sql`SET LOCAL synchronous_commit = off`), // As for a key: a crash may forget a last use.
    ])
    if (!live) throw unauthenticated()
    if (live.unseen) await noteUse(tx.db, workspaceId, connectionId)
    const scopes = String(payload.scope ?? '').split(' ')
    return { principal: principalOf(live, scopes), workspace: live.workspace, rate }
  })
}

async function liveToken(db: Db, token: string) {
  const [found] = await db
    .select({
      workspaceId: oauthGrants.workspaceId,
      connectionId: oauthGrants.connectionId,
      keyId: oauthArtifacts.keyId,
      box: oauthArtifacts.box,
    })
    .from(oauthArtifacts)
    .innerJoin(oauthGrants, eq(oauthGrants.grantHash, oauthArtifacts.grantHash))
    .where(
      and(
        eq(oauthArtifacts.model, 'AccessToken'),
        eq(oauthArtifacts.idHash, hashOf(token)),
        gt(oauthArtifacts.expiresAt, sql`clock_timestamp()`),
      ),
    )
  return found
}

/** Neither revoked nor expired, and its member is still one. */
function liveConnections(db: Db, workspaceId: string, id: string) {
  return db
    .select({
      id: connections.id,
      name: connections.name,
      scopes: connections.scopes,
      memberId: connections.memberId,
      memberRole: members.role,
      workspace: workspaceColumns,
      unseen: sql<boolean>`${unseenForAMinute}`,
    })
    .from(connections)
    .innerJoin(
      members,
      and(eq(members.workspaceId, connections.workspaceId), eq(members.id, connections.memberId)),
    )
    .innerJoin(workspaces, eq(workspaces.id, connections.workspaceId))
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id), isLive(), isMember))
}

const isMember = eq(members.status, 'active')

function isLive(): SQL | undefined {
  return and(isNull(connections.revokedAt), gt(connections.expiresAt, sql`clock_timestamp()`))
}

const unseenForAMinute = or(
  isNull(connections.lastUsedAt),
  sql`${connections.lastUsedAt} < clock_timestamp() - interval '1 minute'`,
)

async function noteUse(db: Db, workspaceId: string, id: string): Promise<void> {
  await db
    .update(connections)
    .set({ lastUsedAt: sql`clock_timestamp()` })
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id), unseenForAMinute))
}

type LiveConnection = Awaited<ReturnType<typeof liveConnections>>[number]

/** @param tokenScopes of the one token, which may hold less than its connection */
function principalOf(live: LiveConnection, tokenScopes?: string[]): Principal {
  const { id, name, memberId, memberRole } = live
  const granted = tokenScopes ? live.scopes.filter(scope => tokenScopes.includes(scope)) : live.scopes
  return {
    kind: 'oauth_client',
    id,
    name,
    memberId,
    ...inForce(granted, memberRole, memberRole),
    human: false,
  }
}

/** What a connection may do at this moment, for a call that waited; null where it was revoked or its member has left. */
export async function principalOfConnection(
  db: Db,
  workspaceId: string,
  id: string,
): Promise<Principal | null> {
  const [live] = await liveConnections(db, workspaceId, id)
  return live ? principalOf(live) : null
}

/** Whether a grant's connection still stands, before its tokens are renewed. */
export async function isConnected(database: Database, grantId: string): Promise<boolean> {
  return database.transaction(FRONT_DESK.id, {}, async tx => {
    const grant = await grantOf(tx.db, hashOf(grantId))
    if (!grant) return false
    tx.enterWorkspace(grant.workspaceId)
    return (await liveConnections(tx.db, grant.workspaceId, grant.connectionId)).length > 0
  })
}

async function grantOf(db: Db, grantHash: Buffer) {
  const [grant] = await db.select().from(oauthGrants).where(eq(oauthGrants.grantHash, grantHash))
  return grant
}

/**
 * Of a grant that the authorization server took back, by the client's wish, or because a token of it was used twice: no
 * code or token is left. @returns whose connection it is, to be ended too; null where it was none
 */
export async function destroyGrant(
  database: Database,
  grantId: string,
): Promise<{ workspaceId: string; connectionId: string } | null> {
  const grantHash = hashOf(grantId)
  return database.transaction(FRONT_DESK.id, {}, async ({ db }) => {
    await destroyOfGrant(db, grantHash)
    return (await grantOf(db, grantHash)) ?? null
  })
}

/** @returns whether it stood until now */
export async function endConnection(db: Db, workspaceId: string, id: string): Promise<boolean> {
  const ended = await db
    .update(connections)
    .set({ revokedAt: sql`clock_timestamp()` })
    .where(
      and(eq(connections.workspaceId, workspaceId), eq(connections.id, id), isNull(connections.revokedAt)),
    )
    .returning({ id: connections.id })
  return ended.length > 0
}

export interface ShownConnection {
  id: string
  name: string
  memberId: string
  memberName: string
  resource: string
  scopes: Scope[]
  createdAt: Temporal.Instant
  lastUsedAt: Temporal.Instant | null
}

/** Who looks: an owner or admin sees everybody's, a member their own. */
export interface Looker {
  workspaceId: string
  principal: Pick<Principal, 'memberId' | 'role'>
}

/** Those that stand, newest first: at most 200. */
export function listConnections(database: Database, looker: Looker): Promise<ShownConnection[]> {
  return database.transaction(looker.workspaceId, { readOnly: true }, ({ db }) =>
    db
      .select({
        id: connections.id,
        name: connections.name,
        memberId: connections.memberId,
        memberName: members.name,
        resource: connections.resource,
        scopes: connections.scopes,
        createdAt: connections.createdAt,
        lastUsedAt: connections.lastUsedAt,
      })
      .from(connections)
      .innerJoin(
        members,
        and(eq(members.workspaceId, connections.workspaceId), eq(members.id, connections.memberId)),
      )
      .where(and(eq(connections.workspaceId, looker.workspaceId), isLive(), seenBy(looker)))
      .orderBy(desc(connections.id)),
  )
}

function seenBy({ principal }: Looker): SQL | undefined {
  return principal.role === 'member' ? eq(connections.memberId, principal.memberId!) : undefined
}

/** Takes effect at the client's next call. @throws Refusal `not_found`, for another member's as for nobody's */
export async function revokeConnection(db: Db, looker: Looker, id: string): Promise<void> {
  const { workspaceId } = looker
  const [found] = await db
    .select({ id: connections.id })
    .from(connections)
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.id, id), seenBy(looker)))
  if (!found) throw notFound('connection')
  await cutOff(db, workspaceId, id)
}

/** Those of a member who leaves: should they come back, what they once let in stays out. Answers how many stood. */
export async function revokeConnectionsOf(db: Db, workspaceId: string, memberId: string): Promise<number> {
  const standing = await db
    .select({ id: connections.id })
    .from(connections)
    .where(and(eq(connections.workspaceId, workspaceId), eq(connections.memberId, memberId), isLive()))
  for (const { id } of standing) await cutOff(db, workspaceId, id)
  return standing.length
}

/** The connection with every code and token of it. */
async function cutOff(db: Db, workspaceId: string, id: string): Promise<void> {
  await endConnection(db, workspaceId, id)
  const grants = await db
    .delete(oauthGrants)
    .where(and(eq(oauthGrants.workspaceId, workspaceId), eq(oauthGrants.connectionId, id)))
    .returning({ grantHash: oauthGrants.grantHash })
  for (const { grantHash } of grants) await destroyOfGrant(db, grantHash)
}
