/** `confirm`: the preview's token, bound to the arguments, the versions they rest on, and the caller. */

import { Refusal } from '../catalog/refusal.ts'
import type { House } from './house.ts'
import { hashOf, type Parsed } from './parse.ts'
import type { ResolvedRequest } from './resolve.ts'

/** Long enough to ask a person who is there, short enough that the preview is still true. */
const TOKEN_SECONDS = 15 * 60

export type Versions = Record<string, string | number>

export function confirmToken(
  house: House,
  request: ResolvedRequest,
  parsed: Parsed,
  versions: Versions,
): Promise<string> {
  return house.secrets.sign('confirm', boundTo(request, parsed, versions), TOKEN_SECONDS)
}

/** Whether the call carries a token for exactly this. @throws Refusal `confirmation_invalid` when for anything else. */
export async function isConfirmed(
  house: House,
  request: ResolvedRequest,
  parsed: Parsed,
  versions: Versions,
): Promise<boolean> {
  const token = parsed.control.confirm_token
  if (token === undefined) return false
  const claims = await house.secrets.open('confirm', token)
  if (claims?.bound === boundTo(request, parsed, versions).bound) return true
  throw new Refusal(
    'confirmation_invalid',
    'This confirm_token is of another call, or has expired, or something changed since the preview. Call without it for a new preview.',
    {},
    [request.tool],
  )
}

function boundTo({ workspace, tool, principal }: ResolvedRequest, { hash }: Parsed, versions: Versions) {
  return { bound: hashOf([workspace.id, tool, principal.kind, principal.id, hash, versions]) }
}
