/** `/catalog/<tool>`: the whole contract of a tool, and a call that works. */

import type { Catalog, Entry } from '../../../catalog/catalog.ts'
import { annotationsOf, type Gate, type Tool } from '../../../catalog/define.ts'
import type { JsonSchema } from '../../../catalog/json-schema.ts'
import { vocabulary } from '../../../catalog/refusal.ts'
import { refusalsOf } from '../../../catalog/refusals-of.ts'
import { type Html, html } from '../html.ts'
import { meanings } from '../meanings.ts'
import { page, siteNav } from '../page.ts'
import { badgesOf, effects, gateOf, gateWords } from './badges.ts'
import { command, curl, mcpCall } from './example.ts'
import { fieldsTable, objectIn, typeOf } from './fields.ts'
import { titled } from './filter.ts'
import { firstSentence, linked, listing } from './prose.ts'
import { type Sample, type Step, sampleOf } from './sample.ts'

export function toolPage(catalog: Catalog, entry: Entry, publicUrl: string): string {
  const { tool } = entry
  const summary = firstSentence(tool.description)
  const rest = tool.description.slice(summary.length).trim()
  return page(
    tool.title,
    html`<p class="name"><code>${tool.name}</code></p>
${badgesOf(tool)}
<p class="lede">${linked(catalog, summary)}</p>
<div class="contract">
<aside aria-label="At a glance">${facts(catalog, entry)}</aside>
<div>
${rest && html`<h2>When to use it</h2><p>${linked(catalog, rest)}</p>`}
<h2 id="input">What it takes</h2>${input(entry)}
<h2 id="answer">What it answers</h2>${answer(entry)}
<h2 id="refusals">What it refuses</h2>${refusals(tool)}
<h2 id="example">Example</h2>${example(sampleOf(catalog, entry), entry, publicUrl)}
</div>
</div>`,
    {
      nav: siteNav('/catalog'),
      above: html`<p class="trail"><a href="/catalog">Catalog</a> / <a href="/catalog?domain=${tool.domain}">${titled(tool.domain)}</a></p>`,
      wide: true,
    },
  )
}

function facts(catalog: Catalog, { tool, scope }: Entry): Html {
  const hints = Object.entries(annotationsOf(tool))
  return html`<dl class="facts">
<div><dt>Effect</dt><dd>${effects[tool.effect].word}. ${effects[tool.effect].meaning}</dd></div>
<div><dt>Gate</dt><dd>${tool.forwards ? 'That of the tool it calls.' : gateFact(tool)}</dd></div>
<div><dt>Key</dt><dd>${tool.key ? html`<code>idempotency_key</code> required` : 'None taken; safe to repeat without'}</dd></div>
<div><dt>Role</dt><dd>${roleFact(tool)}</dd></div>
<div><dt>Scope</dt><dd>${tool.role === 'nobody' ? 'None needed' : html`<code>${scope}</code>`}</dd></div>
<div><dt>REST</dt><dd><code>${tool.route}</code></dd></div>
<div><dt>MCP</dt><dd>Listed at <code>${catalog.everyday.has(tool.name) ? '/mcp' : `/mcp/x/${tool.domain}`}</code></dd></div>
<div><dt>Hints</dt><dd>${hints.map(([name, value]) => html`<code>${name}: ${String(value)}</code><br>`)}</dd></div>
</dl>`
}

function gateFact(tool: Tool): string {
  if (tool.effect === 'read') return `${gateWords.allow}.`
  const gate = gateOf(tool)
  return `${gateWords[gate]}. ${gateMeanings[gate]}${tool.gateIsFixed ? ' No policy lowers it.' : ''}`
}

const gateMeanings: Record<Gate, string> = {
  allow: 'A workspace’s policy can ask for more.',
  confirm: 'A second call, with the preview’s confirm_token, carries it out.',
  approve: 'It waits until somebody decides in the console.',
}

function roleFact({ role, by }: Tool): string {
  if (by) return by === 'customer' ? 'A customer who signed in, alone' : 'A publishable key, alone'
  if (role === 'nobody') return 'Anybody, without a key'
  return role === 'owner' ? 'Owner' : `${titled(role)} or above`
}

function input({ inputSchema }: Entry): Html {
  return Object.keys(inputSchema.properties ?? {}).length === 0
    ? html`<p>Nothing.</p>`
    : fieldsTable('What it takes', inputSchema, 'required')
}

/** The envelope is the same for every tool, so it takes a sentence; `data` is this tool's own. */
function answer({ tool, outputSchema }: Entry): Html {
  const data = (outputSchema.properties as Record<string, JsonSchema>).data ?? {}
  const object = objectIn(data)
  return html`<p>${tool.effect === 'read' ? readEnvelope(tool) : writeEnvelope}</p>
${
  object
    ? html`<p class="quiet"><code>data</code> is ${object.path ? `a ${typeOf(data)}, each of them with` : 'an object with'}:</p>
${fieldsTable('What it answers', object.schema, 'optional')}`
    : html`<p class="quiet"><code>data</code>: ${tool.forwards ? 'what the called tool answers' : typeOf(data)}.</p>`
}`
}

function readEnvelope({ paged }: Tool): Html {
  return html`What was found stands in <code>data</code>${
    paged && html`; <code>next_cursor</code> leads to the next page, where there is one`
  }.`
}

const writeEnvelope = html`A <code>status</code> says what became of the call: <code>done</code>, <code>processing</code>,
<code>dry_run</code>, <code>needs_confirmation</code> (with a <code>confirm_token</code>) or <code>needs_approval</code> (with
the <code>approval</code>). What it did, or would do, stands in <code>data</code>.`

function refusals(tool: Tool): Html {
  const own = new Set(tool.refusals)
  // Its own rules first: the others are known after one page.
  const codes = refusalsOf(tool).sort((a, b) => Number(own.has(b)) - Number(own.has(a)))
  return html`<div class="table stacks"><table>
<thead><tr><th scope="col">Code</th><th scope="col">HTTP</th><th scope="col">Meaning</th></tr></thead>
<tbody>${codes.map(
    code => html`<tr><th scope="row"><a href="/errors/${code}"><code>${code}</code></a></th>
<td>${vocabulary[code].status}</td><td>${meanings[code]}</td></tr>
`,
  )}</tbody></table></div>`
}

function example({ steps, input }: Sample, entry: Entry, publicUrl: string): Html {
  const { tool } = entry
  return html`${
    steps.length > 0 &&
    html`<h3>What must exist first</h3>
<ol class="steps">${steps.map(step)}</ol>`
  }
<h3>MCP</h3>${listing('The call over MCP', mcpCall(entry, input))}
<h3>REST</h3>${listing('The call over REST', curl(entry, input, publicUrl))}
<h3>Command line</h3>${listing('The call from the command line', command(entry, input))}
${
  tool.key &&
  html`<p class="quiet">Take a fresh UUID as the key for each intended effect, and the same one when you retry. The
command makes one and says which.</p>`
}
${
  tool.gate === 'confirm' &&
  html`<p class="quiet">The first call answers <code>needs_confirmation</code> with a preview and a <code>confirm_token</code>. The
same call with that token executes it. The command shows the preview and asks; <code>--yes</code> confirms.</p>`
}`
}

function step({ entry: { tool }, input, answers }: Step): Html {
  const found = Object.entries(answers)
  return html`<li><a href="/catalog/${tool.name}">${tool.title}</a>${
    found.length > 0 &&
    html`, which answers ${found.map(
      ([path, value], index) => html`${index > 0 && ', '}<code>${path}</code> <code>${value}</code>`,
    )}`
  }
${listing(tool.title, `${tool.name} ${JSON.stringify(input)}`)}</li>
`
}
