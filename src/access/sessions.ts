/** Console sessions: a person signs in with a code from their mail and stays 12 idle hours, or 14 days at most. */

import { createHash, randomBytes } from 'node:crypto'
import { and, desc, eq, gt, isNull, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { notFound, Refusal } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import type { Database, Db } from '../database/pool.ts'
import { type Caller, principalOfPerson, unauthenticated } from './authenticate.ts'
import {
  type CodeLimits,
  type CodeRequest,
  codeRefused,
  type MailRoute,
  redeemCode,
  requestCode,
  spendTry,
} from './one-time-codes.ts'
import { FRONT_DESK, type Principal } from './principal.ts'
import { defaultRateLimit, type RateLimit, spend } from './rate-limit.ts'
import type { Secrets } from './secrets.ts'
import { accounts, members, sessions, workspaceColumns, workspaces } from './tables.ts'
import { membershipsOf } from './workspaces.ts'

/**
 * Answers alike for every email, by the same work: whether anybody signs in with it is asked when the mail is made.
 * @throws rate_limited, provider_error
 */
export function requestSignIn(
  db: Db,
  email: string,
  mail?: MailRoute,
  limits?: CodeLimits,
): Promise<CodeRequest> {
  return requestCode(db, { purpose: 'sign_in', address: email }, mail, limits)
}

export interface SignIn {
  /** For the cookie; only its hash is stored. */
  token: string
  expires_at: Temporal.Instant
  workspace_id: string
}

/**
 * Signs in to the workspace asked for, or else to the account's first.
 * @throws invalid_input, the same for every reason
 */
export async function verifySignIn(
  database: Database,
  secrets: Secrets,
  guess: { request_id: string; code: string; workspace_id?: string; user_agent?: string },
): Promise<SignIn> {
  const { request_id: requestId, code } = guess
  const signIn = await database.transaction(FRONT_DESK.id, {}, async ({ db }) => {
    await spendTry(db, requestId)
    const request = await redeemCode(db, secrets, { purpose: 'sign_in', requestId, code })
    return request && openSession(db, request.address, guess) // Null is not thrown: the try is to be committed.
  })
  if (!signIn) throw codeRefused()
  return signIn
}

/** For who has just proved the email. null: nobody is a member of anything by it. */
export async function openSession(
  db: Db,
  email: string,
  wish: { workspace_id?: string; user_agent?: string },
): Promise<SignIn | null> {
  const [account] = await db.select({ id: accounts.id }).from(accounts).where(eq(accounts.email, email))
  const reachable = account ? await membershipsOf(db, account.id) : []
  const first = reachable.find(({ workspaceId }) => workspaceId === wish.workspace_id) ?? reachable[0]
  if (!account || !first) return null
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const [session] = await db
    .insert(sessions)
    .values({
      id: newId(),
      accountId: account.id,
      tokenHash: hashOf(token),
      workspaceId: first.workspaceId,
      userAgent: wish.user_agent?.slice(0, 256),
      expiresAt: sql`clock_timestamp() + interval '14 days'`,
    })
    .returning({ expires_at: sessions.expiresAt, workspace_id: sessions.workspaceId })
  return { token, ...session! }
}

const TOKEN_BYTES = 32

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export interface SessionCaller extends Caller {
  session: Session
}

type Session = Pick<typeof sessions.$inferSelect, 'id' | 'accountId' | 'workspaceId'>

/** @throws unauthenticated, rate_limited */
export async function authenticateSession(
  database: Database,
  token: string,
  limit: RateLimit = defaultRateLimit,
): Promise<SessionCaller> {
  return database.transaction(FRONT_DESK.id, {}, async tx => {
    const session = await liveSession(tx.db, token)
    tx.enterWorkspace(session.workspaceId)
    const [[found], rate] = await Promise.all([
      membershipOf(tx.db, session),
      spend(tx.db, session.workspaceId, `account:${session.accountId}`, limit),
    ])
    if (!found) throw unauthenticated()
    const principal = { ...principalOfPerson(found.member), sessionId: session.id }
    return { principal, workspace: found.workspace, rate, session }
  })
}

/** Notes, once a minute, that the session is not idle. */
async function liveSession(db: Db, token: string): Promise<Session> {
  const [session] = await db
    .select({
      id: sessions.id,
      accountId: sessions.accountId,
      workspaceId: sessions.workspaceId,
      unseen: sql<boolean>`${sessions.lastSeenAt} < clock_timestamp() - interval '1 minute'`,
    })
    .from(sessions)
    .where(and(eq(sessions.tokenHash, hashOf(token)), isLive()))
  if (!session) throw unauthenticated()
  const { unseen, ...live } = session
  if (unseen)
    await db.update(sessions).set({ lastSeenAt: sql`clock_timestamp()` }).where(eq(sessions.id, live.id))
  return live
}

function isLive(): SQL | undefined {
  return and(
    isNull(sessions.revokedAt),
    gt(sessions.expiresAt, sql`clock_timestamp()`),
    gt(sessions.lastSeenAt, sql`clock_timestamp() - interval '12 hours'`),
  )
}

/** Whoever pressed while they were signed in, and is not any more. */
export class SignedOut extends Refusal {
  constructor() {
    super(
      'unauthenticated',
      'You were signed out before this was done, so nothing was. Sign in and try again.',
    )
  }
}

/**
 * To be asked last in what a person does: a press may wait for its turn, and its session end meanwhile. What the
 * transaction has ended itself, where a person leaves, was theirs to end. Who came without a session is not asked.
 * @throws SignedOut
 */
export async function mustBeSignedIn(db: Db, { kind, sessionId }: Principal): Promise<void> {
  if (kind !== 'member' || sessionId === undefined) return
  const [session] = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, sessionId), or(isLive(), eq(sessions.revokedAt, sql`now()::timestamptz(3)`))))
  if (!session) throw new SignedOut()
}

/** Whether a person is still signed in, and looks at this workspace. */
export async function isLookingAt(db: Db, workspaceId: string, { sessionId }: Principal): Promise<boolean> {
  if (sessionId === undefined) return false
  const theirs = and(eq(sessions.id, sessionId), eq(sessions.workspaceId, workspaceId))
  const found = await db.select({ id: sessions.id }).from(sessions).where(and(theirs, isLive()))
  return found.length > 0
}

function membershipOf(db: Db, { workspaceId, accountId }: Session) {
  return db
    .select({
      member: { id: members.id, name: members.name, role: members.role },
      workspace: workspaceColumns,
    })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
    .where(
      and(
        eq(members.workspaceId, workspaceId),
        eq(members.accountId, accountId),
        eq(members.status, 'active'),
      ),
    )
}

/** @throws unauthenticated; not_found where the person is no member, as where there is no such workspace */
export async function switchWorkspace(database: Database, token: string, workspaceId: string): Promise<void> {
  await database.transaction(FRONT_DESK.id, {}, ({ db }) => moveSession(db, token, workspaceId))
}

/** The same, in a transaction that does more. */
export async function moveSession(db: Db, token: string, workspaceId: string): Promise<void> {
  const session = await liveSession(db, token)
  const reachable = await membershipsOf(db, session.accountId)
  if (!reachable.some(membership => membership.workspaceId === workspaceId)) throw notFound('workspace')
  await db.update(sessions).set({ workspaceId }).where(eq(sessions.id, session.id))
}

/** Who is signed in, wherever they are. @throws unauthenticated */
export async function accountOfSession(db: Db, token: string): Promise<{ id: string; email: string }> {
  const { accountId } = await liveSession(db, token)
  const [account] = await db
    .select({ id: accounts.id, email: accounts.email })
    .from(accounts)
    .where(eq(accounts.id, accountId))
  return account!
}

/** Signing out of a session that has ended changes nothing. */
export async function signOut(database: Database, token: string): Promise<void> {
  await database.transaction(FRONT_DESK.id, {}, ({ db }) => revoke(db, eq(sessions.tokenHash, hashOf(token))))
}

export interface OpenSession {
  id: string
  user_agent: string | null
  created_at: Temporal.Instant
  last_seen_at: Temporal.Instant
}

/** A person's sessions that are open, newest first. */
export function sessionsOf(db: Db, accountId: string): Promise<OpenSession[]> {
  return db
    .select({
      id: sessions.id,
      user_agent: sessions.userAgent,
      created_at: sessions.createdAt,
      last_seen_at: sessions.lastSeenAt,
    })
    .from(sessions)
    .where(and(eq(sessions.accountId, accountId), isLive()))
    .orderBy(desc(sessions.createdAt))
}

export interface OwnSession extends OpenSession {
  /** The one that asks. */
  current: boolean
}

/** What a person sees and ends of their own sessions, from one of them. Each @throws unauthenticated */
export interface SessionDesk {
  list(token: string): Promise<OwnSession[]>
  /** The address by which they signed in. */
  email(token: string): Promise<string>
  /** An id of nobody's, or of another person's, changes nothing. */
  end(token: string, sessionId: string): Promise<void>
  endOthers(token: string): Promise<void>
}

export function sessionDesk(database: Database): SessionDesk {
  const from = <T>(token: string, work: (db: Db, own: Session) => Promise<T>) =>
    database.transaction(FRONT_DESK.id, {}, async ({ db }) => work(db, await liveSession(db, token)))
  return {
    email: token =>
      database.transaction(FRONT_DESK.id, {}, async ({ db }) => (await accountOfSession(db, token)).email),
    list: token =>
      from(token, async (db, own) =>
        (await sessionsOf(db, own.accountId)).map(session => ({
          ...session,
          current: session.id === own.id,
        })),
      ),
    end: (token, sessionId) => from(token, (db, own) => revokeSession(db, own.accountId, sessionId)),
    endOthers: token =>
      from(token, (db, own) =>
        revoke(db, and(eq(sessions.accountId, own.accountId), ne(sessions.id, own.id))),
      ),
  }
}

/** Ends one session of this person; another's id changes nothing. */
export async function revokeSession(db: Db, accountId: string, sessionId: string): Promise<void> {
  await revoke(db, and(eq(sessions.accountId, accountId), eq(sessions.id, sessionId)))
}

async function revoke(db: Db, which: SQL | undefined): Promise<void> {
  await db
    .update(sessions)
    .set({ revokedAt: sql`clock_timestamp()` })
    .where(and(which, isNull(sessions.revokedAt)))
}
