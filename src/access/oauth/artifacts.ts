/**
 * What the authorization server must find again: codes, tokens, sign-ins under way, registered clients. Whoever reads
 * these rows can use none of them: the key is the hash of an id that is itself the secret, and the rest is sealed.
 */

import { createHash } from 'node:crypto'
import { and, eq, gt, isNull, lt, notExists, or, type SQL, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import type { Db } from '../../database/pool.ts'
import type { Secrets } from '../secrets.ts'
import { oauthArtifacts, oauthGrants } from './tables.ts'

export type Payload = Record<string, unknown>

/** Of 256 random bits, so that a plain hash is as safe as a slow one. */
export function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest()
}

/** @param expiresIn seconds; undefined: for as long as it is wanted */
export async function keepArtifact(
  db: Db,
  secrets: Secrets,
  { model, id }: ArtifactKey,
  { jti: _, ...payload }: Payload,
  expiresIn?: number,
): Promise<void> {
  const idHash = hashOf(id)
  const { keyId, box } = secrets.seal(boundOf(model, idHash), JSON.stringify(payload))
  const row = {
    grantHash: typeof payload.grantId === 'string' ? hashOf(payload.grantId) : null,
    keyId,
    box,
    expiresAt: expiresIn === undefined ? null : Temporal.Now.instant().add({ seconds: expiresIn }),
  }
  await db
    .insert(oauthArtifacts)
    .values({ model, idHash, ...row })
    .onConflictDoUpdate({ target: [oauthArtifacts.model, oauthArtifacts.idHash], set: row })
}

export interface ArtifactKey {
  /** As oidc-provider calls it: `AccessToken`, `Grant`, … */
  model: string
  id: string
}

/** null: unknown, or its time is over, whether or not it has been swept. */
export async function findArtifact(
  db: Db,
  secrets: Secrets,
  { model, id }: ArtifactKey,
): Promise<Payload | null> {
  const [row] = await db
    .select()
    .from(oauthArtifacts)
    .where(and(is({ model, id }), isLive()))
  const text = row && secrets.unseal(boundOf(model, row.idHash), row)
  if (!row || !text) return null
  const consumed = row.consumedAt && Math.floor(row.consumedAt.epochMilliseconds / 1000)
  return { ...JSON.parse(text), ...(model !== 'Client' && { jti: id }), ...(consumed && { consumed }) }
}

/** Opens what was read beside something else. */
export function unsealed(
  secrets: Secrets,
  { model, id }: ArtifactKey,
  sealed: { keyId: string; box: Buffer },
): Payload | null {
  const text = secrets.unseal(boundOf(model, hashOf(id)), sealed)
  return text ? JSON.parse(text) : null
}

/** False for who comes second: of two that use one code or refresh token at the same time, one gets nothing. */
export async function consumeArtifact(db: Db, key: ArtifactKey): Promise<boolean> {
  const used = await db
    .update(oauthArtifacts)
    .set({ consumedAt: sql`clock_timestamp()` })
    .where(and(is(key), isNull(oauthArtifacts.consumedAt)))
    .returning({ model: oauthArtifacts.model })
  return used.length > 0
}

export async function destroyArtifact(db: Db, key: ArtifactKey): Promise<void> {
  await db.delete(oauthArtifacts).where(is(key))
}

/** Every code and token of a grant, or those of one model. */
export async function destroyOfGrant(db: Db, grantHash: Buffer, model?: string): Promise<void> {
  await db
    .delete(oauthArtifacts)
    .where(and(eq(oauthArtifacts.grantHash, grantHash), model ? eq(oauthArtifacts.model, model) : undefined))
}

/** What has expired, and clients that registered a month ago and that nobody let in. Nothing depends on it. */
export async function forgetArtifacts(db: Db): Promise<void> {
  const over = sql`clock_timestamp() - interval '1 day'`
  await db.delete(oauthArtifacts).where(lt(oauthArtifacts.expiresAt, over))
  await db.delete(oauthGrants).where(lt(oauthGrants.expiresAt, over))
  await db
    .delete(oauthArtifacts)
    .where(
      and(
        eq(oauthArtifacts.model, 'Client'),
        lt(oauthArtifacts.createdAt, sql`clock_timestamp() - interval '30 days'`),
        notExists(
          db
            .select({ one: sql`1` })
            .from(oauthGrants)
            .where(eq(oauthGrants.clientHash, oauthArtifacts.idHash)),
        ),
      ),
    )
}

function is({ model, id }: ArtifactKey): SQL | undefined {
  return and(eq(oauthArtifacts.model, model), eq(oauthArtifacts.idHash, hashOf(id)))
}

function isLive(): SQL | undefined {
  return or(isNull(oauthArtifacts.expiresAt), gt(oauthArtifacts.expiresAt, sql`clock_timestamp()`))
}

/** A box of one row opens in no other. */
function boundOf(model: string, idHash: Buffer): string {
  return `oauth ${model} ${idHash.toString('base64url')}`
}
