/** The queue: what waits for a person, the newest first, and below it what has been settled. */

import type { Queue, Reviewed } from '../../calls/review-desk.ts'
import { idText } from '../../catalog/kinds.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { beginning, weightOf } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { empty } from './kit.ts'
import { letterGlance, letterOf, subjectOf } from './letter.ts'
import { ruleRows, rulesAsked } from './rule-words.ts'
import { consolePage, readingOf, type Visit } from './shell.ts'
import { effectText, stateBadge } from './states.ts'
import { facts, moment, nameOf, type Reading } from './words.ts'

/** @param mark stands for the queue's state; the script asks for news since it */
export function queuePage(visit: Visit, { waiting, settled, next, older }: Queue, mark: string): string {
  const { live } = say.approvals
  const content = html`<p class="lede">${say.queue.lede}</p>
<p class="quiet live" role="status" data-calm="${live.calm}" data-lost="${live.lost}" data-changed="${live.changed(visit.waiting)}"></p>
<noscript><p class="quiet"><a href="/console/approvals">${live.reload}</a></p></noscript>
<div data-mark="${mark}" data-place="${idText('workspace', visit.workspace.id)}">
${waiting.length > 0 ? picking(visit, waiting, next) : nothingWaits(visit)}
${settled.length > 0 && history(visit, { settled, older })}
</div>
<p class="quiet zone">${say.times.zone(visit.workspace.timeZone)}</p>`
  return consolePage(visit, say.sections.approvals, content)
}

/** One form around all of them: what is chosen is read again on a page of its own before anything happens. */
function picking(visit: Visit, waiting: Reviewed[], next: string | undefined): Html {
  return html`<form class="picking" method="post" action="/console/approvals/several">
<button disabled hidden></button>
<ul class="waiting">${waiting.map(one => waitingCard(visit, one))}</ul>
<div class="bulk">
<button class="primary" name="verdict" value="approve">${say.approvals.approveChosen}</button>
<button class="danger" name="verdict" value="reject">${say.approvals.rejectChosen}</button>
</div>
</form>
${next && html`<p class="actions"><a class="button" href="/console/approvals?before=${idText('approval', next)}" rel="next">${say.approvals.next}</a></p>`}`
}

function waitingCard(visit: Visit, approval: Reviewed): Html {
  const { id, title, names, askedAt, expiresAt, effects, mayDecide, reviewers } = approval
  const reading = readingOf(visit, { names })
  const letter = letterOf(approval)
  const about = letter && subjectOf(letter)
  const subject = about && names.get(about)
  const name = `pick.${idText('approval', id)}`
  return html`<li class="card">
<h2>${inEnglish(title)}</h2>
${mayDecide && html`<label class="pick"><input type="checkbox" name="${name}" id="${name}"><span class="unsaid">${say.approvals.choose(inEnglish(title))}</span></label>`}
<p class="quiet">${say.queue.asked(askerWords(approval), moment(askedAt, reading), !!subject && nameOf({ ...subject, customer: null }, reading))}</p>
${letter ? letterGlance(letter, reading) : html`${effects.map(effect => html`<p><strong>${effectText(effect)}</strong></p>`)}${glance(approval, reading)}`}
<div class="actions">
<a class="button" id="${idText('approval', id)}" href="${pathOf(approval)}">${say.queue.review}<span class="unsaid">: ${inEnglish(title)}</span></a>
<p class="quiet">${say.queue.until(moment(expiresAt, reading), !mayDecide && say.queue.reviewers[reviewers])}</p>
</div>
</li>
`
}

/** A queue is read quickly; what is long is read on its own page. */
function glance(approval: Reviewed, reading: Reading): Html {
  const rules = rulesAsked(approval)
  if (rules) {
    const rest = rules.length - GLANCED
    return ruleRows(
      rules.slice(0, GLANCED),
      rest > 0 && html`<p class="quiet">${say.queue.moreRules(rest)}</p>`,
    )
  }
  const all = facts(approval.arguments, reading)
  return weightOf(all) <= SHORT ? all : html`<p>${say.approvals.long}</p>`
}

const GLANCED = 3
/** Bytes. A page of the queue has thirty cards. */
const SHORT = 2_500

/** The same in two lines, where it is one thing among others. */
export function waitingRow(visit: Visit, approval: Reviewed, badge?: Html, more?: Html): Html {
  const { title, askedAt } = approval
  return html`<li class="row">
<p class="row-title"><a href="${pathOf(approval)}">${inEnglish(title)}${toWhom(approval)}</a></p>
${badge}
<p class="row-more">${say.queue.asked(askerWords(approval), moment(askedAt, readingOf(visit)), false)}</p>
${more}</li>
`
}

/** What was settled earlier than the queue's own page has room for. */
export function settledPage(visit: Visit, queue: Pick<Queue, 'settled' | 'older'>): string {
  const above = html`<p class="trail"><a href="/console/approvals">${say.sections.approvals}</a></p>`
  return consolePage(visit, say.queue.earlier, history(visit, queue), { above })
}

function history(visit: Visit, { settled, older }: Pick<Queue, 'settled' | 'older'>): Html {
  return html`<h2>${say.queue.settled}</h2>
<ul class="settled">${settled.map(
    approval => html`<li>
<a href="${pathOf(approval)}" id="${idText('approval', approval.id)}">${inEnglish(approval.title)}${toWhom(approval)}</a>
${stateBadge(approval.state)}
<p class="quiet">${settledWords(approval, readingOf(visit))}</p>
</li>
`,
  )}</ul>
${older && html`<p class="actions"><a class="button" href="/console/approvals?settled=${idText('approval', older)}" rel="next">${say.kit.older}</a></p>`}`
}

function toWhom(approval: Reviewed): Html | false {
  const letter = letterOf(approval)
  if (!letter) return false
  const customer = letter.customer_id ? approval.names.get(letter.customer_id) : undefined
  return say.queue.toWhom(beginning(customer?.name ?? letter.to, 60))
}

function settledWords(approval: Reviewed, reading: Reading): Html {
  const { decidedByName, decidedAt, askedAt } = approval
  const when = moment(decidedAt ?? askedAt, reading)
  if (decidedByName) return say.queue.decided(outside(decidedByName), when)
  return say.queue.asked(askerWords(approval), when, false)
}

/** `The automation Booking confirmation`, `Front desk agent, for Maya,`, `Maya`: the beginning of a sentence. */
function askerWords({ askedByKind, askedByName, onBehalfOf }: Reviewed): Html {
  if (askedByKind === 'automation') return say.queue.automation(outside(askedByName))
  return onBehalfOf ? say.queue.onBehalfOf(outside(askedByName), outside(onBehalfOf)) : outside(askedByName)
}

export function pathOf({ id }: { id: string }): string {
  return `/console/approvals/${idText('approval', id)}`
}

function nothingWaits({ principal }: Visit): Html {
  const { choose, ...none } = say.queue.none
  const isAdmin = principal.role !== 'member'
  return empty(none, isAdmin && html`<a class="button" href="/console/settings#approvals">${choose}</a>`)
}
