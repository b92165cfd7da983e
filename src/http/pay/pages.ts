/** The page on which a customer pays one thing. Names are text from outside; no card number ever comes here. */

import { moneyText } from '../../domain/money/text.ts'
import type { PayVisit } from '../../domain/payments/links.ts'
import { type SandboxCard, sandboxCards } from '../../domain/payments/sandbox-cards.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'

interface At {
  token: string
}

export function payPage(visit: PayVisit & At, problem?: string): string {
  const { state, last, business } = visit
  const due = moneyText({ amount: visit.due, currency: visit.currency })
  const content = html`${problem && html`<p class="notice danger" role="alert">${problem}</p>`}
${state !== 'paid' && state !== 'closed' && html`<p class="lede"><strong>${due}</strong> to ${outside(business)}, for: ${visit.description}.</p>`}
${state === 'open' && openForm(visit, due)}
${state === 'under_way' && last && underWay(visit)}
${state === 'paid' && html`<p class="notice" role="status">Thank you: this is paid.</p>`}
${state === 'expired' && html`<p>This link has ended. ${outside(business)} can send you another.</p>`}
${state === 'closed' && html`<p>Nothing is to be paid here any more. ${outside(business)} can tell you why.</p>`}`
  return customerPage(titles[state], content, outside(business))
}

const titles: Record<PayVisit['state'], string> = {
  open: 'Pay by card',
  under_way: 'Your payment is under way',
  paid: 'Paid',
  expired: 'This link has ended',
  closed: 'Nothing to pay',
}

function openForm(visit: PayVisit & At, due: string): Html {
  const { token, provider, last, business } = visit
  return html`${last?.state === 'failed' && html`<p class="notice danger" role="alert">${failures[last.reason ?? 'declined'] ?? failures.declined}</p>`}
<form method="post" action="/pay/${token}"><input type="hidden" name="link" value="${token}">
${provider === 'sandbox' && testCards()}
<p><label class="check"><input type="checkbox" name="keep" value="yes"><span>${outside(business)} may keep this card, and charge what I agree to owe, as a late fee, without asking each time.</span></label></p>
<p class="actions"><button class="primary">Pay ${due}</button></p></form>
${provider === 'stripe' && html`<p class="quiet">The card is typed in at Stripe, on the next page.</p>`}`
}

function testCards(): Html {
  const cards = Object.entries(sandboxCards) as [SandboxCard, { label: string; last4: string }][]
  return html`<fieldset><legend>A test card: no money moves</legend>
<div class="choices">${cards.map(
    ([name, { label, last4 }]) =>
      html`<label><input type="radio" name="card" value="${name}" required${name === 'success' && html` checked`}><span>${label} <span class="quiet">…${last4}</span></span></label>
`,
  )}</div></fieldset>`
}

function underWay({ token, last, provider }: PayVisit & At): Html {
  if (last!.state === 'authorized') return html`<p role="status">The amount is held on your card.</p>`
  if (last!.state === 'requires_action' && provider === 'sandbox') {
    const answer = (yes: string, text: string, look: string) =>
      html`<form method="post" action="/pay/${token}/answer"><input type="hidden" name="link" value="${token}"><input type="hidden" name="yes" value="${yes}"><button class="${look}">${text}</button></form>`
    return html`<h2>Your bank asks: is it you?</h2>
<div class="actions">${answer('yes', 'Yes, it is me', 'primary')}${answer('no', 'No, stop the payment', '')}</div>`
  }
  if (last!.actionUrl)
    return html`<p class="actions"><a class="button primary" href="${last!.actionUrl}">Go on to pay</a></p>`
  return html`<p role="status">One moment. This page looks again by itself.</p>
<p class="actions"><a class="button" href="/pay/${token}">Look again</a></p>`
}

const failures: Record<string, string> = {
  declined: 'The card was declined. Nothing was charged; another may do.',
  insufficient_funds: 'There is not enough money on the card. Nothing was charged; another may do.',
  authentication_required: 'Your bank was not told that it is you. Nothing was charged.',
  expired: 'The card has expired. Nothing was charged; another may do.',
}

export function missingPage(): string {
  return customerPage(
    'No such page',
    html`<p class="lede">This address leads nowhere. If it came in a message, see that it is whole.</p>`,
  )
}

export function problemPage(text: string): string {
  return customerPage('That did not work', html`<p class="notice danger" role="alert">${text}</p>`)
}

function customerPage(title: string, content: Html, brand?: Html): string {
  const above = html`<link rel="stylesheet" href="/pay.css">`
  return page(title, content, { brand, nav: html``, above })
}
