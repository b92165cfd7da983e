/** One approval: what was asked, what would come of it, and the decision; later, what became of it. */

import type { Obstacle, Reviewed } from '../../calls/review-desk.ts'
import { idText } from '../../catalog/kinds.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { say } from '../texts/index.ts'
import { decisionBar, decisionForm, type Tried } from './decision-form.ts'
import { difference } from './difference.ts'
import { askedOfLetter, type Letter, letterCard, letterFacts, letterOf, saidByLetter } from './letter.ts'
import { askerWords } from './queue-page.ts'
import { rulesAsked } from './rules.ts'
import { consolePage, readingOf, switcher, type Visit } from './shell.ts'
import { effectText, obstacleText, stateBadge, states } from './states.ts'
import { facts, label, moment, type Reading, words } from './words.ts'

type Shown = Reviewed & { obstacle: Obstacle | null }

/** @param tried a decision that was refused: why, and what was in its form */
export function approvalPage(visit: Visit, approval: Shown, tried?: Tried): string {
  const content = html`${approvalContent(readingOf(visit), approval, { tried })}
<p class="quiet zone">${say.times.zone(visit.workspace.timeZone)} <code>${idText('approval', approval.id)}</code></p>`
  const above = html`<p class="trail"><a href="/console/approvals">${say.sections.approvals}</a></p>${stateBadge(approval.state)}`
  return consolePage(visit, inEnglish(approval.title), content, { above })
}

/** @param readOnly who reads it is not signed in, and is offered no form */
export function approvalContent(
  clocks: Reading,
  approval: Shown,
  { tried, readOnly }: { tried?: Tried; readOnly?: true } = {},
): Html {
  const reading = { ...clocks, names: approval.names }
  const { state, obstacle } = approval
  const waits = state === 'pending'
  const letter = letterOf(approval)
  return html`<p class="lede">${asked(approval, reading)}</p>
${tried && html`<p class="notice danger" role="alert">${tried.problem}</p>`}
${obstacle && html`<p class="notice danger">${obstacleText(obstacle)}</p>`}
${!waits && outcome(approval, reading)}
${waits && approval.warnings.map(warning => html`<p class="notice">${inEnglish(outside(warning))}</p>`)}
${letter ? message(letter, approval, reading) : request(approval, reading)}
${changes(approval, reading)}
${consequence(approval, letter, reading)}
${waits && !readOnly && decisionForm(approval, letter, tried)}
${waits && !readOnly && decisionBar(approval, letter)}`
}

/** The same for another workspace's approval as for one that never was; only the person's own are named. */
export function missingPage(visit: Visit): string {
  const others = visit.workspaces.filter(place => !place.current)
  const content = html`<p>${say.approval.missing.more}</p>
${others.length > 0 && switcher(others, visit.path)}
<p class="actions"><a class="button" href="/console/approvals"><span>${say.approval.missing.back(outside(visit.workspace.name))}</span></a></p>`
  return consolePage(visit, say.approval.missing.title, content)
}

function asked(approval: Shown, reading: Reading): Html {
  const { askedAt, expiresAt, state } = approval
  return html`${say.approval.asked(askerWords(approval), moment(askedAt, reading))}
${state === 'pending' && say.approval.waitsUntil(moment(expiresAt, reading))}`
}

function outcome({ state, decidedByName, decidedAt, note, answer }: Shown, reading: Reading): Html {
  const { sentence, look } = states[state]
  return html`<div class="notice${look === 'destroys' && ' danger'}" role="status">
<p><strong>${sentence}</strong></p>
${decidedByName && decidedAt && html`<p>${say.approval.decided(outside(decidedByName), moment(decidedAt, reading))}</p>`}
${note && html`<p>“${outside(note)}”</p>`}
${isObject(answer) && typeof answer.message === 'string' && html`<p>${inEnglish(outside(answer.message))}</p>`}
</div>`
}

function message(letter: Letter, approval: Shown, reading: Reading): Html {
  const { state, obstacle, effects, arguments: written } = approval
  const beyond = effects.filter(({ kind, recipients = 1 }) => kind !== 'send' || recipients > 1)
  const rest = without(written, askedOfLetter)
  return html`${beyond.map(effect => html`<p><strong>${effectText(effect)}</strong></p>`)}
${letterCard(letter, reading)}
${letterFacts(letter, written, state === 'pending' && !obstacle, reading)}
${Object.keys(rest).length > 0 && html`<div class="card">${facts(rest, reading)}</div>`}`
}

function request(approval: Shown, reading: Reading): Html {
  const { state, effects, arguments: written } = approval
  return html`<h2>${state === 'pending' ? say.approval.wouldDo : say.approval.didAsk}</h2>
<div class="card">
${effects.map(effect => html`<p><strong>${effectText(effect)}</strong></p>`)}
${rulesAsked(approval) ?? facts(written, reading)}
</div>`
}

/** While it waits the preview, later the answer; without what has been said already. */
function consequence(approval: Shown, letter: Letter | null, reading: Reading): Html | false {
  const { state, preview, answer, arguments: said } = approval
  const waits = state === 'pending'
  const data = waits ? preview : isObject(answer) && answer.data
  if (!isObject(data)) return false
  const untold = letter
    ? without(data, saidByLetter)
    : rulesAsked(approval)
      ? without(data, saidByRules)
      : data
  const news = Object.entries(untold).filter(([name, value]) => !(waits && isSame(value, said[name])))
  return (
    news.length > 0 &&
    html`<h2>${waits ? say.approval.wouldCome : say.approval.didCome}</h2>
<div class="card">${facts(Object.fromEntries(news), reading)}</div>`
  )
}

/** What the reviewer changed, field by field. */
function changes({ arguments: sent, originalArguments: original }: Shown, reading: Reading): Html | false {
  if (!original) return false
  const changed = Object.keys(sent).filter(name => !isSame(sent[name], original[name]))
  return html`<h2>${say.approval.changed}</h2>
<div class="card">${changed.map(name => html`<h3>${label(name)}</h3>${change(original[name], sent[name], reading)}`)}</div>`
}

function change(before: unknown, after: unknown, reading: Reading): Html {
  if (typeof before === 'string' && typeof after === 'string') return difference(before, after)
  return html`<p><del>${words(before, reading)}</del></p>
<p><ins>${words(after, reading)}</ins></p>`
}

/** Its rules are said above; what remains is of the machine. */
const saidByRules: ReadonlySet<string> = new Set(['rules', 'version', 'updated_at'])

function without(fields: Record<string, unknown>, said: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !said.has(name)))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
