/** The page on which a customer pays one thing. Names are text from outside; no card number ever comes here. */

import type { PayVisit } from '../../domain/payments/links.ts'
import { type SandboxCard, sandboxCards } from '../../domain/payments/sandbox-cards.ts'
import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'
import { say } from '../texts/index.ts'

interface At {
  token: string
}

export function payPage(visit: PayVisit & At, problem?: string): string {
  const { state, last, purpose, number } = visit
  const business = outside(visit.business)
  const due = moneyText({ amount: visit.due, currency: visit.currency })
  const content = html`${problem && html`<p class="notice danger" role="alert">${problem}</p>`}
${state !== 'paid' && state !== 'closed' && html`<p class="lede">${say.pay.lede(html`<strong>${due}</strong>`, business, say.pay.purposes[purpose](number))}</p>`}
${state === 'open' && openForm(visit, due)}
${state === 'under_way' && last && underWay(visit)}
${state === 'paid' && html`<p class="notice" role="status">${say.pay.paid}</p>`}
${state === 'expired' && html`<p>${say.pay.expired(business)}</p>`}
${state === 'closed' && html`<p>${say.pay.closed(business)}</p>`}`
  return customerPage(say.pay.titles[state], content, business)
}

function openForm(visit: PayVisit & At, due: string): Html {
  const { token, provider, last, business } = visit
  const { failures } = say.pay
  return html`${last?.state === 'failed' && html`<p class="notice danger" role="alert">${failures[last.reason ?? 'declined'] ?? failures.declined}</p>`}
<form method="post" action="/pay/${token}"><input type="hidden" name="link" value="${token}">
${provider === 'sandbox' && testCards()}
<p><label class="check"><input type="checkbox" name="keep" value="yes"><span>${say.pay.keep(outside(business))}</span></label></p>
<p class="actions"><button class="primary">${say.pay.press(due)}</button></p></form>
${provider === 'stripe' && html`<p class="quiet">${say.pay.atStripe}</p>`}`
}

function testCards(): Html {
  const cards = Object.entries(sandboxCards) as [SandboxCard, { last4: string }][]
  return html`<fieldset><legend>${say.pay.testCard}</legend>
<div class="choices">${cards.map(
    ([name, { last4 }]) =>
      html`<label><input type="radio" name="card" value="${name}" required${name === 'success' && html` checked`}><span>${say.pay.cards[name]} <span class="quiet">…${last4}</span></span></label>
`,
  )}</div></fieldset>`
}

function underWay({ token, last, provider }: PayVisit & At): Html {
  if (last!.state === 'authorized') return html`<p role="status">${say.pay.held}</p>`
  if (last!.state === 'requires_action' && provider === 'sandbox') {
    const answer = (yes: string, text: string, look: string) =>
      html`<form method="post" action="/pay/${token}/answer"><input type="hidden" name="link" value="${token}"><input type="hidden" name="yes" value="${yes}"><button class="${look}">${text}</button></form>`
    return html`<h2>${say.pay.bankAsks}</h2>
<div class="actions">${answer('yes', say.pay.itIsMe, 'primary')}${answer('no', say.pay.stop, '')}</div>`
  }
  if (last!.actionUrl)
    return html`<p class="actions"><a class="button primary" href="${last!.actionUrl}">${say.pay.goOn}</a></p>`
  return html`<p role="status">${say.pay.moment}</p>
<p class="actions"><a class="button" href="/pay/${token}">${say.pay.look}</a></p>`
}

export function missingPage(): string {
  return customerPage(say.links.missing.title, html`<p class="lede">${say.links.missing.more}</p>`)
}

export function problemPage(text: string): string {
  return customerPage(say.links.problem, html`<p class="notice danger" role="alert">${text}</p>`)
}

function customerPage(title: string, content: Html, brand?: Html): string {
  const above = html`<link rel="stylesheet" href="/pay.css">`
  return page(title, content, { brand: brand ?? html`${say.site.name}`, nav: html``, above })
}
