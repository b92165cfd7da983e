/**
 * `confirm`: the preview's token. It lets through the call that was shown and no other: by the same caller, with the same
 * arguments, resting on the same rows, and with the same effect as it turns out when it has run.
 */

import type { Effect } from '../catalog/define.ts'
import { Refusal } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import type { Db } from '../database/pool.ts'
import type { House } from './house.ts'
import { type Claim, claim } from './idempotency.ts'
import { hashOf, type Parsed } from './parse.ts'
import type { ResolvedRequest } from './resolve.ts'

/** Long enough to ask a person who is there, short enough that the preview is still true. */
const TOKEN_SECONDS = 15 * 60

export type Versions = Record<string, string | number>

/** What a preview shows, and what has to be as it was. */
export interface Shown {
  request: ResolvedRequest
  parsed: Parsed
  versions: Versions
  effects: Effect[]
}

export function confirmToken({ secrets }: House, shown: Shown): Promise<string> {
  return secrets.sign('confirm', { bound: boundTo(shown), id: newId() }, TOKEN_SECONDS)
}

/**
 * The token's one use, to be consumed once the call takes effect; null where the call carries none.
 * @throws Refusal `confirmation_invalid` of a token for anything else, or one that was used; `in_progress` while it is
 */
export async function confirmation({ secrets }: House, db: Db, shown: Shown): Promise<Claim | null> {
  const { request, parsed } = shown
  const token = parsed.control.confirm_token
  if (token === undefined) return null
  const signed = await secrets.open('confirm', token)
  const hash = boundTo(shown)
  if (signed?.bound !== hash) throw invalid(request)
  const use = {
    workspaceId: request.workspace.id,
    tool: request.tool,
    key: `confirm_token ${signed.id}`,
    hash,
  }
  if (await claim(db, use)) throw invalid(request)
  return use
}

function invalid({ tool }: ResolvedRequest): Refusal {
  return new Refusal(
    'confirmation_invalid',
    'This confirm_token is of another call, or was used, or has expired, or something changed since the preview. Call without it for a new preview.',
    {},
    [tool],
  )
}

function boundTo({ request: { workspace, tool, principal }, parsed, versions, effects }: Shown): string {
  return hashOf([workspace.id, tool, principal.kind, principal.id, parsed.hash, versions, effects])
}
