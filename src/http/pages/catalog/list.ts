/** `/catalog`: every tool by domain, or those that were asked for, and how to connect. */

import type { Catalog, Entry } from '../../../catalog/catalog.ts'
import { snippets } from '../connect.ts'
import { type Html, html } from '../html.ts'
import { page, siteNav } from '../page.ts'
import { badgesOf } from './badges.ts'
import { chosen, type Filter, filterForm, isEmpty, titled, usedDomains } from './filter.ts'
import { firstSentence } from './prose.ts'

export function listPage(catalog: Catalog, filter: Filter, publicUrl: string): string {
  const entries = chosen(catalog, filter)
  return page(
    'Tool catalog',
    html`<p class="lede">Everything Backdesk can do for a service business. Each tool is one definition: agents call it over
MCP, programs over REST, and it behaves the same. <a href="#connect">Connect an agent</a></p>
${filterForm(catalog, filter)}
${entries.length === 0 ? nothing(filter) : found(catalog, entries, filter)}
<h2 id="connect">Connect an agent</h2>
<p>Any client that speaks MCP over HTTP can use these tools. More in <a href="/connect">Connect</a>.</p>
${snippets(publicUrl).map(
  ({ client, content }) => html`<details name="connect"><summary>${client}</summary>${content}</details>`,
)}`,
    { nav: siteNav('/catalog'), wide: true },
  )
}

function found(catalog: Catalog, entries: readonly Entry[], filter: Filter): Html {
  const total = catalog.entries.length
  const count = entries.length === total ? html`${total} tools` : html`${entries.length} of ${total} tools`
  return html`<p class="quiet result" role="status">${count}${
    filter.q && html` for “${filter.q}”, best first`
  }${!isEmpty(filter) && html`. <a href="/catalog">Show every tool</a>`}</p>
${filter.q ? rows(entries) : usedDomains(entries).map(domain => group(domain, entries))}`
}

function group(domain: string, entries: readonly Entry[]): Html {
  const own = entries.filter(({ tool }) => tool.domain === domain)
  return html`<section><h2 id="${domain}">${titled(domain)} <span class="count">${own.length}</span></h2>
${rows(own)}</section>
`
}

function rows(entries: readonly Entry[]): Html {
  return html`<ul class="tools">${entries.map(
    ({
      tool,
    }) => html`<li><div><a class="tool-title" href="/catalog/${tool.name}">${tool.title}</a><code>${tool.name}</code></div>
<p>${firstSentence(tool.description)}</p>${badgesOf(tool)}</li>
`,
  )}</ul>`
}

/** Says why, and leads on: without the filters, or in words that find something. */
function nothing({ q, domain, effect, gate }: Filter): Html {
  const isNarrowed = domain || effect || gate
  return html`<section class="empty"><h2>No tool fits</h2>
${
  q && isNarrowed
    ? html`<p>Nothing matches “${q}” within these filters. <a href="/catalog?q=${encodeURIComponent(q)}">Search all tools</a></p>`
    : q
      ? html`<p>Nothing matches “${q}”. Say what you want to do, in a few words:</p>`
      : html`<p>No tool has all that was chosen.</p>`
}
<p class="actions">${searches.map(
    words => html`<a class="button" href="/catalog?q=${encodeURIComponent(words)}">${words}</a> `,
  )}</p>
<p><a href="/catalog">Show every tool</a></p></section>`
}

const searches = ['book an appointment', 'opening hours', 'who is on holiday']
