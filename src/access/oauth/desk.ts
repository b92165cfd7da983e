/** All that HTTP may do with OAuth's tables: keep and find artifacts, note a consent, show and revoke connections. */

import type { AsPerson } from '../../calls/as-person.ts'
import type { AsSystem } from '../../calls/as-system.ts'
import type { Decider } from '../../calls/decide.ts'
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
  destroyGrant,
  endConnection,
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
  connect(person: Decider, consent: Consent): Promise<void>
  isConnected(grantId: string): Promise<boolean>
  /** @throws Refusal `unauthenticated`, `rate_limited` */
  authenticate(token: string, resource: string): Promise<Caller>
  /** Takes one of what all strangers together may do. @throws Refusal `rate_limited` */
  spend(what: keyof typeof strangers): Promise<void>
  list(looker: Looker): Promise<ShownConnection[]>
  /** @throws Refusal `not_found` */
  revoke(person: Decider, id: string): Promise<void>
}

/** By all of them together: agents behind one vendor share addresses, and an attacker has many. */
const strangers = {
  registration: { perMinute: 30, burst: 300 },
  document: { perMinute: 60, burst: 120 },
} satisfies Record<string, RateLimit>

/** By whom and in whose name it is done stands in the audit, so the road hands in how. */
export interface Acts {
  asPerson: AsPerson
  asSystem: AsSystem
}

export function oauthDesk(
  database: Database,
  secrets: Secrets,
  { asPerson, asSystem }: Acts,
  limit?: RateLimit,
): OAuthDesk {
  const atFrontDesk = <T>(work: Parameters<typeof database.transaction<T>>[2]) =>
    database.transaction(FRONT_DESK.id, {}, work)
  return {
    keep: (key, payload, expiresIn) =>
      atFrontDesk(({ db }) => keepArtifact(db, secrets, key, payload, expiresIn)),
    find: key => atFrontDesk(({ db }) => findArtifact(db, secrets, key)),
    consume: key => atFrontDesk(({ db }) => consumeArtifact(db, key)),
    destroy: key => atFrontDesk(({ db }) => destroyArtifact(db, key)),
    destroyOfGrant: (grantId, model) => atFrontDesk(({ db }) => destroyOfGrant(db, hashOf(grantId), model)),
    async endGrant(grantId) {
      const grant = await destroyGrant(database, grantId)
      if (!grant) return
      const { workspaceId, connectionId: id } = grant
      await asSystem(workspaceId, 'end_client', async ({ db, emit }) => {
        if (await endConnection(db, workspaceId, id))
          emit({ type: 'client.ended', subject: { kind: 'connection', id } })
      })
    },
    connect: (person, consent) =>
      asPerson(person, { doing: 'connect_client', role: 'member' }, async ({ db, emit }) => {
        const id = await connect(db, consent)
        emit({ type: 'client.connected', subject: { kind: 'connection', id } })
      }),
    isConnected: grantId => isConnected(database, grantId),
    authenticate: (token, resource) => authenticateToken(database, secrets, { token, resource }, limit),
    spend: what =>
      atFrontDesk(async ({ db }) => void (await spend(db, FRONT_DESK.id, `oauth ${what}`, strangers[what]))),
    list: looker => listConnections(database, looker),
    revoke: (person, id) =>
      asPerson(person, { doing: 'revoke_client', role: 'member' }, async ({ db, emit }) => {
        const { workspace, principal } = person
        await revokeConnection(db, { workspaceId: workspace.id, principal }, id)
        emit({ type: 'client.revoked', subject: { kind: 'connection', id } })
      }),
  }
}
