/**
 * The console: where owners and staff sign in, read what agents ask for, and decide. Every page works without a
 * script; with one, the queue keeps itself fresh. The JSON operations of a signed-in person stand beside the pages.
 */

import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { SignedOut } from '../../access/sessions.ts'
import { notFound } from '../../catalog/refusal.ts'
import { refusalHeaders } from '../credentials.ts'
import type { Host } from '../host.ts'
import { setBrowserHeaders } from '../pages/browser-headers.ts'
import { acceptForms } from '../pages/form.ts'
import { html } from '../pages/html.ts'
import { isOurPage } from '../pages/own-page.ts'
import { page, sendPage } from '../pages/page.ts'
import { type Failure, failureOf } from '../problem.ts'
import { say } from '../texts/index.ts'
import { registerActivity } from './activity.ts'
import { registerApprovals } from './approvals.ts'
import { registerCalendar } from './calendar.ts'
import { registerClients } from './clients.ts'
import { registerCustomers } from './customers.ts'
import { registerDecisions } from './decisions.ts'
import { registerHours } from './hours.ts'
import { registerInvoices } from './invoices.ts'
import { registerJoin } from './join.ts'
import { elsewherePage, isWorthKeeping, SECRET, signedOutPage } from './kept.ts'
import { registerKeys } from './keys.ts'
import { registerLive } from './live.ts'
import { registerMessages } from './messages.ts'
import { registerMore } from './more.ts'
import { registerNewBooking } from './new-booking.ts'
import { whyNot, wroteBefore } from './refused.ts'
import { registerReviewLink } from './review-link.ts'
import { registerServices } from './services.ts'
import { registerSession } from './session.ts'
import { registerSessions } from './sessions.ts'
import { registerSettings } from './settings.ts'
import { consoleLayout, visitNow } from './shell.ts'
import { ownPath, pageBehind, registerSignIn, signInPath } from './sign-in.ts'
import { registerTeam } from './team.ts'
import { registerTemplates } from './templates.ts'
import { placingRules } from './timeline.ts'
import { registerToday } from './today.ts'
import { registerUndo } from './undo.ts'
import { registerWorkspaces } from './workspaces.ts'

export function registerConsole(app: FastifyInstance, host: Host): void {
  registerSession(app, host)
  registerDecisions(app, host)
  registerJoin(app, host)
  app.register(async pages => {
    await setBrowserHeaders(pages, host.publicUrl)
    letFormsSayWhereTheyAre(pages)
    acceptForms(pages)
    answerWithPages(pages, host)
    registerSignIn(pages, host)
    registerToday(pages, host)
    registerMore(pages, host)
    registerWorkspaces(pages, host)
    registerClients(pages, host)
    registerSessions(pages, host)
    registerApprovals(pages, host)
    registerLive(pages, host)
    registerReviewLink(pages, host)
    registerNewBooking(pages, host)
    registerCalendar(pages, host)
    registerCustomers(pages, host)
    registerMessages(pages, host)
    registerInvoices(pages, host)
    registerServices(pages, host)
    registerHours(pages, host)
    registerTeam(pages, host)
    registerActivity(pages, host)
    registerKeys(pages, host)
    registerSettings(pages, host)
    registerTemplates(pages, host)
    registerUndo(pages, host)
    serve(pages, 'console.css', 'text/css', placingRules())
    serve(pages, 'console.js', 'text/javascript')
  })
}

/** With helmet's `no-referrer`, a browser sends our own forms with `Origin: null`, as if from another site. */
function letFormsSayWhereTheyAre(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('referrer-policy', 'same-origin')
    done()
  })
}

/**
 * Who is not signed in is asked to, and comes back; any other refusal is told as a page. What was written stands on it,
 * unless it was another site that had it sent.
 */
function answerWithPages(app: FastifyInstance, host: Host): void {
  app.setErrorHandler(async (error, request, reply) => {
    const { refusal, status } = failureAt(error, request)
    const isOurs = isOurPage(request, host)
    if (refusal instanceof SignedOut) return sendPage(reply.code(status), signedOutPage(request))
    if (refusal.code === 'unauthenticated') {
      if (isOurs && isWorthKeeping(request)) return sendPage(reply.code(status), signedOutPage(request))
      return reply.redirect(signInPath(pageBehind(request)), 303)
    }
    const visit =
      isOurs && refusal.code === 'not_found' ? await visitNow(host, request).catch(() => null) : null
    if (visit && visit.workspaces.length > 1)
      return sendPage(reply.code(status), elsewherePage(visit, request, whyNot(refusal)))
    const wrote = request.method === 'POST'
    const nowhere = !wrote && refusal.code === 'not_found' && say.kit.nowhere
    const content = html`${whyNot(refusal)}
<p>${nowhere || (say.problems[refusal.code] ?? say.kit.nothingChanged)}</p>
<p class="actions">${wrote && html`<a class="button primary" href="${ownPath(pageBehind(request))}">${say.kit.back}</a>`}
<a class="button" href="/console">${say.shell.home}</a></p>
${isOurs && !SECRET.test(request.url) && wroteBefore(request.body)}`
    reply.code(status).headers(refusalHeaders(refusal, request))
    return sendPage(
      reply,
      page(wrote ? say.kit.notDone : say.errors.title(refusal.code), content, consoleLayout),
    )
  })
}

/** An address in which the id is none is one at which nothing is, and not a form that was filled in wrongly. */
function failureAt(error: unknown, request: FastifyRequest): Failure {
  const failure = failureOf(error, request)
  const { code, details } = failure.refusal
  const issues = (details.issues ?? []) as { path: string }[]
  const isAddress = request.method === 'GET' && Object.hasOwn(request.params as object, 'id')
  const kind = /^(\w+)_id$/.exec(issues[0]?.path ?? '')?.[1]
  if (!isAddress || code !== 'invalid_input' || issues.length > 1 || !kind) return failure
  const refusal = notFound(kind)
  return { refusal, status: refusal.status }
}

function serve(app: FastifyInstance, file: string, type: string, more = ''): void {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8') + more
  app.get(`/${file}`, (_request, reply) =>
    reply.type(`${type}; charset=utf-8`).header('cache-control', 'public, max-age=3600').send(text),
  )
}
