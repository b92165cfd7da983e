/** Authenticated encryption of what must be kept and read again: a provider's password. AES-256-GCM (NIST SP 800-38D). */

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

export interface Sealed {
  /** Which server secret it was sealed under. */
  keyId: string
  /** Nonce, tag, ciphertext. */
  box: Buffer
}

export interface SealingKey {
  id: string
  key: Uint8Array
}

/** The id says which secret it comes of, and nothing about it. */
export function sealingKey(serverSecret: Buffer | string): SealingKey {
  const key = new Uint8Array(hkdfSync('sha256', serverSecret, 'backdesk', 'sealing', 32))
  return { key, id: createHash('sha256').update('sealing key ').update(key).digest('hex').slice(0, 16) }
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** A random nonce each time: 2^32 boxes under one key before two may be alike (SP 800-38D, section 8.3). */
export function sealBox({ id, key }: SealingKey, bound: string, text: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(bound))
  const written = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return { keyId: id, box: Buffer.concat([nonce, cipher.getAuthTag(), written]) }
}

/** null: of no key here, of something else, or not whole. */
export function openBox(keys: SealingKey[], bound: string, { keyId, box }: Sealed): string | null {
  const found = keys.find(({ id }) => id === keyId)
  if (!found || box.length < NONCE_BYTES + TAG_BYTES) return null
  const nonce = box.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', found.key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(bound))
  decipher.setAuthTag(box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    const written = box.subarray(NONCE_BYTES + TAG_BYTES)
    return Buffer.concat([decipher.update(written), decipher.final()]).toString('utf8')
  } catch {
    return null // The tag does not fit: another workspace's, another provider's, or a byte that was changed.
  }
}
