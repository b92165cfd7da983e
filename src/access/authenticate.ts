/**
 * From an API key to who is calling, in one round trip between BEGIN and COMMIT. Nothing is cached, so a revoked
 * key is refused at its next call on every host.
 */

import { and, eq, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import { Refusal } from '../catalog/refusal.ts'
import { type Database, type Db, prepared } from '../database/pool.ts'
import { readKey } from './api-key.ts'
import { visitorPrincipal } from './customer.ts'
import { mustBeFrom } from './origins.ts'
import type { Principal, Workspace } from './principal.ts'
import { defaultRateLimit, type RateLimit, type RateState, spend } from './rate-limit.ts'
import { inForce, scopesOfRole } from './scopes.ts'
import { apiKeys, members, workspaceColumns, workspaces } from './tables.ts'

export interface Caller {
  principal: Principal
  workspace: Workspace
  rate: RateState
}

/**
 * @param origin of the page that sends it, where a browser says so
 * @throws unauthenticated, rate_limited; forbidden_scope of a page at another origin than the key names
 */
export async function authenticateKey(
  database: Database,
  token: string,
  limit: RateLimit = defaultRateLimit,
  origin?: string,
): Promise<Caller> {
  const key = readKey(token)
  if (!key) throw unauthenticated()
  const { workspaceId, hash } = key
  return database.transaction(workspaceId, {}, async ({ db }) => {
    // Sent together. The bucket is the hash's, as no id is known yet; the rollback unmakes that of a forged key.
    const [[found], rate] = await Promise.all([
      keyByHash(db).execute({ workspaceId, hash }),
      spend(db, workspaceId, `key:${hash.toString('base64url')}`, limit),
      db.execute(sql`SET LOCAL synchronous_commit = off`), // A crash may forget a last use; it need not cost a disk write.
    ])
    if (!found) throw unauthenticated()
    mustBeFrom(found.origins, origin)
    if (found.unseen) await noteUse(db, workspaceId, found.id)
    return { principal: principalOf(found), workspace: found.workspace, rate }
  })
}

function keyByHash(db: Db) {
  return prepared(db, 'key_by_hash', db =>
    liveKeys(
      db,
      eq(apiKeys.workspaceId, sql.placeholder('workspaceId')),
      eq(apiKeys.secretHash, sql.placeholder('hash')),
    ).prepare('key_by_hash'),
  )
}

/** Neither revoked nor expired, and its member is still one. */
function liveKeys(db: Db, ...which: SQL[]) {
  return db
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      role: apiKeys.role,
      scopes: apiKeys.scopes,
      staffId: apiKeys.staffId,
      locationIds: apiKeys.locationIds,
      origins: apiKeys.origins,
      memberId: apiKeys.memberId,
      memberRole: members.role,
      workspace: workspaceColumns,
      unseen: sql<boolean>`${unseenForAMinute}`,
    })
    .from(apiKeys)
    .innerJoin(members, and(eq(members.workspaceId, apiKeys.workspaceId), eq(members.id, apiKeys.memberId)))
    .innerJoin(workspaces, eq(workspaces.id, apiKeys.workspaceId))
    .where(and(...which, keyIsLive()))
}

/** Of a query that joins its member. */
export function keyIsLive(): SQL | undefined {
  return and(
    isNull(apiKeys.revokedAt),
    or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`clock_timestamp()`)),
    eq(members.status, 'active'),
  )
}

type LiveKey = Awaited<ReturnType<typeof liveKeys>>[number]

const unseenForAMinute = or(
  isNull(apiKeys.lastUsedAt),
  sql`${apiKeys.lastUsedAt} < clock_timestamp() - interval '1 minute'`,
)

/** Once a minute is exact enough for a person, and spares a busy key a row version for each call. */
async function noteUse(db: Db, workspaceId: string, keyId: string): Promise<void> {
  await db
    .update(apiKeys)
    .set({ lastUsedAt: sql`clock_timestamp()` })
    .where(and(eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.id, keyId), unseenForAMinute))
}

function principalOf(key: LiveKey): Principal {
  const { id, name, memberId, staffId, locationIds, origins } = key
  if (origins) return visitorPrincipal({ id, name })
  return {
    kind: 'api_key',
    id,
    name,
    memberId,
    ...inForce(key.scopes, key.role, key.memberRole),
    human: false,
    ...((staffId || locationIds) && {
      bound: { ...(staffId && { staffId }), ...(locationIds && { locationIds }) },
    }),
  }
}

/** Unknown, mistyped, revoked and expired sound alike. */
export function unauthenticated(): Refusal {
  return new Refusal('unauthenticated', 'These credentials open nothing: unknown, expired or revoked.', {}, [
    'register_organisation_request',
  ])
}

/** What a key may do at this moment, for a call that waited; null where it is no longer valid. */
export async function principalOfKey(db: Db, workspaceId: string, keyId: string): Promise<Principal | null> {
  const [found] = await liveKeys(db, eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.id, keyId))
  return found ? principalOf(found) : null
}

/** The same for a person; null where they are no longer an active member. */
export async function principalOfMember(
  db: Db,
  workspaceId: string,
  memberId: string,
): Promise<Principal | null> {
  const [found] = await db
    .select({ id: members.id, name: members.name, role: members.role })
    .from(members)
    .where(and(eq(members.workspaceId, workspaceId), eq(members.id, memberId), eq(members.status, 'active')))
  return found ? principalOfPerson(found) : null
}

export function principalOfPerson(
  member: Pick<typeof members.$inferSelect, 'id' | 'name' | 'role'>,
): Principal {
  const { id, name, role } = member
  return { kind: 'member', id, name, memberId: id, role, scopes: scopesOfRole[role], human: true }
}
