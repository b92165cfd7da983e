/** API keys: made, listed and revoked. A key acts for the member who made it and can do nothing that its maker could not. */

import { and, desc, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { pageOf, readCursor } from '../catalog/cursor.ts'
import type { Page } from '../catalog/define.ts'
import { idText } from '../catalog/kinds.ts'
import { notFound, Refusal } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import type { Db } from '../database/pool.ts'
import type { Context } from '../domain/context.ts'
import { newKey } from './api-key.ts'
import { publishedScopes } from './customer.ts'
import { hasRole, type Role, type Scope, type Workspace } from './principal.ts'
import { narrow, readingScopes, scopesOfRole } from './scopes.ts'
import { apiKeys } from './tables.ts'

/** A key as people see it: never its text. */
const shown = {
  id: apiKeys.id,
  name: apiKeys.name,
  kind: apiKeys.kind,
  hint: apiKeys.hint,
  role: apiKeys.role,
  scopes: apiKeys.scopes,
  member_id: apiKeys.memberId,
  staff_id: apiKeys.staffId,
  location_ids: apiKeys.locationIds,
  origins: apiKeys.origins,
  created_at: apiKeys.createdAt,
  expires_at: apiKeys.expiresAt,
  last_used_at: apiKeys.lastUsedAt,
  revoked_at: apiKeys.revokedAt,
  version: apiKeys.version,
}

export interface Key
  extends Pick<typeof apiKeys.$inferSelect, 'id' | 'name' | 'kind' | 'hint' | 'role' | 'scopes'> {
  member_id: string
  /** Sees what is assigned to this person alone. */
  staff_id: string | null
  /** Sees what is at these places alone; null: everywhere. */
  location_ids: string[] | null
  /** Publishable: for pages at these origins, and their visitors. */
  origins: string[] | null
  created_at: Temporal.Instant
  expires_at: Temporal.Instant | null
  last_used_at: Temporal.Instant | null
  revoked_at: Temporal.Instant | null
  version: number
}

export interface IssuedKey {
  key: Key
  /** The key's text, shown this once. */
  api_key: string
}

/**
 * Read-only unless scopes are asked for; of the asker's role and lifetime unless less is. Bound to a person or to
 * places, it has the lowest role, and so makes no key of its own.
 * @throws forbidden_scope, invalid_input; not_found of the person or a place
 */
export async function createKey(
  ctx: Context,
  asked: {
    name: string
    scopes?: (Scope | '*')[]
    role?: Role
    expires_at?: Temporal.Instant
    staff_id?: string
    location_ids?: string[]
  },
): Promise<IssuedKey> {
  const { principal, workspace } = ctx
  const { staff_id: staffId, location_ids: locationIds } = asked
  const role = asked.role ?? (staffId || locationIds ? 'member' : principal.role)
  if (!hasRole(principal.role, role)) {
    throw new Refusal('forbidden_scope', `A key of role ${role} can be made by ${role} alone.`, {
      role: principal.role,
    })
  }
  if (role !== 'member' && (staffId || locationIds)) {
    throw new Refusal(
      'invalid_input',
      'A key that is bound to a person or to places has the role member; leave the role out.',
      { field: 'role' },
    )
  }
  await mustExist(ctx, staffId, locationIds)
  const own = new Set([...principal.scopes].filter(scope => scopesOfRole[role].has(scope)))
  const issued = await issueKey(ctx.db, workspace, {
    memberId: principal.memberId!,
    name: asked.name,
    role,
    scopes: asked.scopes ? narrow(asked.scopes, own) : readingScopes(own),
    expiresAt: await lifetime(ctx, asked.expires_at),
    staffId,
    locationIds,
  })
  ctx.emit({ type: 'api_key.created', subject: { kind: 'key', id: issued.key.id } })
  return issued
}

/**
 * A key that stands in the source of pages: what its holders may do is said in customer.ts, and is no more than the asker
 * may.
 * @throws forbidden_scope, invalid_input
 */
export async function publishKey(
  ctx: Context,
  asked: { name: string; origins: string[]; expires_at?: Temporal.Instant },
): Promise<IssuedKey> {
  const { db, workspace, principal } = ctx
  narrow(publishedScopes, principal.scopes)
  const issued = await issueKey(db, workspace, {
    memberId: principal.memberId!,
    name: asked.name,
    role: 'member',
    scopes: [],
    expiresAt: await lifetime(ctx, asked.expires_at),
    origins: [...new Set(asked.origins)],
  })
  ctx.emit({ type: 'api_key.created', subject: { kind: 'key', id: issued.key.id } })
  return issued
}

/** These rows are the domain's, which this room does not know. */
async function mustExist(
  { db, workspace }: Context,
  staffId: string | undefined,
  locationIds: string[] = [],
): Promise<void> {
  const count = async (table: SQL, ids: string[]) =>
    ids.length === 0
      ? 0
      : (await db.execute(sql`SELECT FROM ${table} WHERE workspace_id = ${workspace.id} AND id IN ${ids}`))
          .rowCount
  if (staffId && !(await count(sql`staff`, [staffId]))) throw notFound('staff', ['list_staff'])
  if ((await count(sql`locations`, locationIds)) !== new Set(locationIds).size)
    throw notFound('location', ['list_locations'])
}

/** A key that will expire leaves none behind that outlives it. Real time: this is no business of a sandbox's clock. */
async function lifetime(ctx: Context, asked?: Temporal.Instant): Promise<Temporal.Instant | null> {
  if (asked && Temporal.Instant.compare(asked, Temporal.Now.instant()) <= 0) {
    throw new Refusal('invalid_input', 'A key must expire in the future.', { field: 'expires_at' })
  }
  const latest = ctx.principal.kind === 'api_key' ? (await findKey(ctx, ctx.principal.id!)).expires_at : null
  if (asked && latest && Temporal.Instant.compare(asked, latest) > 0) {
    throw new Refusal('invalid_input', 'A key cannot make one that outlives it.', {
      field: 'expires_at',
      latest: latest.toString(),
    })
  }
  return asked ?? latest
}

/** Writes a key of whatever strength; who may ask for it was settled before. The transaction is in `workspace`. */
export async function issueKey(
  db: Db,
  workspace: Workspace,
  { memberId, name, role, scopes, expiresAt, staffId, locationIds, origins }: KeyGrant,
): Promise<IssuedKey> {
  const kind = origins ? 'pub' : workspace.kind === 'sandbox' ? 'test' : 'live'
  const { text, hash, hint } = newKey(kind, workspace.id)
  const [key] = await db
    .insert(apiKeys)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      memberId,
      name,
      kind,
      secretHash: hash,
      hint,
      role,
      scopes,
      expiresAt,
      staffId,
      locationIds,
      origins,
    })
    .returning(shown)
  return { key: key!, api_key: text }
}

export interface KeyGrant {
  memberId: string
  name: string
  role: Role
  scopes: Scope[]
  expiresAt?: Temporal.Instant | null
  staffId?: string | null
  locationIds?: string[] | null
  origins?: string[] | null
}

/**
 * A new key of the same strength in the old one's place. Both open the door for the overlap, so that whoever holds the
 * old one can be given the new one without a gap; then the old one has expired.
 * @param overlapHours 0: the old one ends at once
 * @throws not_found; invalid_transition of what is revoked or expired; forbidden_scope of a key stronger than the asker
 */
export async function rotateKey(
  ctx: Context,
  { key_id: id, overlap_hours: overlapHours }: { key_id: string; overlap_hours: number },
): Promise<IssuedKey & { old_expires_at: Temporal.Instant }> {
  const { db, workspace, principal } = ctx
  const old = await findKey(ctx, id)
  const isOver = old.expires_at && Temporal.Instant.compare(old.expires_at, Temporal.Now.instant()) <= 0
  if (old.revoked_at || isOver) {
    throw new Refusal('invalid_transition', 'This key is revoked or expired; make a new one.', {}, [
      'create_api_key',
    ])
  }
  if (!hasRole(principal.role, old.role)) {
    throw new Refusal('forbidden_scope', `A key of role ${old.role} is made anew by ${old.role} alone.`, {
      role: principal.role,
    })
  }
  narrow(old.origins ? publishedScopes : old.scopes, principal.scopes)
  await lifetime(ctx, old.expires_at ?? undefined)
  const issued = await issueKey(db, workspace, {
    memberId: old.member_id,
    name: old.name,
    role: old.role,
    scopes: old.scopes,
    expiresAt: old.expires_at,
    staffId: old.staff_id,
    locationIds: old.location_ids,
    origins: old.origins,
  })
  const [ended] = await db
    .update(apiKeys)
    .set({
      expiresAt: sql`least(${apiKeys.expiresAt}, clock_timestamp() + make_interval(hours => ${overlapHours}))`,
      version: sql`${apiKeys.version} + 1`,
    })
    .where(and(eq(apiKeys.workspaceId, workspace.id), eq(apiKeys.id, id)))
    .returning({ expires_at: apiKeys.expiresAt })
  ctx.emit({
    type: 'api_key.rotated',
    subject: { kind: 'key', id },
    data: { by: idText('key', issued.key.id) },
  })
  return { ...issued, old_expires_at: ended!.expires_at! }
}

/** Takes effect at the key's next call. Revoking a revoked key changes nothing. */
export async function revokeKey(ctx: Context, id: string): Promise<Key> {
  const [revoked] = await ctx.db
    .update(apiKeys)
    .set({ revokedAt: sql`clock_timestamp()`, version: sql`${apiKeys.version} + 1` })
    .where(and(eq(apiKeys.workspaceId, ctx.workspace.id), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning(shown)
  if (!revoked) return findKey(ctx, id)
  ctx.emit({ type: 'api_key.revoked', subject: { kind: 'key', id } })
  return revoked
}

/** Newest first, the revoked with them. */
export async function listKeys(ctx: Context, page: { limit: number; cursor?: string }): Promise<Page<Key[]>> {
  const after = readCursor(page.cursor)
  const rows = await ctx.db
    .select(shown)
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, ctx.workspace.id), after ? lt(apiKeys.id, after) : undefined))
    .orderBy(desc(apiKeys.id))
    .limit(page.limit + 1)
  return pageOf(rows, page.limit)
}

/** For a confirmation that rests on the key as it is now. */
export async function keyVersion(ctx: Context, id: string): Promise<number> {
  return (await findKey(ctx, id)).version
}

async function findKey(ctx: Context, id: string): Promise<Key> {
  const [key] = await ctx.db
    .select(shown)
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, ctx.workspace.id), eq(apiKeys.id, id)))
  if (!key) throw notFound('key', ['list_api_keys'])
  return key
}
