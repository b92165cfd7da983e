/** The code of a gift card: shown once, kept as a proof alone. */

import { randomInt } from 'node:crypto'
import type { Context } from '../context.ts'

/** Crockford's digits without those that a hand confuses. 16 of 30: 78 bits, nothing to guess at 1,200 calls a minute. */
const DIGITS = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

export function makeCode(): string {
  const digits = Array.from({ length: 16 }, () => DIGITS[randomInt(DIGITS.length)]).join('')
  return digits.replace(/(.{4})(?=.)/g, '$1-')
}

/** As people write it: in any case, with spaces and hyphens or without. */
export function proofOfCode({ secrets, workspace }: Context, code: string): Buffer {
  return secrets.proof('gift card', `${workspace.id} ${plain(code)}`)
}

export function lastFourOf(code: string): string {
  return plain(code).slice(-4)
}

function plain(code: string): string {
  return code.toUpperCase().replace(/[^0-9A-Z]/g, '')
}
