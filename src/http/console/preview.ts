/** What a call would come to, as the person who presses reads it: in words and times of people, with nothing of the machine. */

import type { Role } from '../../access/principal.ts'
import { type Html, html } from '../pages/html.ts'
import { say } from '../texts/index.ts'
import { isLetter, letterCards } from './letter.ts'
import { ruleRows, rulesAsked } from './rule-words.ts'
import { fact, label, type Reading, saysSomething, spanOf, words } from './words.ts'

/** @param data of the preview, as the tool answers it */
export function previewOf(tool: string, data: Record<string, unknown>, clocks: Reading): Html {
  const rules = rulesAsked({ tool, preview: data })
  if (rules) return ruleRows(rules)
  const reading = typeof data.time_zone === 'string' ? { ...clocks, timeZone: data.time_zone } : clocks
  if (isLetter(data)) return html`${letterCards(data, reading)}`
  const told = Object.entries(data).filter(
    ([name]) => chosen[tool]?.includes(name) ?? !ofTheMachine.has(name),
  )
  const { starts_at, ends_at } = data
  const when = typeof starts_at === 'string' && typeof ends_at === 'string'
  return html`<div class="card"><dl class="facts">
${when && fact(say.bookings.when, spanOf(starts_at, ends_at, reading))}
${told.map(([name, value]) => saysSomething(value) && fact(say.confirm.fields[name] ?? label(name), someOf(inWords(name, value), reading)))}
</dl></div>`
}

/** Of a long list its beginning, and how many more there are: the answer to a press has no second part. */
function someOf(value: unknown, reading: Reading): Html {
  if (!Array.isArray(value) || value.length <= MOST_ITEMS) return words(value, reading)
  const rest = value.length - MOST_ITEMS
  return html`${words(value.slice(0, MOST_ITEMS), reading)}<p class="quiet">${say.parts.andMore(rest)}</p>`
}
const MOST_ITEMS = 50

/** What is answered for the next call: ids, versions, and times that are said otherwise. */
const ofTheMachine: ReadonlySet<string> = new Set([
  ...['id', 'version', 'created_at', 'updated_at', 'token'],
  ...['starts_at', 'ends_at', 'local', 'local_starts_at', 'local_ends_at', 'time_zone'],
])

/** Of things with many fields, those by which they are known. */
const chosen: Partial<Record<string, string[]>> = {
  archive_customer: ['name', 'email', 'phone', 'tags'],
  archive_service: ['name', 'category', 'price', 'bookings_keeping_old_terms'],
  revoke_api_key: ['name', 'role', 'expires_at', 'last_used_at'],
}

/** The words that pages have for a value of the API. */
function inWords(name: string, value: unknown): unknown {
  if (name === 'state') return say.bookings.states[value as BookingState]?.word ?? value
  if (name === 'role') return say.team.roles[value as Role] ?? value
  if (name === 'key') return say.settings.automations[value as string]?.title ?? value
  return value
}

type BookingState = keyof typeof say.bookings.states
