/**
 * The text of a key: `bd_live_` + workspace + secret + checksum, in base62. It names its workspace, so that
 * it can be looked up under row-level security; the checksum tells a mistyped key from a revoked one for free.
 */

import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const keyKinds = ['live', 'test', 'pub'] as const
export type KeyKind = (typeof keyKinds)[number]

/** A customer's token is written as a key is, and is none: it is of a session. */
const tokenKinds = [...keyKinds, 'cus'] as const
export type TokenKind = (typeof tokenKinds)[number]

/** Whether a text says that it is the token of a customer who signed in. */
export function isCustomers(text: string): boolean {
  return text.startsWith('bd_cus_')
}

/** Whether a text says that it is one of those that pages of other sites may send; whether it opens anything is not asked. */
export function isForPages(text: string): boolean {
  return text.startsWith('bd_pub_') || isCustomers(text)
}

export interface NewKey {
  /** Shown once, never stored. */
  text: string
  hash: Buffer
  /** The last four characters, by which a person tells keys apart. */
  hint: string
}

export function newKey(kind: TokenKind, workspaceId: string): NewKey {
  const workspace = BigInt(`0x${workspaceId.replaceAll('-', '')}`)
  const secret = BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`)
  const body = `bd_${kind}_${base62(workspace, WORKSPACE_DIGITS)}${base62(secret, SECRET_DIGITS)}`
  const text = body + checksum(body)
  return { text, hash: hashOf(text), hint: text.slice(-4) }
}

export interface ReadKey {
  kind: TokenKind
  workspaceId: string
  hash: Buffer
}

/** Null where the text is no key of ours; whether it opens anything, only the database knows. */
export function readKey(text: string): ReadKey | null {
  const [, body, kind, workspace, sum] = KEY.exec(text) ?? []
  if (!body || !workspace || sum !== checksum(body)) return null
  const workspaceId = uuidOf(fromBase62(workspace))
  if (!workspaceId) return null
  return { kind: kind as TokenKind, workspaceId, hash: hashOf(text) }
}

/** 256 random bits, so a plain SHA-256 of them is as safe to store as a slow hash of a password. */
const SECRET_BYTES = 32

// Digits that hold 2^128, 2^256 and 2^32 in base 62.
const WORKSPACE_DIGITS = 22
const SECRET_DIGITS = 43
const CHECKSUM_DIGITS = 6

const KEY = new RegExp(
  `^(bd_(${tokenKinds.join('|')})_([0-9A-Za-z]{${WORKSPACE_DIGITS}})[0-9A-Za-z]{${SECRET_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`,
)

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** CRC-32 finds every change within 32 neighbouring bits, so every single wrong character. */
function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_DIGITS)
}

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(number: bigint, digits: number): string {
  let text = ''
  for (let rest = number; text.length < digits; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text
  return text
}

function fromBase62(text: string): bigint {
  let number = 0n
  for (const digit of text) number = number * 62n + BigInt(DIGITS.indexOf(digit))
  return number
}

/** Null for a number that no uuid has: 22 digits reach beyond 2^128. */
function uuidOf(number: bigint): string | null {
  const hex = number.toString(16).padStart(32, '0')
  return hex.length > 32 ? null : hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
