/** What a browser shows to developers; the console has routes of its own. */

import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { setBrowserHeaders } from './browser-headers.ts'
import { registerCatalog } from './catalog/catalog.ts'
import { registerConnect } from './connect.ts'
import { registerErrors } from './errors.ts'
import { registerMailbox } from './mailbox.ts'
import { registerUnsubscribe } from './unsubscribe.ts'

export function registerPages(app: FastifyInstance, host: Host): void {
  registerUnsubscribe(app, host)
  app.register(async pages => {
    await setBrowserHeaders(pages, host.publicUrl)
    registerCatalog(pages, host.catalog, host.publicUrl)
    registerConnect(pages, host.publicUrl, host.mailbox !== undefined)
    registerErrors(pages, host.catalog)
    if (host.mailbox) registerMailbox(pages, host.mailbox)
    pages.get('/', (request, reply) => {
      if (request.headers.accept?.includes('text/html')) return reply.redirect('/catalog', 303)
      return reply.problem(new Refusal('not_found', 'There is nothing here; /llms.txt says what there is.'))
    })
    serveFile(pages, 'pages.css', 'text/css; charset=utf-8')
    serveFile(pages, 'icon.svg', 'image/svg+xml')
  })
}

/** A file of this directory, read once. */
function serveFile(app: FastifyInstance, name: string, type: string): void {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8')
  app.get(`/${name}`, (_request, reply) =>
    reply.type(type).header('cache-control', 'public, max-age=3600').send(text),
  )
}
