/** Sign-up by an agent, with no credentials: a code to an email, then a workspace, its owner and one key. */

import { sql } from 'drizzle-orm'
import { newId } from '../database/columns.ts'
import type { Db } from '../database/pool.ts'
import type { Context } from '../domain/context.ts'
import { type IssuedKey, issueKey } from './keys.ts'
import { type CodeLimits, type CodeRequest, codeRefused, redeemCode, requestCode } from './one-time-codes.ts'
import type { Workspace } from './principal.ts'
import { allScopes } from './scopes.ts'
import { accounts } from './tables.ts'
import { createWorkspace } from './workspaces.ts'

export interface SignUpRequest {
  email: string
  organisation_name: string
  person_name?: string
  time_zone: string
  currency: string
  country: string
}

/**
 * The answer is the same for every email: whether it is known is looked up only once its owner has proved it.
 * @throws rate_limited, provider_error
 */
export async function requestSignUp(
  ctx: Context,
  asked: SignUpRequest,
  limits?: CodeLimits,
): Promise<CodeRequest> {
  const { email, ...details } = asked
  const request = await requestCode(ctx.db, { purpose: 'sign_up', address: email, details }, ctx.mail, limits)
  ctx.emit({ type: 'sign_up.requested', subject: { kind: 'request', id: request.request_id } })
  return request
}

export interface SignUp extends IssuedKey {
  workspace: Workspace
  member_id: string
}

/**
 * A request id and its code make one workspace, however often and in parallel they are sent. The call has spent a try
 * before (`spendTry`).
 * @throws invalid_input, the same for every reason
 */
export async function verifySignUp(
  ctx: Context,
  guess: { request_id: string; code: string },
): Promise<SignUp> {
  const founded = await foundWorkspace(ctx, guess)
  if (!founded) throw codeRefused(['register_organisation_request'])
  const { workspace, memberId } = founded
  const issued = await issueKey(ctx.db, workspace, {
    memberId,
    name: 'Sign-up key',
    role: 'owner',
    scopes: [...allScopes],
  })
  await ctx.enterWorkspace(ctx.workspace.id)
  return { workspace, member_id: memberId, ...issued }
}

export interface Founded {
  workspace: Workspace
  memberId: string
  email: string
}

/** Leaves the transaction in the new workspace. null: the code does not open the request, for whatever reason. */
export async function foundWorkspace(
  ctx: Context,
  { request_id: requestId, code }: { request_id: string; code: string },
): Promise<Founded | null> {
  const request = await redeemCode(ctx.db, ctx.secrets, { purpose: 'sign_up', requestId, code })
  if (!request) return null
  const asked = request.details as unknown as Omit<SignUpRequest, 'email'>
  const name = asked.person_name ?? 'Owner' // Never the email: names show where emails must not.
  const { workspace, memberIds } = await createWorkspace(
    ctx,
    {
      name: asked.organisation_name,
      timeZone: asked.time_zone,
      currency: asked.currency,
      country: asked.country,
    },
    [{ accountId: await accountOf(ctx.db, request.address, asked.person_name), role: 'owner', name }],
  )
  return { workspace, memberId: memberIds[0]!, email: request.address }
}

/** The person's account, made where there is none. The update changes nothing: it lets a known one be returned. */
export async function accountOf(db: Db, email: string, name?: string): Promise<string> {
  const [account] = await db
    .insert(accounts)
    .values({ id: newId(), email, name })
    .onConflictDoUpdate({
      target: accounts.email,
      set: { name: sql`coalesce(${accounts.name}, excluded.name)` },
    })
    .returning({ id: accounts.id })
  return account!.id
}
