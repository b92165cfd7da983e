/** Fields of a call on cards: a reviewer can read all of what they allow, however much it is. */

import { type Html, html } from '../pages/html.ts'
import { PIECE, packed, pieces, weightOf } from '../pages/parts.ts'
import { facts, label, type Reading, saysSomething, words } from './words.ts'

/** Fields on one card; of many or long ones, on as many as it takes. */
export function factCards(fields: Record<string, unknown>, reading: Reading, above?: Html): Html[] {
  const card = (content: Html) => html`<div class="card">${above}${content}</div>\n`
  const whole = facts(fields, reading)
  if (weightOf(whole) <= PIECE) return [card(whole)]
  const lines = Object.entries(fields).flatMap(([name, value]) => linesOf(label(name), value, reading))
  return packed(lines).map(
    (group, at) => html`<div class="card">${at === 0 && above}<dl class="facts">${group}</dl></div>\n`,
  )
}

/** A field as one line, or as one for each thing in it: `Lines 12`, `Lines 12 · Description`. */
function linesOf(name: Html, value: unknown, reading: Reading): Html[] {
  if (!saysSomething(value)) return []
  const line = (content: Html) => html`<div><dt>${name}</dt><dd>${content}</dd></div>\n`
  if (typeof value === 'string') return pieces(value, part => line(words(part, reading)))
  const whole = line(words(value, reading))
  if (typeof value !== 'object' || value === null || weightOf(whole) <= PIECE / 4) return [whole]
  return Array.isArray(value)
    ? value.flatMap((item, at) => linesOf(html`${name} ${at + 1}`, item, reading))
    : Object.entries(value).flatMap(([key, item]) => linesOf(html`${name} · ${label(key)}`, item, reading))
}
