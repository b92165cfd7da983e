/**
 * Pages of other sites, with a publishable key or their customer's token (Fetch standard, CORS). A preflight does not
 * say with which key the call will come, so it is answered for origins that some key names; the call itself is held to
 * its own key's (access/origins.ts). No cookie is let through, so nobody's console can be reached this way.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { isForPages } from '../access/api-key.ts'

/** A browser that asks first, or a call with what pages are given. Nothing else of another site is let in. */
export function comesFromPage({ method, url, headers }: FastifyRequest): boolean {
  if (!/^\/(v1|mcp)[/?]|^\/mcp$/.test(url)) return false
  if (method === 'OPTIONS') return headers['access-control-request-method'] !== undefined
  const [, token = ''] = /^Bearer +(\S+)/i.exec(headers.authorization ?? '') ?? []
  return isForPages(token)
}

/** Lets the page read the answer, refusals too, so that it can tell its visitor to sign in again. */
export function letPageRead({ method }: FastifyRequest, reply: FastifyReply, origin: string) {
  reply.headers({ 'access-control-allow-origin': origin, vary: 'Origin' })
  if (method !== 'OPTIONS') {
    reply.header('access-control-expose-headers', EXPOSED)
    return
  }
  return reply
    .code(204)
    .headers({
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': ACCEPTED,
      'access-control-max-age': '600', // A key that is revoked is refused all the same.
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    })
    .send()
}

const ACCEPTED =
  'Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, Mcp-Method, Mcp-Name, Mcp-Protocol-Version, Mcp-Session-Id'
const EXPOSED = 'ETag, RateLimit, RateLimit-Policy, Request-Id, Retry-After, WWW-Authenticate'
