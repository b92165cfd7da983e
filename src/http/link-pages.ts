/**
 * Pages that a link opens, with nobody signed in: a customer's booking, an invoice, a payment. What is the same of them
 * all: who may read them, what a failure looks like, and that a form comes from the page that the link opened.
 */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Refusal } from '../catalog/refusal.ts'
import { refusalHeaders } from './credentials.ts'
import type { Host } from './host.ts'
import { setBrowserHeaders } from './pages/browser-headers.ts'
import { acceptForms, type Form, formOf } from './pages/form.ts'
import { mustBeOurPage } from './pages/own-page.ts'
import { sendPage } from './pages/page.ts'
import { failureOf } from './problem.ts'

interface Failures {
  /** For every link that opens nothing: it tells nobody why. */
  missing(): string
  problem(refusal: Refusal): string
}

export async function prepareLinkPages(
  app: FastifyInstance,
  host: Host,
  { missing, problem }: Failures,
): Promise<void> {
  await setBrowserHeaders(app, host.publicUrl)
  keepItPrivate(app)
  acceptForms(app)
  app.setErrorHandler((error, request, reply) => {
    const { refusal, status } = failureOf(error, request)
    const { 'retry-after': wait } = refusalHeaders(refusal, request)
    if (wait) reply.header('retry-after', wait)
    return sendPage(reply.code(status), refusal.code === 'not_found' ? missing() : problem(refusal))
  })
}

/**
 * The link is a key: it is told to no other site and to no search engine. Under `no-referrer`, which tells nobody at
 * all, a browser would send our own forms with `Origin: null`, as if from another site (rebinding.ts refuses that).
 */
function keepItPrivate(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({ 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex, nofollow' })
    done()
  })
}

/**
 * CSRF: there is no cookie to ride on. Our form alone has the token in its body, and comes from our page.
 * @throws Refusal `forbidden_scope`
 */
export function linkFormOf(host: Host, request: FastifyRequest, token: string): Form {
  mustBeOurPage(request, host)
  const form = formOf(request.body)
  if (form.link === token) return form
  throw new Refusal('forbidden_scope', 'This takes what its own page sends, alone.')
}
