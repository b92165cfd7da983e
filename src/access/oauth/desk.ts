/** All that HTTP may do with OAuth's tables: keep and find artifacts, note a consent, show and revoke connections. */

import type { Database } from '../../database/pool.ts'
import type { Caller } from '../authenticate.ts'
import { FRONT_DESK } from '../principal.ts'
import { type RateLimit, spend } from '../rate-limit.ts'
import type { Secrets } from '../secrets.ts'
import {
  type ArtifactKey,
  consumeArtifact,
  destroyArtifact,
  destroyOfGrant,
  findArtifact,
  hashOf,
  keepArtifact,
  type Payload,
} from './artifacts.ts'
import {
  authenticateToken,
  type Consent,
  connect,
  endGrant,
  isConnected,
  type Looker,
  listConnections,
  revokeConnection,
  type ShownConnection,
} from './connections.ts'

export interface OAuthDesk {
  keep(key: ArtifactKey, payload: Payload, expiresIn?: number): Promise<void>
  find(key: ArtifactKey): Promise<Payload | null>
  /** False where it was used already. */
  consume(key: ArtifactKey): Promise<boolean>
  destroy(key: ArtifactKey): Promise<void>
  /** The codes or tokens of one model. */
  destroyOfGrant(grantId: string, model: string): Promise<void>
  endGrant(grantId: string): Promise<void>
  connect(consent: Consent): Promise<void>
  isConnected(grantId: string): Promise<boolean>
  /** @throws Refusal `unauthenticated`, `rate_limited` */
  authenticate(token: string, resource: string): Promise<Caller>
  /** Takes one of what all strangers together may do. @throws Refusal `rate_limited` */
  spend(what: keyof typeof strangers): Promise<void>
  list(looker: Looker): Promise<ShownConnection[]>
  /** @throws Refusal `not_found` */
  revoke(looker: Looker, id: string): Promise<void>
}

/** By all of them together: agents behind one vendor share addresses, and an attacker has many. */
const strangers = {
  registration: { perMinute: 30, burst: 300 },
  document: { perMinute: 60, burst: 120 },
} satisfies Record<string, RateLimit>

export function oauthDesk(database: Database, secrets: Secrets, limit?: RateLimit): OAuthDesk {
  const atFrontDesk = <T>(work: Parameters<typeof database.transaction<T>>[2]) =>
    database.transaction(FRONT_DESK.id, {}, work)
  return {
    keep: (key, payload, expiresIn) =>
      atFrontDesk(({ db }) => keepArtifact(db, secrets, key, payload, expiresIn)),
    find: key => atFrontDesk(({ db }) => findArtifact(db, secrets, key)),
    consume: key => atFrontDesk(({ db }) => consumeArtifact(db, key)),
    destroy: key => atFrontDesk(({ db }) => destroyArtifact(db, key)),
    destroyOfGrant: (grantId, model) => atFrontDesk(({ db }) => destroyOfGrant(db, hashOf(grantId), model)),
    endGrant: grantId => endGrant(database, grantId),
    connect: consent => connect(database, consent),
    isConnected: grantId => isConnected(database, grantId),
    authenticate: (token, resource) => authenticateToken(database, secrets, { token, resource }, limit),
    spend: what =>
      atFrontDesk(async ({ db }) => void (await spend(db, FRONT_DESK.id, `oauth ${what}`, strangers[what]))),
    list: looker => listConnections(database, looker),
    revoke: (looker, id) => revokeConnection(database, looker, id),
  }
}
