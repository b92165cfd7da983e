/**
 * The authorization server's keys. They are derived from the server's secret and the quarter of the year, so every host
 * has the same ones without a word between them, nothing is stored, and a quarter's turn is a rotation.
 */

import { createPrivateKey, timingSafeEqual } from 'node:crypto'
import type { Secrets } from '../../access/secrets.ts'

/** Signs and checks cookies by Koa's rules. What was signed in the quarter before still holds. */
export function cookieKeys(secrets: Pick<Secrets, 'proof'>, now: () => number = Date.now) {
  const proofs = (text: string) =>
    quarters(now()).map(quarter => secrets.proof(`oauth cookie ${quarter}`, text).toString('base64url'))
  const index = (text: string, proof: string) => proofs(text).findIndex(known => isSame(known, proof))
  return {
    sign: (text: string) => proofs(text)[0]!,
    index,
    verify: (text: string, proof: string) => index(text, proof) >= 0,
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Ed25519, for whatever the provider signs. Access tokens are opaque, so no call rests on these. */
export function signingKeys(secrets: Pick<Secrets, 'proof'>, now = Date.now()) {
  return quarters(now).map(quarter => {
    const seed = Buffer.concat(
      ['first half', 'second half'].map(half => secrets.proof(`oauth signing ${quarter}`, half)),
    )
    const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })
    return { ...key.export({ format: 'jwk' }), use: 'sig', alg: 'EdDSA', kid: quarter }
  })
}

/** What stands before the 32 bytes of a key in DER (RFC 8410, section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** This one and the one before: `2026-4`, `2026-3`. */
function quarters(now: number): [string, string] {
  const date = new Date(now)
  const count = date.getUTCFullYear() * 4 + Math.floor(date.getUTCMonth() / 3)
  const name = (quarter: number) => `${Math.floor(quarter / 4)}-${(quarter % 4) + 1}`
  return [name(count), name(count - 1)]
}
