/**
 * What a workspace's providers know it by: a password, a token, a key. Encrypted at rest, bound to the workspace and
 * the provider, so that a row put elsewhere opens nothing. A person writes them in the console; the worker reads them.
 */

import { and, asc, eq, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { idText } from '../catalog/kinds.ts'
import type { Db } from '../database/pool.ts'
import type { Secrets } from './secrets.ts'
import { providerCredentials } from './tables.ts'

const Shown = (pattern: RegExp, message: string) => z.string().trim().regex(pattern, message)
const Hidden = (pattern: RegExp, message: string) => Shown(pattern, message).meta({ hidden: true })

/** What each provider gives whoever signs up with it. `hidden`: shown to nobody again. */
export const credentialShapes = {
  smtp: z.strictObject({
    url: Hidden(/^smtps?:\/\/\S{1,500}$/, 'Expected smtp:// or smtps://, with user and password.'),
    from: Shown(
      /^([^<>\r\n]{0,100} <)?[^\s@<>]{1,64}@[^\s@<>]{1,190}>?$/,
      'Expected an address, or Name <address>.',
    ),
  }),
  twilio: z.strictObject({
    account_sid: Shown(/^AC[0-9a-f]{32}$/, 'Expected AC and 32 digits of the Console.'),
    auth_token: Hidden(/^\S{16,100}$/, 'Expected the auth token.'),
    from: Shown(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/,
      'Expected a number as in +34612345678, or a messaging service.',
    ),
  }),
  whatsapp: z.strictObject({
    phone_number_id: Shown(/^\d{5,20}$/, 'Expected the id of the number, digits alone.'),
    business_account_id: Shown(/^\d{5,20}$/, 'Expected the id of the business account, digits alone.'),
    access_token: Hidden(/^\S{20,1000}$/, 'Expected a permanent access token.'),
    app_secret: Hidden(/^\S{16,100}$/, 'Expected the app secret, by which its notices are known.'),
    verify_token: Hidden(/^\S{8,100}$/, 'Expected the verify token that you chose for the webhook.'),
  }),
  stripe: z.strictObject({
    secret_key: Hidden(/^[sr]k_(test|live)_\w{10,250}$/, 'Expected a key that begins with sk_ or rk_.'),
    publishable_key: Shown(/^pk_(test|live)_\w{10,250}$/, 'Expected a key that begins with pk_.'),
    webhook_secret: Hidden(/^whsec_\S{10,250}$/, 'Expected a secret that begins with whsec_.'),
  }),
} as const

export type ProviderName = keyof typeof credentialShapes
export type CredentialsOf<Name extends ProviderName> = z.output<(typeof credentialShapes)[Name]>

export const providerNames = Object.keys(credentialShapes) as ProviderName[]

/** Where each says by itself what happens at a workspace's account. */
export function callbackPath(provider: ProviderName, workspaceId: string): string {
  return `/webhooks/${provider}/${idText('workspace', workspaceId)}`
}

/** Fields that are shown to nobody once they are stored. */
export function hiddenFields(provider: ProviderName): string[] {
  const fields = Object.entries(credentialShapes[provider].shape)
  return fields.filter(([, field]) => field.meta()?.hidden === true).map(([name]) => name)
}

export type Health = 'unchecked' | 'healthy' | 'failing'
/** Why a check failed. Never the provider's own words: they may repeat the secret. */
export type HealthProblem = 'refused' | 'unreachable' | 'unreadable' | 'unexpected_answer'

export interface CredentialState {
  provider: ProviderName
  /** The fields that may be shown, and of the others the last four characters. */
  hints: Record<string, string>
  health: Health
  problem: HealthProblem | null
  checkedAt: Temporal.Instant | null
  updatedAt: Temporal.Instant
  version: number
}

/** Replaces them whole. @param by the member's uuid */
export async function saveCredentials<Name extends ProviderName>(
  db: Db,
  secrets: Secrets,
  where: { workspaceId: string; provider: Name; by: string; now: Temporal.Instant },
  fields: CredentialsOf<Name>,
): Promise<void> {
  const { workspaceId, provider, by, now } = where
  const { keyId, box } = secrets.seal(boundTo(workspaceId, provider), JSON.stringify(fields))
  const row = { keyId, box, hints: hintsOf(provider, fields), health: 'unchecked' as const, problem: null }
  const changes = { ...row, checkedAt: null, updatedBy: by, updatedAt: now }
  await db
    .insert(providerCredentials)
    .values({ workspaceId, provider, ...changes })
    .onConflictDoUpdate({
      target: [providerCredentials.workspaceId, providerCredentials.provider],
      set: { ...changes, version: sql`${providerCredentials.version} + 1` },
    })
}

/** null: there are none, or they cannot be read under this server's secret. */
export async function readCredentials<Name extends ProviderName>(
  db: Db,
  secrets: Secrets,
  workspaceId: string,
  provider: Name,
): Promise<CredentialsOf<Name> | null> {
  const [row] = await db
    .select({ keyId: providerCredentials.keyId, box: providerCredentials.box })
    .from(providerCredentials)
    .where(ofProvider(workspaceId, provider))
  const text = row && secrets.unseal(boundTo(workspaceId, provider), row)
  return text ? (JSON.parse(text) as CredentialsOf<Name>) : null
}

/** What there is, without opening it. */
export async function listCredentials(db: Db, workspaceId: string): Promise<CredentialState[]> {
  return db
    .select(shown)
    .from(providerCredentials)
    .where(eq(providerCredentials.workspaceId, workspaceId))
    .orderBy(asc(providerCredentials.provider))
}

/** null: there are none. */
export async function credentialState(
  db: Db,
  workspaceId: string,
  provider: ProviderName,
): Promise<CredentialState | null> {
  const [row] = await db.select(shown).from(providerCredentials).where(ofProvider(workspaceId, provider))
  return row ?? null
}

/** Whether there were any. */
export async function removeCredentials(
  db: Db,
  workspaceId: string,
  provider: ProviderName,
): Promise<boolean> {
  const gone = await db
    .delete(providerCredentials)
    .where(ofProvider(workspaceId, provider))
    .returning({ provider: providerCredentials.provider })
  return gone.length > 0
}

/**
 * Writes down how a check went, of the version that was checked. What an older server secret had sealed is sealed anew:
 * so after a change of the secret, one check of each is enough to let the older go.
 */
export async function noteHealth(
  db: Db,
  secrets: Secrets,
  { workspaceId, provider, version }: { workspaceId: string; provider: ProviderName; version: number },
  problem: HealthProblem | null,
): Promise<void> {
  const which = and(ofProvider(workspaceId, provider), eq(providerCredentials.version, version))
  const [row] = await db
    .select({ keyId: providerCredentials.keyId, box: providerCredentials.box })
    .from(providerCredentials)
    .where(which)
    .for('update')
  if (!row) return
  const bound = boundTo(workspaceId, provider)
  const text = secrets.isCurrent(row) ? null : secrets.unseal(bound, row)
  await db
    .update(providerCredentials)
    .set({
      health: problem ? 'failing' : 'healthy',
      problem,
      checkedAt: sql`clock_timestamp()`,
      ...(text !== null && secrets.seal(bound, text)),
    })
    .where(which)
}

const shown = {
  provider: providerCredentials.provider,
  hints: providerCredentials.hints,
  health: providerCredentials.health,
  problem: providerCredentials.problem,
  checkedAt: providerCredentials.checkedAt,
  updatedAt: providerCredentials.updatedAt,
  version: providerCredentials.version,
}

function ofProvider(workspaceId: string, provider: ProviderName) {
  return and(eq(providerCredentials.workspaceId, workspaceId), eq(providerCredentials.provider, provider))
}

function boundTo(workspaceId: string, provider: ProviderName): string {
  return `credentials ${workspaceId} ${provider}`
}

function hintsOf(provider: ProviderName, fields: Record<string, string>): Record<string, string> {
  const hidden = new Set(hiddenFields(provider))
  const hints = Object.entries(fields).map(([name, value]) => [
    name,
    hidden.has(name) ? lastFour(provider, value) : value,
  ])
  return Object.fromEntries(hints)
}

/** Of a URL, whose end says little: where it leads, without the user and the password. */
function lastFour(provider: ProviderName, value: string): string {
  if (provider === 'smtp') return URL.canParse(value) ? new URL(value).host : '…'
  return `…${value.slice(-4)}`
}
