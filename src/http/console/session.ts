/** Signing in to the console: a code by mail, then a cookie that no script reads and no other site sends. */

import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Email, Id, Instant } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Caller, Host } from '../host.ts'
import { mustBeOurPage } from '../pages/own-page.ts'
import { say } from '../texts/index.ts'
import { bodyOf } from './body.ts'

const Asked = z.strictObject({ email: Email() })
const Guess = z.strictObject({
  request_id: Id('request'),
  code: z.string().regex(/^\d{6}$/, say.signIn.sixDigits),
  workspace_id: Id('workspace').optional(),
})
const Requested = z.object({ request_id: Id('request'), expires_at: Instant() })
const SignedIn = z.object({ workspace_id: Id('workspace'), expires_at: Instant() })

export function registerSession(app: FastifyInstance, host: Host): void {
  app.register(cookie)
  app.post('/console/session/request', async request => {
    mustBeOurPage(request, host)
    const { email } = bodyOf(Asked, request)
    return z.encode(Requested, await host.requestSignIn(email))
  })

  app.post('/console/session', async (request, reply) => {
    mustBeOurPage(request, host)
    return z.encode(SignedIn, await startSession(host, request, reply, bodyOf(Guess, request)))
  })

  app.delete('/console/session', async (request, reply) => {
    mustBeOurPage(request, host)
    await endSession(host, request, reply)
    return reply.code(204).send()
  })
}

/** @throws Refusal `invalid_input` for a wrong code, `rate_limited` after too many */
export async function startSession(
  host: Host,
  request: FastifyRequest,
  reply: FastifyReply,
  guess: z.output<typeof Guess>,
): Promise<z.output<typeof SignedIn>> {
  const { token, ...signedIn } = await host.verifySignIn({
    ...guess,
    user_agent: request.headers['user-agent'],
  })
  keepSession(host, reply, token)
  return signedIn
}

/** In a cookie that no script reads and no other site's page sends. */
export function keepSession(host: Host, reply: FastifyReply, token: string): void {
  setCookie(reply, host, token, COOKIE_SECONDS)
}

export async function endSession(host: Host, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { [COOKIE]: token } = request.cookies
  if (token) await host.signOut(token)
  setCookie(reply, host, '', 0)
}

/** @throws Refusal `unauthenticated`, or `forbidden_scope` when another site's page sent the cookie along */
export async function personOf(host: Host, request: FastifyRequest): Promise<Caller> {
  const token = tokenOf(request)
  mustBeOurPage(request, host)
  return host.authenticateSession(token)
}

/** The address of who is signed in here; null where nobody is. */
export async function addressOf(host: Host, request: FastifyRequest): Promise<string | null> {
  try {
    return await host.sessions.email(tokenOf(request))
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unauthenticated') return null
    throw error
  }
}

/** @throws Refusal `unauthenticated` */
export function tokenOf({ cookies }: FastifyRequest): string {
  const token = cookies[COOKIE]
  if (!token) throw new Refusal('unauthenticated', 'Sign in to the console first.')
  return token
}

const COOKIE = 'backdesk_session'
/** A session's absolute life (access/sessions.ts). */
const COOKIE_SECONDS = 14 * 24 * 60 * 60

function setCookie(reply: FastifyReply, { publicUrl }: Host, token: string, maxAge: number): void {
  const secure = publicUrl.startsWith('https:')
  reply.setCookie(COOKIE, token, { path: '/', maxAge, httpOnly: true, sameSite: 'lax', secure })
}
