/**
 * What the server can prove with its one secret: one-time codes that no row holds, tokens that nobody can forge, and
 * boxes that nobody else opens.
 */

import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { jwtVerify, SignJWT } from 'jose'
import { openBox, type Sealed, sealBox, sealingKey } from './sealing.ts'

export interface Secrets {
  /** The six digits that belong to a one-time code's uuid. */
  oneTimeCode(id: string): string
  /** A compact JWS that only `open` with the same purpose reads. It is signed, not encrypted. */
  sign(purpose: string, payload: Payload, expiresInSeconds: number): Promise<string>
  /** 128 bits that nobody else can make for a text: for links that hold for ever and are the same each time. */
  proof(purpose: string, text: string): Buffer
  /** What was signed; null where the token is forged, expired or of another purpose. */
  open(purpose: string, token: string): Promise<Payload | null>
  /** Encrypted, to be opened by this server alone and for the very same `bound`: whose it is, and what for. */
  seal(bound: string, text: string): Sealed
  /** null: sealed for something else, or under a secret that this server does not know. */
  unseal(bound: string, sealed: Sealed): string | null
  /** Whether it is sealed under the secret of today. */
  isCurrent(sealed: Pick<Sealed, 'keyId'>): boolean
}

export type Payload = Record<string, unknown>

/**
 * A subkey per purpose, so that a token of one can never pass for another's.
 * @param previous the secret before this one: it still opens what was sealed under it, and proves nothing
 */
export function makeSecrets(serverSecret: Buffer | string, previous?: Buffer | string): Secrets {
  const subkeys = new Map<string, Uint8Array>()
  const keyFor = (purpose: string): Uint8Array => {
    const known = subkeys.get(purpose)
    if (known) return known
    const made = new Uint8Array(hkdfSync('sha256', serverSecret, 'backdesk', purpose, 32))
    subkeys.set(purpose, made)
    return made
  }
  const sealing = sealingKey(serverSecret)
  const opening = [sealing, ...(previous ? [sealingKey(previous)] : [])]

  return {
    oneTimeCode: id => sixDigits(createHmac('sha256', keyFor('one-time code')).update(id).digest()),

    sign: (purpose, payload, expiresInSeconds) =>
      new SignJWT({ data: payload })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience(purpose)
        .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds)
        .sign(keyFor(`token ${purpose}`)),

    proof: (purpose, text) =>
      createHmac('sha256', keyFor(`proof ${purpose}`))
        .update(text)
        .digest()
        .subarray(0, 16),

    async open(purpose, token) {
      try {
        const key = keyFor(`token ${purpose}`)
        const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], audience: purpose })
        return payload.data as Payload
      } catch {
        return null // jose says why by class; whoever sent a bad token is told none of it.
      }
    },

    seal: (bound, text) => sealBox(sealing, bound, text),
    unseal: (bound, sealed) => openBox(opening, bound, sealed),
    isCurrent: ({ keyId }) => keyId === sealing.id,
  }
}

/** RFC 4226's dynamic truncation. 2^31 values over 10^6 codes: none is likelier than another by more than 0.05 %. */
function sixDigits(mac: Buffer): string {
  const offset = mac[mac.length - 1]! & 0x0f
  const number = mac.readUInt32BE(offset) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

const SECRET_BYTES = 32

/** BACKDESK_SECRET where it is set, else the file that the first start made in the data directory. */
export async function loadServerSecret(dataDir: string, fromEnvironment?: string): Promise<Buffer> {
  if (fromEnvironment) return readSecret(fromEnvironment, 'BACKDESK_SECRET')
  const path = join(dataDir, 'secret')
  await mkdir(dataDir, { recursive: true })
  await makeSecretFile(path)
  return readSecret(await readFile(path, 'utf8'), path)
}

/** Two servers that start at once agree: the file appears whole, and the first to name it wins. */
async function makeSecretFile(path: string): Promise<void> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  await file.writeFile(randomBytes(SECRET_BYTES).toString('base64url'))
  await file.sync()
  await file.close()
  try {
    await link(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }
}

/** Any text of enough length serves: HKDF makes keys of it. */
function readSecret(text: string, source: string): Buffer {
  const secret = Buffer.from(text.trim())
  if (secret.length < SECRET_BYTES)
    throw new Error(`${source} must hold at least ${SECRET_BYTES} characters.`)
  return secret
}
