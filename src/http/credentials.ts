/** Who sent a request (RFC 6750), and the headers by which they learn why not, or how much is left to them. */

import type { FastifyRequest } from 'fastify'
import { Refusal } from '../catalog/refusal.ts'
import { type Caller, type Host, NOBODY } from './host.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** At an MCP URL: where its metadata are. */
    resourceMetadata?: string
  }
}

/**
 * No `Authorization` header is nobody; a wrong one is refused, so that a mistyped key is never taken for nobody.
 * @param resource the MCP URL that was called: OAuth's tokens are for those, and open nothing else
 * @throws Refusal `unauthenticated`, `rate_limited`
 */
export async function callerOf(host: Host, request: FastifyRequest, resource?: string): Promise<Caller> {
  const { authorization } = request.headers
  if (authorization === undefined) return NOBODY
  const [, token] = BEARER.exec(authorization) ?? []
  if (token === undefined) {
    throw new Refusal('unauthenticated', 'Expected the header `Authorization: Bearer <API key>`.')
  }
  const isKey = token.startsWith('bd_') || resource === undefined
  return isKey ? host.authenticate(token, request.headers.origin) : host.oauth.authenticate(token, resource)
}

/** RFC 6750, section 2.1, and a length that no credential of ours reaches. */
const BEARER = /^Bearer +([\w.~+/-]{1,1024}=*)$/i

/**
 * The structured fields of draft-ietf-httpapi-ratelimit-headers-10: the policy's quota, and what is left of it.
 * Older drafts had `RateLimit-Limit` and its kin; those names are gone.
 */
export function rateHeaders({ rate }: Caller): Record<string, string> {
  if (!rate) return {}
  return { 'ratelimit-policy': `"key";q=${rate.limit}`, ratelimit: `"key";r=${rate.remaining}` }
}

/** What HTTP says beside a refusal: how to sign in (401), when to come back (429). */
export function refusalHeaders({ code, details }: Refusal, request: FastifyRequest): Record<string, string> {
  if (code === 'unauthenticated') return { 'www-authenticate': challenge(request) }
  if (details.insufficient_scope) return { 'www-authenticate': stepUp(request, details.scope) }
  if (typeof details.retry_after_seconds !== 'number') return {}
  const wait = { 'retry-after': String(details.retry_after_seconds) }
  return code === 'rate_limited' ? { ...wait, ...spentHeaders(details) } : wait
}

/** Of who has nothing left: how many seconds until something is (`t`). A flow that counts otherwise has no quota to tell. */
function spentHeaders({ limit, retry_after_seconds: wait }: Refusal['details']): Record<string, string> {
  const policy = limit === undefined ? 'flow' : 'key'
  return {
    ...(limit !== undefined && { 'ratelimit-policy': `"${policy}";q=${limit}` }),
    ratelimit: `"${policy}";r=0;t=${wait}`,
  }
}

/** An error is named only to who tried a token (RFC 6750, section 3.1). */
function challenge(request: FastifyRequest): string {
  const parameters = ['realm="Backdesk"', ...signInOf(request)]
  if (request.headers.authorization !== undefined) parameters.push('error="invalid_token"')
  return `Bearer ${parameters.join(', ')}`
}

/** Where a client learns how to sign in (RFC 9728, section 5.1): at an MCP URL, the only ones that take its tokens. */
function signInOf({ resourceMetadata }: FastifyRequest): string[] {
  return resourceMetadata ? [`resource_metadata="${resourceMetadata}"`] : []
}

/** RFC 6750, section 3: what the client should ask its member for. */
function stepUp(request: FastifyRequest, scope: unknown): string {
  const parameters = [
    'realm="Backdesk"',
    'error="insufficient_scope"',
    `scope="${scope}"`,
    ...signInOf(request),
  ]
  return `Bearer ${parameters.join(', ')}`
}

/** How a program names itself, fit to be stored: a text from outside. */
export function clientName(...names: (string | undefined)[]): string | undefined {
  const name = names.find(Boolean)
  return (
    name
      ?.slice(0, 200)
      .toWellFormed()
      .replace(/\p{Cc}/gu, ' ')
      .trim() || undefined
  )
}
