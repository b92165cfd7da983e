/**
 * `/console/join/<token>`: where the link of an invitation leads. To look changes nothing; whoever proves the invited
 * address, by a code or by being signed in with it, joins the team and goes on in its console.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Id } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Invitation } from '../../domain/team/invitation.ts'
import { refusalHeaders } from '../credentials.ts'
import type { Host } from '../host.ts'
import { linkFormOf, prepareLinkPages } from '../link-pages.ts'
import type { Html } from '../pages/html.ts'
import { reasonOf } from '../pages/language.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { codePage, endedPage, invitationPage, problemPage } from './join-pages.ts'
import { addressOf, endSession, keepSession, tokenOf } from './session.ts'

interface Route {
  Params: { token: string }
  Querystring: { request?: unknown }
}

const WELCOME = '/console?said=joined'

export function registerJoin(app: FastifyInstance, host: Host): void {
  app.register(async pages => {
    await prepareLinkPages(pages, host, {
      missing: () => endedPage('gone'),
      problem: refusal => problemPage(reasonOf(refusal)),
    })

    pages.get<Route>('/console/join/:token', (request, reply) => show(host, request, reply))

    pages.post<Route>('/console/join/:token', async (request, reply) => {
      const { token } = request.params
      linkFormOf(host, request, token)
      try {
        await host.joinDesk.joinAs(token, tokenOf(request))
        return reply.redirect(WELCOME, 303)
      } catch (error) {
        if (!isOneOf(error, ['unauthenticated', 'forbidden_scope', 'not_found'])) throw error
        return show(host, request, reply.code(error.status)) // As it stands by now.
      }
    })

    pages.post<Route>('/console/join/:token/code', async (request, reply) => {
      const { token } = request.params
      linkFormOf(host, request, token)
      try {
        const { request_id } = await host.joinDesk.requestCode(token)
        const query = new URLSearchParams({ request: RequestId.encode(request_id) })
        return reply.redirect(`/console/join/${token}/code?${query}`, 303)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        reply.headers(refusalHeaders(error, request))
        return show(host, request, reply.code(error.status), reasonOf(error))
      }
    })

    pages.get<Route>('/console/join/:token/code', (request, reply) =>
      askForCode(host, request, reply, String(request.query.request ?? '')),
    )

    pages.post<Route>('/console/join/:token/enter', async (request, reply) => {
      const { token } = request.params
      const { request: requestId = '', code = '' } = linkFormOf(host, request, token)
      const again = (status: number, wrong: Html | string) =>
        askForCode(host, request, reply.code(status), requestId, wrong)
      const guess = Guess.safeParse({ request_id: requestId, code: code.replace(/\s/g, '') })
      if (!guess.success) return again(422, say.signIn.sixDigits)
      try {
        const user_agent = request.headers['user-agent']
        const signIn = await host.joinDesk.joinByCode(token, { ...guess.data, user_agent })
        keepSession(host, reply, signIn.token)
        return reply.redirect(WELCOME, 303)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return again(error.status, error.details.field === 'code' ? say.signIn.wrong : reasonOf(error))
      }
    })

    pages.post<Route>('/console/join/:token/sign-out', async (request, reply) => {
      const { token } = request.params
      linkFormOf(host, request, token)
      await endSession(host, request, reply)
      return reply.redirect(`/console/join/${token}`, 303)
    })
  })
}

const RequestId = Id('request')
const Guess = z.object({ request_id: RequestId, code: z.string().regex(/^\d{6}$/) })

function isOneOf(error: unknown, codes: string[]): error is Refusal {
  return error instanceof Refusal && codes.includes(error.code)
}

type ReadRequest = FastifyRequest<Route>

async function show(
  host: Host,
  request: ReadRequest,
  reply: FastifyReply,
  wrong?: Html | string,
): Promise<FastifyReply> {
  const { token } = request.params
  const invitation = await host.joinDesk.read(token)
  if (typeof invitation === 'string') return ended(reply, invitation)
  const own = await addressOf(host, request)
  return sendPage(reply, invitationPage({ token, ...invitation }, own, wrong))
}

async function askForCode(
  host: Host,
  { params: { token } }: ReadRequest,
  reply: FastifyReply,
  requestId: string,
  wrong?: Html | string,
): Promise<FastifyReply> {
  const invitation = await host.joinDesk.read(token)
  if (typeof invitation === 'string') return ended(reply, invitation)
  return sendPage(reply, codePage({ token, ...invitation }, requestId, wrong))
}

/** Of a link that never was one of ours it cannot be said that it is over (RFC 9110, section 15.5.11). */
function ended(reply: FastifyReply, why: Extract<Invitation, string>): FastifyReply {
  return sendPage(reply.code(why === 'gone' ? 404 : 410), endedPage(why))
}
