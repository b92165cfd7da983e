/** One approval: what was asked, what would come of it, and the decision; later, what became of it. */

import type { Obstacle, Reviewed } from '../../calls/review-desk.ts'
import { idText } from '../../catalog/kinds.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { inParts, packed } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { decisionBar, decisionForm, isToReword, type Tried } from './decision-form.ts'
import { difference } from './difference.ts'
import { factCards } from './fact-cards.ts'
import { askedOfLetter, type Letter, letterCards, letterFacts, letterOf, saidByLetter } from './letter.ts'
import { pathOf } from './queue-page.ts'
import { ruleRows, rulesAsked } from './rule-words.ts'
import { consolePage, readingOf, switcher, type Visit } from './shell.ts'
import { effectText, obstacleText, stateBadge, states } from './states.ts'
import { fact, label, moment, type Reading, words } from './words.ts'

type Shown = Reviewed & { obstacle: Obstacle | null }

export interface Opened {
  /** A decision that was refused: why, and what was in its form. */
  tried?: Tried
  /** Who reads it is not signed in, and is offered no form. */
  readOnly?: true
  /** Of what is too long for one page, which part. */
  part?: string
  /** To change words that are too long to be beside what they are changed on. */
  edit?: boolean
}

export function approvalPage(visit: Visit, approval: Shown, opened: Opened = {}): string {
  const content = html`${approvalContent(readingOf(visit), approval, opened)}
<p class="quiet zone">${say.times.zone(visit.workspace.timeZone)} <code>${idText('approval', approval.id)}</code></p>`
  const above = html`<p class="trail"><a href="/console/approvals">${say.sections.approvals}</a></p>${stateBadge(approval.state)}`
  const beside = approval.state === 'pending' && !isToReword(approval, opened)
  return consolePage(visit, inEnglish(approval.title), content, { above, wide: beside })
}

export function approvalContent(clocks: Reading, approval: Shown, opened: Opened = {}): Html {
  const { tried, readOnly, part } = opened
  const rewords = !readOnly && isToReword(approval, opened)
  const reading = { ...clocks, names: approval.names }
  const { state, obstacle } = approval
  const waits = state === 'pending'
  const letter = letterOf(approval)
  const read = [
    ...(letter ? message(letter, approval, reading) : request(approval, reading)),
    ...changes(approval, reading),
    ...consequence(approval, letter, reading),
  ]
  const shown = html`${asked(approval, reading)}
${tried && html`<p class="notice danger" role="alert">${tried.problem}</p>`}
${obstacle && html`<p class="notice danger">${obstacleText(obstacle)}</p>`}
${!waits && outcome(approval, reading)}
${waits && approval.warnings.map(warning => html`<p class="notice">${inEnglish(outside(warning))}</p>`)}
${!rewords && inParts(read, part, readOnly ? '' : pathOf(approval), { advice: say.parts.readAll })}`
  if (!waits || readOnly) return shown
  const decision = html`${decisionForm(approval, letter, { tried, rewords })}
${decisionBar(approval, letter)}`
  return rewords ? html`${shown}${decision}` : besideEachOther(shown, decision)
}

/** At a desk what is decided on is read beside the decision; on a phone above it. */
function besideEachOther(read: Html, decide: Html): Html {
  return html`<div class="deciding"><div>${read}</div>
<div class="decide">${decide}</div></div>
`
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
  return html`<dl class="facts about">
${fact(say.approval.askedBy, askerName(approval))}${fact(say.approval.askedOn, moment(askedAt, reading))}${fact(say.approval.waitsUntil, state === 'pending' && moment(expiresAt, reading))}</dl>`
}

/** `Booking confirmation (automation)`, `Front desk agent, for Maya`, `Maya`. */
function askerName({ askedByKind, askedByName, onBehalfOf }: Shown): Html {
  if (askedByKind === 'automation') return say.approval.byAutomation(outside(askedByName))
  return onBehalfOf
    ? say.approval.onBehalfOf(outside(askedByName), outside(onBehalfOf))
    : outside(askedByName)
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

function message(letter: Letter, approval: Shown, reading: Reading): Html[] {
  const { state, obstacle, effects, arguments: written } = approval
  const beyond = effects.filter(({ kind, recipients = 1 }) => kind !== 'send' || recipients > 1)
  const rest = without(written, askedOfLetter)
  return [
    html`${beyond.map(effect => html`<p><strong>${effectText(effect)}</strong></p>`)}`,
    ...letterCards(letter, reading),
    letterFacts(letter, written, state === 'pending' && !obstacle, reading),
    ...(Object.keys(rest).length > 0 ? factCards(rest, reading) : []),
  ]
}

function request(approval: Shown, reading: Reading): Html[] {
  const { state, effects, arguments: written } = approval
  const title = html`<h2>${state === 'pending' ? say.approval.wouldDo : say.approval.didAsk}</h2>
`
  const touched = html`${effects.map(effect => html`<p><strong>${effectText(effect)}</strong></p>`)}`
  const rules = rulesAsked(approval)
  if (rules) return [html`${title}${touched}`, ...packed(rules).map(some => ruleRows(some))]
  return [title, ...factCards(written, reading, touched)]
}

/** While it waits the preview, later the answer; without what has been said already. */
function consequence(approval: Shown, letter: Letter | null, reading: Reading): Html[] {
  const { state, preview, answer, arguments: said } = approval
  const waits = state === 'pending'
  const data = waits ? preview : isObject(answer) && answer.data
  if (!isObject(data)) return []
  const untold = letter
    ? without(data, saidByLetter)
    : rulesAsked(approval)
      ? without(data, saidByRules)
      : data
  const news = Object.entries(untold).filter(([name, value]) => !(waits && isSame(value, said[name])))
  if (news.length === 0) return []
  const title = html`<h2>${waits ? say.approval.wouldCome : say.approval.didCome}</h2>
`
  return [title, ...factCards(Object.fromEntries(news), reading)]
}

/** What the reviewer changed, field by field. */
function changes({ arguments: sent, originalArguments: original }: Shown, reading: Reading): Html[] {
  if (!original) return []
  const changed = Object.keys(sent).filter(name => !isSame(sent[name], original[name]))
  return [
    html`<h2>${say.approval.changed}</h2>
`,
    ...changed.flatMap(name =>
      change(original[name], sent[name], reading).map(
        (piece, at) =>
          html`<div class="card">${at === 0 && html`<h3>${label(name)}</h3>`}${piece}</div>
`,
      ),
    ),
  ]
}

function change(before: unknown, after: unknown, reading: Reading): Html[] {
  if (typeof before === 'string' && typeof after === 'string') return difference(before, after)
  return [
    html`<p><del>${words(before, reading)}</del></p>
<p><ins>${words(after, reading)}</ins></p>`,
  ]
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
