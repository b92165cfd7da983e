/**
 * Six-digit codes by email, and to customers by SMS: 10 minutes, 5 tries, used once. The code is an HMAC of its row's id,
 * so that no row, job or log holds it; whoever dispatches it asks `mailOf` for it.
 */

import { timingSafeEqual } from 'node:crypto'
import { and, count, eq, gt, isNull, lt, lte, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { Refusal } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import { enqueue } from '../database/jobs.ts'
import type { Db } from '../database/pool.ts'
import { FRONT_DESK } from './principal.ts'
import { rateLimited } from './rate-limit.ts'
import type { Secrets } from './secrets.ts'
import { accounts, oneTimeCodes, workspaces } from './tables.ts'

export type CodePurpose = 'sign_up' | 'sign_in' | 'join' | 'customer'

export interface CodeRequest {
  request_id: string
  expires_at: Temporal.Instant
}

export interface CodeLimits {
  perAddress: number
  overall: number
}

/**
 * In an hour, for each purpose; overall, of customers' codes, in each workspace: one site's visitors keep nobody out of
 * another's. Never by network address: agents behind one vendor share theirs.
 */
export const defaultCodeLimits: CodeLimits = { perAddress: 5, overall: 600 }

/** How a code reaches a person: mailed by the worker, read in the developer mailbox, or not at all. */
export type MailRoute = 'smtp' | 'resend' | 'developer_mailbox' | 'none'

/** A customer's code takes the way of the business's messages: `details` say by which account, and over which channel. */
export type CodeRoute = MailRoute | 'twilio'

export const LIFETIME_MINUTES = 10
const MOST_TRIES = 5

/**
 * Opens a request at the front desk. It does not look whether the address is known, so neither the answer nor a
 * stopwatch can tell.
 * @throws rate_limited with `retry_after_seconds`; provider_error where no code could arrive
 */
export async function requestCode(
  db: Db,
  asked: { purpose: CodePurpose; address: string; details?: Record<string, unknown> },
  route: CodeRoute = 'developer_mailbox',
  limits: CodeLimits = defaultCodeLimits,
): Promise<CodeRequest> {
  if (route === 'none') throw noMail()
  const { purpose, address } = asked
  const ofPurpose = eq(oneTimeCodes.purpose, purpose)
  const forWhom = purpose === 'customer' ? String(asked.details?.workspace_id) : null
  // One at a time, each up to its commit: parallel requests would not count each other.
  await db.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`one-time codes: ${purpose}`}, 0))`)
  await refuseOver(limits.perAddress, db, and(ofPurpose, eq(oneTimeCodes.address, address)))
  await refuseOver(
    limits.overall,
    db,
    and(
      ofPurpose,
      forWhom === null ? undefined : sql`${oneTimeCodes.details} ->> 'workspace_id' = ${forWhom}`,
    ),
  )

  const expiresAt = sql`clock_timestamp() + make_interval(mins => ${LIFETIME_MINUTES})`
  const [request] = await db
    .insert(oneTimeCodes)
    .values({ workspaceId: FRONT_DESK.id, id: newId(), ...asked, expiresAt })
    .returning({ request_id: oneTimeCodes.id, expires_at: oneTimeCodes.expiresAt })
  if (route !== 'developer_mailbox')
    await enqueue(db, { task: 'mail_code', ids: { request_id: request!.request_id } })
  return request!
}

function noMail(): Refusal {
  return new Refusal(
    'provider_error',
    'No mail is configured on this server, so no code can be sent. Whoever runs it sets MAIL_FROM, and SMTP_URL or RESEND_API_KEY.',
  )
}

async function refuseOver(limit: number, db: Db, which: SQL | undefined): Promise<void> {
  const [lastHour] = await db
    .select({
      requests: count(),
      secondsLeft: sql<number>`extract(epoch FROM min(${oneTimeCodes.createdAt}) + interval '1 hour' - clock_timestamp())::float8`,
    })
    .from(oneTimeCodes)
    .where(
      and(
        eq(oneTimeCodes.workspaceId, FRONT_DESK.id),
        which,
        gt(oneTimeCodes.createdAt, sql`clock_timestamp() - interval '1 hour'`),
      ),
    )
  if (lastHour!.requests >= limit) throw rateLimited(lastHour!.secondsLeft) // Until the oldest is an hour old.
}

export interface RedeemedCode {
  address: string
  details: Record<string, unknown>
}

/**
 * Counts a guess before it is looked at, where the rollback of a refused call does not reach, and holds the request
 * to the end of the transaction: guesses come one at a time, and none is free.
 */
export async function spendTry(db: Db, requestId: string): Promise<void> {
  await db
    .update(oneTimeCodes)
    .set({ tries: sql`${oneTimeCodes.tries} + 1` })
    .where(and(requestOf(requestId), lte(oneTimeCodes.tries, MOST_TRIES)))
}

function requestOf(id: string): SQL | undefined {
  return and(eq(oneTimeCodes.workspaceId, FRONT_DESK.id), eq(oneTimeCodes.id, id))
}

/** Uses the code up; null where it is wrong, expired, used, out of tries or of no request of this purpose. */
export async function redeemCode(
  db: Db,
  secrets: Secrets,
  guess: { purpose: CodePurpose; requestId: string; code: string },
): Promise<RedeemedCode | null> {
  const here = requestOf(guess.requestId)
  const [request] = await db
    .select({ address: oneTimeCodes.address, details: oneTimeCodes.details })
    .from(oneTimeCodes)
    .where(and(here, eq(oneTimeCodes.purpose, guess.purpose), isLive()))
    .for('update')
  const right = sameText(secrets.oneTimeCode(guess.requestId), guess.code)
  if (!request || !right) return null
  await db.update(oneTimeCodes).set({ usedAt: sql`clock_timestamp()`, details: {} }).where(here)
  return request
}

function isLive(): SQL | undefined {
  return and(
    isNull(oneTimeCodes.usedAt),
    gt(oneTimeCodes.expiresAt, sql`clock_timestamp()`),
    lte(oneTimeCodes.tries, MOST_TRIES), // The one being looked at is counted already.
  )
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** The same for every reason: whoever guesses learns nothing from it. */
export function codeRefused(nextTools: string[] = []): Refusal {
  return new Refusal(
    'invalid_input',
    `This code does not open this request. A code serves once, for ${LIFETIME_MINUTES} minutes and ${MOST_TRIES} tries; ask for a new one.`,
    { field: 'code' },
    nextTools,
  )
}

export interface CodeMail {
  purpose: CodePurpose
  to: string
  code: string
  /** Whose customer signs in, in its own words: text from outside. */
  business: string | null
  /** The business that it is of; null: the house's own. */
  workspaceId: string | null
  channel: 'email' | 'sms'
  /** Of the business's accounts, or the server's; null: whatever the house's own mail goes by. */
  provider: 'smtp' | 'resend' | 'twilio' | null
}

/** What to send for a request; null where nothing is: it ended, or asks to sign in where nobody can. */
export async function mailOf(db: Db, secrets: Secrets, requestId: string): Promise<CodeMail | null> {
  const [request] = await db
    .select({
      purpose: oneTimeCodes.purpose,
      to: oneTimeCodes.address,
      business: workspaces.name,
      workspaceId: workspaces.id,
      channel: sql<CodeMail['channel']>`coalesce(${oneTimeCodes.details} ->> 'channel', 'email')`,
      provider: sql<CodeMail['provider']>`${oneTimeCodes.details} ->> 'provider'`,
    })
    .from(oneTimeCodes)
    .leftJoin(
      workspaces,
      sql`${workspaces.id}::text = ${oneTimeCodes.details} ->> 'workspace_id' AND ${oneTimeCodes.purpose} = 'customer'`,
    )
    .where(and(eq(oneTimeCodes.workspaceId, FRONT_DESK.id), eq(oneTimeCodes.id, requestId), isLive(), mayUse))
  return request ? { ...request, code: secrets.oneTimeCode(requestId) } : null
}

/** To sign in takes a membership somewhere; to sign up, to join or to be a customer, none. */
const mayUse = sql`(${oneTimeCodes.purpose} <> 'sign_in' OR EXISTS (
  SELECT FROM ${accounts}, memberships_of(${accounts.id}) WHERE ${accounts.email} = ${oneTimeCodes.address}
))`

/** Addresses are personal data, and the limits look back one hour: older requests need not stay. */
export async function forgetCodes(db: Db): Promise<void> {
  await db
    .delete(oneTimeCodes)
    .where(
      and(
        eq(oneTimeCodes.workspaceId, FRONT_DESK.id),
        lt(oneTimeCodes.createdAt, sql`clock_timestamp() - interval '1 day'`),
      ),
    )
}
