/** `/pay/<token>`: where a payment link leads. It works without a script, and looks again by itself while a payment is under way. */

import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { isSandboxCard } from '../../domain/payments/sandbox-cards.ts'
import type { Host } from '../host.ts'
import { linkFormOf, prepareLinkPages } from '../link-pages.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { missingPage, payPage, problemPage } from './pages.ts'

interface Route {
  Params: { token: string }
}

export function registerPayPages(app: FastifyInstance, host: Host): void {
  app.register(async pages => {
    await prepareLinkPages(pages, host, {
      missing: missingPage,
      problem: refusal => problemPage(textOf(refusal)),
    })

    const css = readFileSync(new URL('pay.css', import.meta.url), 'utf8')
    pages.get('/pay.css', (_request, reply) =>
      reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(css),
    )

    pages.get<Route>('/pay/:token', (request, reply) => show(host, request.params.token, reply))

    pages.post<Route>('/pay/:token', async (request, reply) => {
      const { token } = request.params
      const { keep, card = null } = linkFormOf(host, request, token)
      try {
        const press = { keepCard: keep === 'yes', card: isSandboxCard(card) ? card : undefined }
        if (!(await host.payDesk.pay(token, press))) throw notFound('payment link')
        return reply.redirect(`/pay/${token}`, 303)
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 'not_found') throw error
        return show(host, token, reply.code(error.status), textOf(error))
      }
    })

    pages.post<Route>('/pay/:token/answer', async (request, reply) => {
      const { token } = request.params
      await host.payDesk.answer(token, linkFormOf(host, request, token).yes === 'yes')
      return reply.redirect(`/pay/${token}`, 303)
    })
  })
}

async function show(host: Host, token: string, reply: FastifyReply, problem?: string): Promise<FastifyReply> {
  const visit = await host.payDesk.visit(token)
  if (!visit) throw notFound('payment link')
  const { state, last } = visit
  const waits = state === 'under_way' && (last?.state === 'processing' || (last?.actionUrl ?? null) !== null)
  if (waits) reply.header('refresh', '2')
  return sendPage(reply, payPage({ ...visit, token }, problem))
}

function textOf({ code }: Refusal): string {
  return say.pay.refusals[code] ?? say.links.problemMore
}
