/**
 * `/i/<token>`: where the link of an invoice leads. The page works without a script; its PDFs and the way to pay hang
 * below it. A link that was never ours, has ended, or leads to nothing any more gets one and the same answer.
 */

import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { fileNameOf, pdfOf } from '../../domain/invoices/pdf.ts'
import type { Host } from '../host.ts'
import { linkFormOf, prepareLinkPages } from '../link-pages.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { invoicePage, missingPage, problemPage } from './pages.ts'

interface Route {
  Querystring: { part?: unknown; flows?: unknown }
  Params: { token: string; note: string }
}

export function registerInvoicePages(app: FastifyInstance, host: Host): void {
  app.register(async pages => {
    await prepareLinkPages(pages, host, {
      missing: missingPage,
      problem: refusal => problemPage(textOf(refusal)),
    })
    const css = readFileSync(new URL('invoice.css', import.meta.url), 'utf8')
    pages.get('/invoice.css', (_request, reply) =>
      reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600').send(css),
    )

    pages.get<Route>('/i/:token', ({ params, query }, reply) =>
      show(host, { token: params.token, part: String(query.part), flows: String(query.flows) }, reply),
    )
    pages.get<Route>('/i/:token/pdf', (request, reply) => file(host, request.params.token, null, reply))
    pages.get<Route>('/i/:token/credit-notes/:note/pdf', ({ params }, reply) =>
      file(host, params.token, params.note, reply),
    )

    pages.post<Route>('/i/:token/pay', async (request, reply) => {
      const { token } = request.params
      linkFormOf(host, request, token)
      try {
        const url = await host.invoiceDesk.pay(token)
        if (!url) throw notFound('invoice')
        return reply.redirect(new URL(url).pathname, 303)
      } catch (error) {
        if (!(error instanceof Refusal) || error.code === 'not_found') throw error
        return show(host, { token }, reply.code(error.status), textOf(error))
      }
    })
  })
}

async function show(
  host: Host,
  at: { token: string; part?: string; flows?: string },
  reply: FastifyReply,
  problem?: string,
): Promise<FastifyReply> {
  const visit = await host.invoiceDesk.visit(at.token, say.paper)
  if (!visit) throw notFound('invoice')
  return sendPage(reply, invoicePage({ ...visit, ...at }, problem))
}

async function file(host: Host, token: string, note: string | null, reply: FastifyReply) {
  const paper = await host.invoiceDesk.paper(token, note, say.paper)
  if (!paper) throw notFound('invoice')
  return reply
    .type('application/pdf')
    .header('content-disposition', `attachment; filename="${fileNameOf(paper)}"`)
    .send(await pdfOf(paper))
}

function textOf({ code }: Refusal): string {
  return say.invoice.refusals[code] ?? say.links.problemMore
}
