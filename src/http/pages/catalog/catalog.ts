/** The routes of the catalog: for people, and for programs that read it whole. */

import { createHash } from 'node:crypto'
import { closest } from 'fastest-levenshtein'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Catalog } from '../../../catalog/catalog.ts'
import { say } from '../../texts/index.ts'
import { html } from '../html.ts'
import { page, siteNav } from '../page.ts'
import { catalogJson, llmsText } from './documents.ts'
import { chosen, isEmpty, readFilter } from './filter.ts'
import { listPage } from './list.ts'
import { toolPage } from './tool.ts'

export function registerCatalog(app: FastifyInstance, catalog: Catalog, publicUrl: string): void {
  app.get<{ Querystring: Record<string, unknown> }>('/catalog', (request, reply) =>
    reply.type(HTML).send(listPage(catalog, readFilter(request.query), publicUrl)),
  )
  app.get<{ Params: { tool: string } }>('/catalog/:tool', (request, reply) => {
    const entry = catalog.get(request.params.tool)
    if (!entry) return reply.code(404).type(HTML).send(noSuchTool(catalog, request.params.tool))
    return reply.type(HTML).send(toolPage(catalog, entry, publicUrl))
  })
  const whole = documentOf(JSON_TYPE, catalogJson(catalog.entries, publicUrl))
  app.get<{ Querystring: Record<string, unknown> }>('/catalog.json', (request, reply) => {
    const filter = readFilter(request.query)
    if (isEmpty(filter)) return sendDocument(request, reply, whole)
    return reply.type(JSON_TYPE).send(catalogJson(chosen(catalog, filter), publicUrl))
  })
  const llms = documentOf('text/plain; charset=utf-8', llmsText(catalog, publicUrl))
  app.get('/llms.txt', (request, reply) => sendDocument(request, reply, llms))
}

const HTML = 'text/html; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'

function noSuchTool({ entries }: Catalog, name: string): string {
  const nearest = closest(
    name.slice(0, 64),
    entries.map(({ tool }) => tool.name),
  )
  return page(
    say.catalog.noSuch,
    html`<p class="lede">${say.catalog.nearest(html`<code>${name}</code>`, html`<a href="/catalog/${nearest}"><code>${nearest}</code></a>`)}</p>
<p class="actions"><a class="button" href="/catalog?q=${encodeURIComponent(name.replaceAll('_', ' '))}">${say.catalog.search}</a>
<a class="button" href="/catalog">${say.catalog.showAll}</a></p>`,
    { nav: siteNav('/catalog') },
  )
}

/** Made once, at boot: it changes with the program alone. */
interface Document {
  type: string
  text: string
  etag: string
}

function documentOf(type: string, text: string): Document {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
  return { type, text, etag }
}

function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, text, etag }: Document,
): FastifyReply {
  reply.headers({ etag, 'cache-control': 'public, max-age=300' })
  if (knows(request, etag)) return reply.code(304).send()
  return reply.type(type).send(text)
}

/** If-None-Match compares weakly (RFC 9110, section 13.1.2). */
function knows(request: FastifyRequest, etag: string): boolean {
  const known = request.headers['if-none-match']?.split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return known?.some(tag => tag === etag || tag === '*') ?? false
}
