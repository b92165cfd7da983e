/** The pages of an invitation's link. The names of the business and of who invites are text from outside. */

import type { Invitation, OpenInvitation } from '../../domain/team/invitation.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { consoleLayout } from './shell.ts'
import { moment } from './words.ts'

interface At extends OpenInvitation {
  token: string
}

/** @param own the address of who is signed in here */
export function invitationPage(invitation: At, own: string | null, wrong?: Html | string): string {
  const { business, from, email, role, expiresAt, timeZone } = invitation
  return page(
    say.join.title,
    html`<p class="lede">${say.join.lede(outside(from), html`<strong>${outside(business)}</strong>`)}</p>
<dl class="facts">
<div><dt>${say.join.for}</dt><dd>${outside(email)}</dd></div>
<div><dt>${say.join.role}</dt><dd>${say.join.roles[role]}</dd></div>
<div><dt>${say.join.until}</dt><dd>${moment(expiresAt, { timeZone })}</dd></div>
</dl>
${problem(wrong)}
${wayIn(invitation, own)}`,
    consoleLayout,
  )
}

function wayIn(invitation: At, own: string | null): Html {
  const email = outside(invitation.email)
  if (own === null)
    return html`<p>${say.join.sendMore(email)}</p>${press(invitation, '/code', say.join.send, 'primary')}`
  if (own === invitation.email)
    return html`<p>${say.join.oneMore}</p>${press(invitation, '', say.join.press, 'primary')}`
  return html`<p class="notice">${say.join.other(outside(own), email)}</p>
${press(invitation, '/sign-out', say.join.signOut)}`
}

function press({ token }: At, path: string, text: string, look = ''): Html {
  return html`<form class="actions" method="post" action="/console/join/${token}${path}">${linkField(token)}<button${look && html` class="${look}"`}>${text}</button></form>`
}

export function codePage(invitation: At, requestId: string, wrong?: Html | string): string {
  const { token, email } = invitation
  const another = (text: string) => html`<a href="/console/join/${token}">${text}</a>`
  return page(
    say.join.codeTitle,
    html`<p class="lede">${say.join.codeLede(outside(email))}</p>
<form class="card sign-in" method="post" action="/console/join/${token}/enter">${linkField(token)}
<input type="hidden" name="request" value="${requestId}">
${problem(wrong)}
<div class="field">
<label for="code">${say.join.code}</label>
<input class="code" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required${wrong !== undefined && html` aria-invalid="true" aria-describedby="problem"`}>
</div>
<button class="primary">${say.join.press}</button>
</form>
<p class="quiet">${say.signIn.nothingCame(another)}</p>`,
    consoleLayout,
  )
}

/** What was invited to whom is nobody's business any more. */
export function endedPage(why: Extract<Invitation, string>): string {
  const action = why === 'used' && html`<a class="button primary" href="/console">${say.join.signIn}</a>`
  const { title, more } = say.join[why]
  const content = html`<p class="lede">${more}</p>${action && html`<p class="actions">${action}</p>`}`
  return page(title, content, consoleLayout)
}

export function problemPage(why: Html): string {
  return page(say.join.wrong, problem(why) || html``, consoleLayout)
}

function problem(wrong: Html | string | undefined): Html | false {
  return wrong !== undefined && html`<p class="notice danger" id="problem" role="alert">${wrong}</p>`
}

function linkField(token: string): Html {
  return html`<input type="hidden" name="link" value="${token}">`
}
