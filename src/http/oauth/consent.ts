/**
 * Where a client's user says who they are and what the client may do: sign in or sign up, then consent. Plain forms;
 * the person is the one signed in to the console, and every step is this browser's own (the provider's signed cookie).
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { z } from 'zod'
import type { Scope } from '../../access/principal.ts'
import type { Decider } from '../../calls/decide.ts'
import { Email, Id } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { deciderOf } from '../console/decisions.ts'
import { keepSession } from '../console/session.ts'
import { consoleLayout, type Visit, visitOf } from '../console/shell.ts'
import { clientName, refusalHeaders } from '../credentials.ts'
import { type Host, NOBODY } from '../host.ts'
import { setBrowserHeaders } from '../pages/browser-headers.ts'
import { acceptForms } from '../pages/form.ts'
import { html } from '../pages/html.ts'
import { inEnglish } from '../pages/language.ts'
import { mustBeOurPage } from '../pages/own-page.ts'
import { page, sendPage } from '../pages/page.ts'
import { failureOf } from '../problem.ts'
import { say } from '../texts/index.ts'
import { type Asking, codePage, consentPage, signUpPage, strangerPage } from './consent-pages.ts'
import { scopesAt } from './resources.ts'

const PATH = '/oauth/consent/:uid'

type Route = { Params: { uid: string }; Body: Record<string, string>; Querystring: Record<string, string> }

export function registerConsent(app: FastifyInstance, host: Host, provider: Provider): void {
  app.register(async pages => {
    await setBrowserHeaders(pages, host.publicUrl)
    // As in the console: without it a browser sends our own forms with `Origin: null`.
    pages.addHook('onRequest', (_request, reply, done) => {
      reply.header('referrer-policy', 'same-origin')
      done()
    })
    acceptForms(pages)
    answerWithPages(pages)

    pages.get<Route>(PATH, async (request, reply) => {
      const asking = await askingOf(host, provider, request, reply)
      const visit = await visitOrNull(host, request)
      if (!visit) return sendPage(reply, strangerPage(asking))
      return sendPage(letTheFormLeave(reply, asking), consentPage(asking, visit))
    })

    pages.post<Route>(PATH, async (request, reply) => {
      const asking = await askingOf(host, provider, request, reply)
      const visit = await visitOf(host, request)
      const { decision, workspace_id: workspaceId, ...ticks } = request.body
      const finish = async (result: Parameters<Provider['interactionResult']>[2]) =>
        letTheFormLeave(reply, asking).redirect(
          await provider.interactionResult(request.raw, reply.raw, result, {
            mergeWithLastSubmission: false,
          }),
          303,
        )
      if (decision !== 'allow')
        return finish({ error: 'access_denied', error_description: 'The member said no.' })
      const granted = asking.scopes.filter(scope => ticks[scope] && visit.principal.scopes.has(scope))
      const problem =
        workspaceId !== Id('workspace').encode(visit.workspace.id)
          ? say.consent.switched
          : granted.length === 0 && say.consent.nothingTicked
      if (problem)
        return sendPage(letTheFormLeave(reply.code(422), asking), consentPage(asking, visit, problem))
      const grantId = await grant(host, provider, asking, deciderOf(visit, request), granted)
      return finish({
        login: { accountId: visit.principal.memberId!, remember: false },
        consent: { grantId },
      })
    })

    registerSignUp(pages, host, provider)
  })
}

/** Keeps what was consented to, for the provider and for the page of connected clients. */
async function grant(
  host: Host,
  provider: Provider,
  { client, clientId, resource, scopes }: Asking,
  person: Decider,
  granted: Scope[],
): Promise<string> {
  const { principal, workspace } = person
  const memberId = principal.memberId!
  const made = new provider.Grant({ accountId: memberId, clientId })
  made.addResourceScope(resource, granted.join(' '))
  const left = scopes.filter(scope => !granted.includes(scope))
  if (left.length > 0) made.rejectResourceScope(resource, left.join(' '))
  const grantId = await made.save()
  await host.oauth.connect(person, {
    grantId,
    workspaceId: workspace.id,
    memberId,
    client: { id: clientId, name: client },
    resource,
    scopes: granted,
  })
  return grantId
}

/** What a client waits for in this browser. @throws Refusal `not_found`, where that is over or was never here */
async function askingOf(
  host: Host,
  provider: Provider,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Asking> {
  const gone = new Refusal('not_found', say.consent.over)
  const interaction = await provider.interactionDetails(request.raw, reply.raw).catch(() => null)
  const { uid } = request.params as Route['Params']
  if (!interaction || interaction.uid !== uid) throw gone
  const { client_id: clientId, resource, redirect_uri: redirectUri, scope } = interaction.params
  const client = await provider.Client.find(String(clientId))
  const offered = typeof resource === 'string' ? scopesAt(host.catalog, host, resource) : null
  if (!client || !offered) throw gone
  const asked = String(scope ?? '').split(' ')
  return {
    uid,
    clientId: client.clientId,
    client: clientName(client.clientName) ?? new URL(String(redirectUri)).hostname,
    redirectUri: String(redirectUri),
    resource: String(resource),
    scopes: offered.filter(one => asked.includes(one)),
  }
}

async function visitOrNull(host: Host, request: FastifyRequest): Promise<Visit | null> {
  try {
    return await visitOf(host, request)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'unauthenticated') return null
    throw error
  }
}

/**
 * The form's answer leads on to the client, which browsers count as where the form was sent (CSP, form-action). What a
 * policy cannot name, an IPv6 address or a program's own scheme, is let through by its scheme.
 */
function letTheFormLeave(reply: FastifyReply, { redirectUri }: Asking): FastifyReply {
  const { origin, protocol, hostname } = new URL(redirectUri)
  const policy = String(reply.getHeader('content-security-policy'))
  const target = origin === 'null' || hostname.startsWith('[') ? protocol : origin
  return reply.header(
    'content-security-policy',
    policy.replace("form-action 'self'", `form-action 'self' ${target}`),
  )
}

const Guess = z.object({ request_id: Id('request'), code: z.string().regex(/^\d{6}$/) })

function registerSignUp(pages: FastifyInstance, host: Host, provider: Provider): void {
  pages.get<Route>(`${PATH}/sign-up`, async (request, reply) =>
    sendPage(reply, signUpPage(await askingOf(host, provider, request, reply))),
  )

  pages.post<Route>(`${PATH}/sign-up`, async (request, reply) => {
    mustBeOurPage(request, host)
    const asking = await askingOf(host, provider, request, reply)
    const { email = '', ...fields } = request.body
    const again = (wrong: string, status = 422) =>
      sendPage(reply.code(status), signUpPage(asking, request.body, wrong))
    const address = Email().safeParse(email)
    if (!address.success) return again(say.signIn.noEmail)
    const { organisation_name, person_name, time_zone, currency, country } = fields
    const answer = await host.call({
      tool: 'register_organisation_request',
      arguments: {
        email: address.data,
        organisation_name,
        ...(person_name && { person_name }),
        time_zone,
        currency,
        country,
        idempotency_key: crypto.randomUUID(),
      },
      ...NOBODY,
      requestId: request.id,
      surface: 'page',
    })
    if (answer.refusal) {
      reply.headers(refusalHeaders(answer.refusal, request))
      return again(answer.refusal.message, answer.refusal.status)
    }
    const { request_id } = answer.body.data as { request_id: string }
    const query = new URLSearchParams({ request: request_id })
    return reply.redirect(`/oauth/consent/${asking.uid}/sign-up/code?${query}`, 303)
  })

  pages.get<Route>(`${PATH}/sign-up/code`, async (request, reply) => {
    const asking = await askingOf(host, provider, request, reply)
    return sendPage(reply, codePage(asking, request.query.request ?? ''))
  })

  pages.post<Route>(`${PATH}/sign-up/code`, async (request, reply) => {
    mustBeOurPage(request, host)
    const asking = await askingOf(host, provider, request, reply)
    const { request: requestId = '', code = '' } = request.body
    const again = (wrong: string) => sendPage(reply.code(422), codePage(asking, requestId, wrong))
    const guess = Guess.safeParse({ request_id: requestId, code: code.replace(/\s/g, '') })
    if (!guess.success) return again(say.signIn.sixDigits)
    try {
      const { token } = await host.signUpPerson({ ...guess.data, user_agent: request.headers['user-agent'] })
      keepSession(host, reply, token)
      return reply.redirect(`/oauth/consent/${asking.uid}`, 303)
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'rate_limited') throw error
      return again(say.signUp.wrong)
    }
  })
}

function answerWithPages(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const { refusal, status } = failureOf(error, request)
    if (refusal.code === 'unauthenticated') {
      const { uid } = request.params as Route['Params']
      return reply.redirect(`/oauth/consent/${uid}`, 303)
    }
    const content = html`<p class="notice danger">${refusal.code === 'not_found' ? refusal.message : inEnglish(refusal.message)}</p>`
    reply.code(status).headers(refusalHeaders(refusal, request))
    return sendPage(reply, page(say.errors.title(refusal.code), content, consoleLayout))
  })
}
