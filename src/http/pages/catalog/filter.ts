/** Which tools `/catalog` shows: what its URL asks for, the form that asks, and the choice itself. */

import type { Catalog, Entry } from '../../../catalog/catalog.ts'
import { type Domain, domains, type Gate, gates, type Tool } from '../../../catalog/define.ts'
import { say } from '../../texts/index.ts'
import { type Html, html } from '../html.ts'
import { gateOf } from './badges.ts'

export interface Filter {
  /** What was typed; empty for everything. */
  q: string
  domain?: Domain
  effect?: Tool['effect']
  gate?: Gate
}

/** What is no value of ours is passed over: an old link still shows a page. */
export function readFilter(query: Record<string, unknown>): Filter {
  return {
    q: typeof query.q === 'string' ? query.q.trim().slice(0, LONGEST) : '',
    domain: domains.find(domain => domain === query.domain),
    effect: effectNames.find(effect => effect === query.effect),
    gate: gates.find(gate => gate === query.gate),
  }
}

const LONGEST = 200
const effectNames: Tool['effect'][] = ['read', 'write', 'destroy']

/** Best first where something was typed, else in the catalog's order. */
export function chosen(catalog: Catalog, { q, domain, effect, gate }: Filter): readonly Entry[] {
  const found = q ? catalog.search(q, { limit: catalog.entries.length }) : catalog.entries
  const fitting = found.filter(
    ({ tool }) =>
      (!domain || tool.domain === domain) &&
      (!effect || tool.effect === effect) &&
      (!gate || gateOf(tool) === gate),
  )
  return q ? fitting.slice(0, MOST_FOUND) : fitting
}

/** Search forgives so much that what comes after these has little to do with the words. */
const MOST_FOUND = 12

export function isEmpty({ q, domain, effect, gate }: Filter): boolean {
  return !(q || domain || effect || gate)
}

/** A GET form: it works without a script, and what it shows has an address. */
export function filterForm({ entries }: Catalog, filter: Filter): Html {
  const words = say.catalog
  const count = (fits: (tool: Tool) => boolean) => entries.filter(({ tool }) => fits(tool)).length
  return html`<form class="filter fields" action="/catalog" role="search">
<div class="field search"><label for="q">${words.find}</label>
<input id="q" name="q" type="search" value="${filter.q}" maxlength="${LONGEST}" placeholder="${words.such}"></div>
${select('domain', words.domain, words.everyDomain, filter.domain, [
  ...usedDomains(entries).map(domain => ({
    value: domain,
    text: words.domains[domain],
    count: count(tool => tool.domain === domain),
  })),
])}
${select('effect', words.effect, words.anyEffect, filter.effect, [
  ...effectNames.map(effect => ({
    value: effect,
    text: words.effects[effect].word,
    count: count(tool => tool.effect === effect),
  })),
])}
${select('gate', words.gate, words.anyGate, filter.gate, [
  ...gates.map(gate => ({
    value: gate,
    text: words.gates[gate].word,
    count: count(tool => gateOf(tool) === gate),
  })),
])}
<button class="primary">${words.show}</button>
</form>`
}

export function usedDomains(entries: readonly Entry[]): Domain[] {
  return domains.filter(domain => entries.some(({ tool }) => tool.domain === domain))
}

interface Option {
  value: string
  text: string
  count: number
}

function select(name: string, label: string, all: string, now: string | undefined, options: Option[]): Html {
  return html`<div class="field"><label for="${name}">${label}</label>
<select id="${name}" name="${name}"><option value="">${all}</option>${options.map(
    ({ value, text, count }) =>
      html`<option value="${value}"${value === now && html` selected`}>${say.catalog.choice(text, count)}</option>`,
  )}</select></div>`
}
