/** `/catalog`: every tool by domain, or those that were asked for, and how to connect. */

import type { Catalog, Entry } from '../../../catalog/catalog.ts'
import type { Domain } from '../../../catalog/define.ts'
import { say } from '../../texts/index.ts'
import { snippets } from '../connect.ts'
import { type Html, html } from '../html.ts'
import { inEnglish } from '../language.ts'
import { outside } from '../outside.ts'
import { page, siteNav } from '../page.ts'
import { badgesOf } from './badges.ts'
import { chosen, type Filter, filterForm, isEmpty, usedDomains } from './filter.ts'
import { firstSentence } from './prose.ts'

const words = say.catalog

export function listPage(catalog: Catalog, filter: Filter, publicUrl: string): string {
  const entries = chosen(catalog, filter)
  return page(
    words.title,
    html`<p class="lede">${words.lede(text => html`<a href="#connect">${text}</a>`)}</p>
${filterForm(catalog, filter)}
${entries.length === 0 ? nothing(filter) : found(catalog, entries, filter)}
<h2 id="connect">${words.connect}</h2>
<p>${words.connectMore(text => html`<a href="/connect">${text}</a>`)}</p>
${snippets(publicUrl).map(
  ({ client, content }) => html`<details name="connect"><summary>${client}</summary>${content}</details>`,
)}`,
    { nav: siteNav('/catalog'), wide: true },
  )
}

function found(catalog: Catalog, entries: readonly Entry[], filter: Filter): Html {
  const total = catalog.entries.length
  const count = entries.length === total ? words.all(total) : words.some(entries.length, total)
  return html`<p class="quiet result" role="status">${filter.q ? words.found(count, outside(filter.q)) : count}${
    !isEmpty(filter) && html`. <a href="/catalog">${words.showAll}</a>`
  }</p>
${filter.q ? rows(entries) : usedDomains(entries).map(domain => group(domain, entries))}`
}

function group(domain: Domain, entries: readonly Entry[]): Html {
  const own = entries.filter(({ tool }) => tool.domain === domain)
  return html`<section><h2 id="${domain}">${words.domains[domain]} <span class="count">${own.length}</span></h2>
${rows(own)}</section>
`
}

function rows(entries: readonly Entry[]): Html {
  return html`<ul class="tools">${entries.map(
    ({
      tool,
    }) => html`<li><div><a class="tool-title" href="/catalog/${tool.name}">${inEnglish(tool.title)}</a><code>${tool.name}</code></div>
<p>${inEnglish(firstSentence(tool.description))}</p>${badgesOf(tool)}</li>
`,
  )}</ul>`
}

/** Says why, and leads on: without the filters, or in words that find something. */
function nothing({ q, domain, effect, gate }: Filter): Html {
  const isNarrowed = domain || effect || gate
  return html`<section class="empty"><h2>${words.none}</h2>
${
  q && isNarrowed
    ? html`<p>${words.noneWithin(outside(q), text => html`<a href="/catalog?q=${encodeURIComponent(q)}">${text}</a>`)}</p>`
    : html`<p>${q ? words.noneFor(outside(q)) : words.noneSo}</p>`
}
<p class="actions">${words.searches.map(
    search => html`<a class="button" href="/catalog?q=${encodeURIComponent(search)}">${search}</a> `,
  )}</p>
<p><a href="/catalog">${words.showAll}</a></p></section>`
}
