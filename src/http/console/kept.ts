/**
 * What was sent from a page of ours and came to nothing, for its person was signed out or had gone to another workspace:
 * all of it, to be sent again where it belongs.
 */

import type { FastifyRequest } from 'fastify'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { hidden, textArea } from './kit.ts'
import { typedIn } from './refused.ts'
import { consoleLayout, consolePage, placeOfForm, switcher, type Visit } from './shell.ts'
import { pageBehind, signInPath } from './sign-in.ts'
import { fact, label } from './words.ts'

/** Forms that take what nobody is to read. */
export const SECRET = /^\/console\/(sign-in|settings\/providers)\b/

export function isWorthKeeping({ url, body }: FastifyRequest): boolean {
  return !SECRET.test(url) && typedIn(body).length > 0
}

/**
 * Signing in takes two pages, so it is done beside this one, which holds the words meanwhile. Sent again it is a form like
 * any other: who signs in as somebody else does it with their own rights.
 */
export function signedOutPage(request: FastifyRequest): string {
  const kept = isWorthKeeping(request)
  const { nothingDone, keeps, tryAgain, beside, signIn, again } = say.signedOut
  const beyond = kept && html` target="_blank" rel="noopener"`
  const content = html`<p class="notice danger" role="alert">${nothingDone} ${kept ? keeps : tryAgain}</p>
<p class="actions"><a class="button primary" href="${signInPath(pageBehind(request))}"${beyond}>${kept ? beside : signIn}</a></p>
${kept && form(request, request.url, html`<button>${again[verdictOf(request.url)]}</button>`)}`
  return page(say.signedOut.title, content, consoleLayout)
}

/** The same of a thing in another workspace as of one that never was; only the person's own are named. */
export function elsewherePage(visit: Visit, request: FastifyRequest, why: Html): string {
  const sentFrom = placeOfForm(request.body)
  const elsewhere = visit.workspaces.filter(place => !place.current)
  const known = elsewhere.filter(({ workspace_id }) => workspace_id === sentFrom)
  const others = known.length > 0 ? known : elsewhere
  const { title, more, nothingDone, thereAgain } = say.elsewhere
  const kept = isWorthKeeping(request)
  const buttons = others.map(
    ({ workspace_id, name }) =>
      html`<button name="workspace_id" value="${workspace_id}"><span>${thereAgain(outside(name))}</span></button>`,
  )
  const content = html`${why}
<p>${more(outside(visit.workspace.name))}${request.method !== 'GET' && html` ${nothingDone}`}</p>
${kept ? form(request, '/console/workspace', html`${buttons}`, { again: request.url }) : switcher(others, pageBehind(request))}
<p class="actions"><a class="button" href="/console">${say.shell.home}</a></p>`
  return consolePage(visit, title, content)
}

/** What was written, whole: what is long stands on the page once, so that the page stays light. */
function form(
  { body }: FastifyRequest,
  action: string,
  buttons: Html,
  more: Record<string, string> = {},
): Html {
  const typed = typedIn(body)
  const long = typed.filter(([, value]) => isLong(value))
  const short = typed.filter(([, value]) => !isLong(value))
  const isShown = (name: string) => long.some(field => field[0] === name)
  const rest = Object.entries(body as Record<string, string>).filter(([name]) => !isShown(name))
  return html`<h2>${say.kit.wrote}</h2>
<form class="card fields" method="post" action="${action}">
${short.length > 0 && html`<dl class="facts">${short.map(([name, value]) => fact(titleOf(name), outside(value)))}</dl>`}
${long.map(([name, value]) => textArea(name, titleOf(name), value))}
${hidden({ ...Object.fromEntries(rest), ...more })}
<div class="actions">${buttons}</div>
</form>`
}

function titleOf(name: string): Html {
  return label(name.replace(/^edit\./, ''))
}

function isLong(value: string): boolean {
  return value.length > 60 || value.includes('\n')
}

function verdictOf(url: string): keyof typeof say.signedOut.again {
  return url.endsWith('/approve') ? 'approve' : url.endsWith('/reject') ? 'reject' : 'other'
}
