/** Signing in without a script: an email, the code that was sent to it, and on to where the person wanted to go. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Email, Id } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { refusalHeaders } from '../credentials.ts'
import type { Host } from '../host.ts'
import { type Html, html } from '../pages/html.ts'
import { reasonOf } from '../pages/language.ts'
import { mustBeOurPage } from '../pages/own-page.ts'
import { page, sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { endSession, startSession, tokenOf } from './session.ts'
import { consoleLayout } from './shell.ts'

export function registerSignIn(app: FastifyInstance, host: Host): void {
  app.get('/console/sign-in', (request, reply) => sendPage(reply, emailPage(fieldsOf(request.query))))

  app.post('/console/sign-in', async (request, reply) => {
    mustBeOurPage(request, host)
    const fields = fieldsOf(request.body)
    const email = Email().safeParse(fields.email)
    if (!email.success) return again(reply, 422, emailPage(fields, say.signIn.noEmail))
    try {
      const { request_id } = await host.requestSignIn(email.data)
      const query = new URLSearchParams({ request: RequestId.encode(request_id), to: ownPath(fields.to) })
      return reply.redirect(`/console/sign-in/code?${query}`, 303)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      reply.headers(refusalHeaders(error, request))
      return again(reply, error.status, emailPage(fields, reasonOf(error)))
    }
  })

  app.get('/console/sign-in/code', (request, reply) => sendPage(reply, codePage(fieldsOf(request.query))))

  app.post('/console/sign-in/code', async (request, reply) => {
    mustBeOurPage(request, host)
    const fields = fieldsOf(request.body)
    const guess = Guess.safeParse({ request_id: fields.request, code: fields.code?.replace(/\s/g, '') })
    if (!guess.success) return again(reply, 422, codePage(fields, say.signIn.sixDigits))
    try {
      await startSession(host, request, reply, guess.data)
      return reply.redirect(ownPath(fields.to), 303)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      reply.headers(refusalHeaders(error, request))
      return again(reply, error.status, codePage(fields, wrongCode(error)))
    }
  })

  app.post('/console/sign-out', async (request, reply) => {
    mustBeOurPage(request, host)
    await endSession(host, request, reply)
    return reply.redirect('/console/sign-in', 303)
  })

  app.post('/console/workspace', async (request, reply) => {
    mustBeOurPage(request, host)
    const fields = fieldsOf(request.body)
    const wanted = Id('workspace').safeParse(fields.workspace_id)
    if (!wanted.success) throw new Refusal('invalid_input', 'That is no workspace.')
    await host.switchWorkspace(tokenOf(request), wanted.data)
    // With what was sent (RFC 9110, 15.4.8): a form that met the wrong workspace is sent again in the right one.
    if (fields.again !== undefined) return reply.redirect(ownPath(fields.again), 307)
    return reply.redirect(ownPath(fields.to), 303)
  })
}

/** Where to sign in, and to come back from. */
export function signInPath(wanted: string): string {
  return `/console/sign-in?${new URLSearchParams({ to: ownPath(wanted) })}`
}

/** The page that was asked for. Of a form, the one on which it stands; of one that stands on the answer to a form, its section. */
export function pageBehind({ method, url, headers: { referer = '' } }: FastifyRequest): string {
  const path = url.split('?')[0]!
  if (method === 'GET') return path
  const from = URL.canParse(referer) ? new URL(referer).pathname : path
  const page = from.replace(/\/(approve|reject|withdraw|several)$/, '')
  return page === path ? path.split('/').slice(0, 3).join('/') : page
}

/**
 * A page of the console, the consent that a client waits for or, for whatever else stands there, its first. Nothing but words and slashes passes, so
 * that no reading of a URL (`//evil.example`, `/\evil.example`) can make another site of it.
 */
export function ownPath(wanted: unknown): string {
  return typeof wanted === 'string' && OWN.test(wanted) ? wanted : '/console'
}

const OWN = /^(\/console(\/\w+)*|\/oauth\/consent\/[\w-]+)$/

const RequestId = Id('request')
const Guess = z.object({ request_id: RequestId, code: z.string().regex(/^\d{6}$/) })

type Fields = Partial<Record<'email' | 'code' | 'request' | 'to' | 'again' | 'workspace_id', string>>

function fieldsOf(form: FastifyRequest['body']): Fields {
  const fields = Object.entries(form ?? {}).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(fields)
}

function again(reply: FastifyReply, status: number, text: string): FastifyReply {
  return sendPage(reply.code(status), text)
}

function wrongCode(refusal: Refusal): Html | string {
  return refusal.code === 'invalid_input' ? say.signIn.wrong : reasonOf(refusal)
}

function emailPage({ email = '', to }: Fields, wrong?: Html | string): string {
  return page(
    say.signIn.title,
    html`<p class="lede">${say.signIn.lede}</p>
<form class="card sign-in" method="post" action="/console/sign-in">
<input type="hidden" name="to" value="${ownPath(to)}">
${problem(wrong)}
<div class="field">
<label for="email">${say.signIn.email}</label>
<input id="email" name="email" type="email" autocomplete="email" required value="${email}"${describedBy(wrong)}>
</div>
<button class="primary">${say.signIn.send}</button>
</form>`,
    consoleLayout,
  )
}

function codePage({ request = '', to }: Fields, wrong?: Html | string): string {
  return page(
    say.signIn.codeTitle,
    html`<p class="lede">${say.signIn.codeLede}</p>
<form class="card sign-in" method="post" action="/console/sign-in/code">
<input type="hidden" name="to" value="${ownPath(to)}">
<input type="hidden" name="request" value="${request}">
${problem(wrong)}
<div class="field">
<label for="code">${say.signIn.code}</label>
<input class="code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required${describedBy(wrong)}>
</div>
<button class="primary">${say.signIn.press}</button>
</form>
<p class="quiet">${say.signIn.nothingCame(text => html`<a href="${signInPath(ownPath(to))}">${text}</a>`)}</p>`,
    consoleLayout,
  )
}

function problem(wrong: Html | string | undefined): Html | false {
  return wrong !== undefined && html`<p class="notice danger" id="problem" role="alert">${wrong}</p>`
}

function describedBy(wrong: Html | string | undefined): Html | false {
  return wrong !== undefined && html` aria-invalid="true" aria-describedby="problem"`
}
