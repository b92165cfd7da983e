/**
 * A customer who has proved their email or phone stays signed in 12 idle hours, or 14 days at most, as a person does at the
 * console. The session is of one workspace, one publishable key and one customer, and ends with any of them.
 */

import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { newId } from '../database/columns.ts'
import type { Database, Db } from '../database/pool.ts'
import { newKey, readKey } from './api-key.ts'
import { type Caller, keyIsLive, unauthenticated } from './authenticate.ts'
import { signedInCustomer } from './customer.ts'
import { mustBeFrom } from './origins.ts'
import { defaultRateLimit, type RateLimit, spend } from './rate-limit.ts'
import { apiKeys, customerSessions, members, workspaceColumns, workspaces } from './tables.ts'

export interface CustomerSession {
  /** Shown once; only its hash is stored. */
  token: string
  expires_at: Temporal.Instant
}

export async function openCustomerSession(
  db: Db,
  workspaceId: string,
  { keyId, customerId }: { keyId: string; customerId: string },
): Promise<CustomerSession> {
  const { text: token, hash: tokenHash } = newKey('cus', workspaceId)
  const [session] = await db
    .insert(customerSessions)
    .values({
      workspaceId,
      id: newId(),
      keyId,
      customerId,
      tokenHash,
      expiresAt: sql`clock_timestamp() + interval '14 days'`,
    })
    .returning({ expires_at: customerSessions.expiresAt })
  return { token, ...session! }
}

/** @throws unauthenticated, rate_limited; forbidden_scope of a page at another origin than the key names */
export async function authenticateCustomer(
  database: Database,
  token: string,
  limit: RateLimit = defaultRateLimit,
  origin?: string,
): Promise<Caller> {
  const read = readKey(token)
  if (!read) throw unauthenticated()
  const { workspaceId, hash } = read
  return database.transaction(workspaceId, {}, async ({ db }) => {
    const [[found], rate] = await Promise.all([
      liveSession(db, workspaceId, hash),
      spend(db, workspaceId, `customer:${hash.toString('base64url')}`, limit),
    ])
    if (!found) throw unauthenticated()
    const { sessionId, customerId: id, name, origins, workspace, unseen } = found
    mustBeFrom(origins, origin)
    if (unseen) await noteSeen(db, workspaceId, sessionId)
    return { principal: signedInCustomer({ id, name, sessionId }), workspace, rate }
  })
}

/** The customer's row is the domain's, which this room does not know. Who was erased is nobody any more. */
function liveSession(db: Db, workspaceId: string, hash: Buffer) {
  return db
    .select({
      sessionId: customerSessions.id,
      customerId: customerSessions.customerId,
      name: sql<string>`customer.name`,
      origins: apiKeys.origins,
      workspace: workspaceColumns,
      unseen: sql<boolean>`${customerSessions.lastSeenAt} < clock_timestamp() - interval '1 minute'`,
    })
    .from(customerSessions)
    .innerJoin(
      apiKeys,
      and(eq(apiKeys.workspaceId, customerSessions.workspaceId), eq(apiKeys.id, customerSessions.keyId)),
    )
    .innerJoin(members, and(eq(members.workspaceId, apiKeys.workspaceId), eq(members.id, apiKeys.memberId)))
    .innerJoin(workspaces, eq(workspaces.id, customerSessions.workspaceId))
    .innerJoin(
      sql`customers customer`,
      sql`customer.workspace_id = ${customerSessions.workspaceId} AND customer.id = ${customerSessions.customerId}
        AND customer.erased_at IS NULL`,
    )
    .where(
      and(
        eq(customerSessions.workspaceId, workspaceId),
        eq(customerSessions.tokenHash, hash),
        isOpen(),
        keyIsLive(),
      ),
    )
}

function isOpen(): SQL | undefined {
  return and(
    isNull(customerSessions.revokedAt),
    gt(customerSessions.expiresAt, sql`clock_timestamp()`),
    gt(customerSessions.lastSeenAt, sql`clock_timestamp() - interval '12 hours'`),
  )
}

async function noteSeen(db: Db, workspaceId: string, id: string): Promise<void> {
  await db
    .update(customerSessions)
    .set({ lastSeenAt: sql`clock_timestamp()` })
    .where(and(eq(customerSessions.workspaceId, workspaceId), eq(customerSessions.id, id)))
}

/** Takes effect at the session's next call. */
export async function endCustomerSession(db: Db, workspaceId: string, id: string): Promise<void> {
  await db
    .update(customerSessions)
    .set({ revokedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(customerSessions.workspaceId, workspaceId),
        eq(customerSessions.id, id),
        isNull(customerSessions.revokedAt),
      ),
    )
}
