/** `/catalog/<tool>`: the whole contract of a tool, and a call that works. */

import type { Catalog, Entry } from '../../../catalog/catalog.ts'
import { annotationsOf, type Tool } from '../../../catalog/define.ts'
import type { JsonSchema } from '../../../catalog/json-schema.ts'
import { vocabulary } from '../../../catalog/refusal.ts'
import { refusalsOf } from '../../../catalog/refusals-of.ts'
import { say } from '../../texts/index.ts'
import { type Html, html } from '../html.ts'
import { inEnglish, markedEnglish } from '../language.ts'
import { page, siteNav } from '../page.ts'
import { badgesOf, gateOf } from './badges.ts'
import { command, curl, mcpCall } from './example.ts'
import { fieldsTable, objectIn, typeOf } from './fields.ts'
import { code, firstSentence, linked, listing } from './prose.ts'
import { type Sample, type Step, sampleOf } from './sample.ts'

const words = say.tool

export function toolPage(catalog: Catalog, entry: Entry, publicUrl: string): string {
  const { tool } = entry
  const summary = firstSentence(tool.description)
  const rest = tool.description.slice(summary.length).trim()
  return page(
    inEnglish(tool.title),
    html`<p class="name"><code>${tool.name}</code></p>
${badgesOf(tool)}
<p class="lede">${linked(catalog, summary)}</p>
<div class="contract">
<aside aria-label="${words.glance}">${facts(catalog, entry)}</aside>
<div>
${rest && html`<h2>${words.when}</h2><p>${linked(catalog, rest)}</p>`}
<h2 id="input">${words.takes}</h2>${input(entry)}
<h2 id="answer">${words.answers}</h2>${answer(entry)}
<h2 id="refusals">${words.refuses}</h2>${refusals(tool)}
<h2 id="example">${words.example}</h2>${example(sampleOf(catalog, entry), entry, publicUrl)}
</div>
</div>`,
    {
      nav: siteNav('/catalog'),
      above: html`<p class="trail"><a href="/catalog">${words.trail}</a> / <a href="/catalog?domain=${tool.domain}">${say.catalog.domains[tool.domain]}</a></p>`,
      wide: true,
    },
  )
}

function facts(catalog: Catalog, { tool, scope }: Entry): Html {
  const hints = Object.entries(annotationsOf(tool))
  const effect = say.catalog.effects[tool.effect]
  return html`<dl class="facts">
<div><dt>${words.effect}</dt><dd>${effect.word}. ${effect.meaning}</dd></div>
<div><dt>${words.gate}</dt><dd>${tool.forwards ? words.ofCalled : gateFact(tool)}</dd></div>
<div><dt>${words.key}</dt><dd>${tool.key ? words.keyRequired(code('idempotency_key')) : words.noKey}</dd></div>
<div><dt>${words.role}</dt><dd>${roleFact(tool)}</dd></div>
<div><dt>${words.scope}</dt><dd>${tool.role === 'nobody' ? words.noScope : code(scope)}</dd></div>
<div><dt>${words.rest}</dt><dd>${code(tool.route)}</dd></div>
<div><dt>${words.mcp}</dt><dd>${words.listedAt(code(catalog.everyday.has(tool.name) ? '/mcp' : `/mcp/x/${tool.domain}`))}</dd></div>
<div><dt>${words.hints}</dt><dd>${hints.map(([name, value]) => html`<code>${name}: ${String(value)}</code><br>`)}</dd></div>
</dl>`
}

function gateFact(tool: Tool): string {
  const { word, meaning } = say.catalog.gates[gateOf(tool)]
  const sentences = tool.effect === 'read' ? [`${word}.`] : [`${word}.`, meaning]
  return [...sentences, ...(tool.gateIsFixed && tool.effect !== 'read' ? [words.fixed] : [])].join(' ')
}

function roleFact({ role, by }: Tool): string {
  if (by) return by === 'customer' ? words.roles.customer : words.roles.site
  return words.roles[role]
}

function input({ inputSchema }: Entry): Html {
  return Object.keys(inputSchema.properties ?? {}).length === 0
    ? html`<p>${words.nothing}</p>`
    : fieldsTable(words.takes, inputSchema, 'required')
}

/** The envelope is the same for every tool, so it takes a sentence; `data` is this tool's own. */
function answer({ tool, outputSchema }: Entry): Html {
  const data = (outputSchema.properties as Record<string, JsonSchema>).data ?? {}
  const object = objectIn(data)
  return html`<p>${tool.effect === 'read' ? words.readEnvelope(code('data'), tool.paged === true && code('next_cursor')) : words.writeEnvelope(code)}</p>
${
  object
    ? html`<p class="quiet">${object.path ? words.dataOfEach(code('data'), typeOf(data)) : words.dataObject(code('data'))}</p>
${fieldsTable(words.answers, object.schema, 'optional')}`
    : html`<p class="quiet">${words.dataIs(code('data'), tool.forwards ? words.dataOfCalled : typeOf(data))}</p>`
}`
}

function refusals(tool: Tool): Html {
  const own = new Set(tool.refusals)
  // Its own rules first: the others are known after one page.
  const codes = refusalsOf(tool).sort((a, b) => Number(own.has(b)) - Number(own.has(a)))
  return html`<div class="table stacks"><table>
<thead><tr><th scope="col">${words.code}</th><th scope="col">${words.http}</th><th scope="col">${words.meaning}</th></tr></thead>
<tbody>${codes.map(
    code => html`<tr><th scope="row"><a href="/errors/${code}"><code>${code}</code></a></th>
<td>${vocabulary[code].status}</td><td>${say.errors.meanings[code]}</td></tr>
`,
  )}</tbody></table></div>`
}

function example({ steps, input }: Sample, entry: Entry, publicUrl: string): Html {
  const { tool } = entry
  return html`${
    steps.length > 0 &&
    html`<h3>${words.first}</h3>
<ol class="steps">${steps.map(step)}</ol>`
  }
<h3>${words.mcp}</h3>${listing(words.overMcp, mcpCall(entry, input))}
<h3>${words.rest}</h3>${listing(words.overRest, curl(entry, input, publicUrl))}
<h3>${words.commandLine}</h3>${listing(words.byCommand, command(entry, input))}
${tool.key && html`<p class="quiet">${words.freshKey}</p>`}
${tool.gate === 'confirm' && html`<p class="quiet">${words.confirming(code)}</p>`}`
}

function step({ entry: { tool }, input, answers }: Step): Html {
  const found = Object.entries(answers)
  const link = html`<a href="/catalog/${tool.name}">${inEnglish(tool.title)}</a>`
  const values = found.map(([path, value], at) => html`${at > 0 && ', '}${code(path)} ${code(value)}`)
  return html`<li>${found.length > 0 ? words.whichAnswers(link, html`${values}`) : link}
${listing(tool.title, `${tool.name} ${JSON.stringify(input)}`, markedEnglish)}</li>
`
}
