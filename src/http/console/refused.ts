/** What a page says of what was refused: why, by the names that fields have for people; and what was written, which is not lost. */

import { SignedOut } from '../../access/sessions.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish, PageRefusal, reasonOf } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { say } from '../texts/index.ts'
import { ID, label } from './words.ts'

/** What a page tells where it stands. Of who was signed out no page is shown any more, and another one tells it. */
export function isToldHere(error: unknown): error is Refusal {
  return error instanceof Refusal && !(error instanceof SignedOut)
}

export function whyNot(refusal: Refusal): Html {
  const issues = (refusal.details.issues ?? []) as { path: string; message: string }[]
  const named = issues.filter(({ path }) => path !== '')
  if (named.length === 0) return html`<p class="notice danger" role="alert">${reason(refusal)}</p>`
  return html`<div class="notice danger" role="alert">${named.map(
    issue => html`<p><strong>${label(nameIn(issue.path))}</strong>: ${inEnglish(issue.message)}</p>`,
  )}</div>`
}

/** Of `phone: Too short …` and `rules.0: gate: This tool keeps …` the field and the sentence; `variables.colour: …` stays as it is. */
function reason(refusal: Refusal): Html {
  const [, field, sentence] = /^(?:\w+\.\d+: )?([a-z_]+): (.+)$/s.exec(refusal.message) ?? []
  if (refusal instanceof PageRefusal || field === undefined) return reasonOf(refusal)
  return html`<strong>${label(field)}</strong>: ${inEnglish(sentence!)}`
}

/** `rules.0.tool` → `tool` */
function nameIn(path: string): string {
  return path.split('.').findLast(step => !/^\d+$/.test(step)) ?? path
}

/** What a person typed into a form, by its fields. */
export function typedIn(form: unknown): [name: string, value: string][] {
  return Object.entries((form ?? {}) as Record<string, unknown>).filter(
    (field): field is [string, string] => typeof field[1] === 'string' && isTyped(field[0], field[1]),
  )
}

function isTyped(name: string, value: string): boolean {
  return value.trim() !== '' && !steering.has(name) && !name.startsWith('pick.') && !ID.test(value)
}

/** To be copied from; nothing where nothing was typed. Not for forms that ask for a secret. */
export function wroteBefore(form: unknown): Html | false {
  const typed = typedIn(form)
  return (
    typed.length > 0 &&
    html`<section class="card"><h2>${say.kit.wrote}</h2>
<dl class="facts">${typed.map(
      ([
        name,
        value,
      ]) => html`<div><dt>${label(name)}</dt><dd class="words">${outside(shortened(value))}</dd></div>
`,
    )}</dl></section>`
  )
}

/** What a form sends of itself. */
const steering = new Set([
  'idempotency_key',
  'confirm_token',
  'version',
  'quote',
  'link',
  'by',
  'verdict',
  'sure',
])

/** Longer than any field takes whose form does not come back filled in; so the page stays light. */
const LONGEST = 5_000

function shortened(value: string): string {
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value
}
