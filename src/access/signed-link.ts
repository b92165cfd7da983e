/**
 * Tokens of links that people keep: which workspace, which row of it, one number, and a proof that this server said
 * so. Short enough for a text message, the same each time, and looked up under row-level security by what it says.
 */

import { timingSafeEqual } from 'node:crypto'
import type { Secrets } from './secrets.ts'

export interface LinkClaims {
  workspaceId: string
  /** uuid of what it is about. */
  subjectId: string
  /** What else decides: an expiry, a generation. Not negative, below 2^48. */
  number: number
}

/** Two uuids, six bytes and a proof: 54 bytes, 72 characters. @param purpose one's token never passes for another's */
export function linkToken(secrets: Secrets, purpose: string, claims: LinkClaims): string {
  const number = Buffer.alloc(NUMBER_BYTES)
  number.writeUIntBE(claims.number, 0, NUMBER_BYTES)
  const parts = [bytesOf(claims.workspaceId), bytesOf(claims.subjectId), number]
  return Buffer.concat([...parts, proofOf(secrets, purpose, claims)]).toString('base64url')
}

/** null: this server has made no such token for this purpose. */
export function readLinkToken(secrets: Secrets, purpose: string, token: string): LinkClaims | null {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== 54 || bytes.toString('base64url') !== token) return null
  const claims = {
    workspaceId: uuidOf(bytes.subarray(0, 16)),
    subjectId: uuidOf(bytes.subarray(16, 32)),
    number: bytes.readUIntBE(32, NUMBER_BYTES),
  }
  return timingSafeEqual(bytes.subarray(38), proofOf(secrets, purpose, claims)) ? claims : null
}

const NUMBER_BYTES = 6

function proofOf(secrets: Secrets, purpose: string, { workspaceId, subjectId, number }: LinkClaims): Buffer {
  return secrets.proof(purpose, `${workspaceId} ${subjectId} ${number}`)
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
