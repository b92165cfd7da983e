/** `/errors/<code>`: where the `type` of a problem leads. */

import type { FastifyInstance } from 'fastify'
import type { Catalog } from '../../catalog/catalog.ts'
import { Refusal, type RefusalCode, vocabulary } from '../../catalog/refusal.ts'
import { titleOf } from '../problem.ts'
import { html } from './html.ts'
import { meanings } from './meanings.ts'
import { page } from './page.ts'

export function registerErrors(app: FastifyInstance, catalog: Catalog): void {
  app.get<{ Params: { code: string } }>('/errors/:code', (request, reply) => {
    const { code } = request.params
    if (!isCode(code)) return reply.problem(new Refusal('not_found', 'There is no such error.'))
    return reply.type('text/html; charset=utf-8').send(errorPage(catalog, code))
  })
}

function errorPage({ entries }: Catalog, code: RefusalCode): string {
  const { status, retryable } = vocabulary[code]
  const tools = entries.map(({ tool }) => tool).filter(tool => tool.refusals?.includes(code))
  return page(
    titleOf(code),
    html`<p class="lede">${meanings[code]}</p>
<dl class="facts">
<div><dt>Code</dt><dd><code>${code}</code>, HTTP ${status}</dd></div>
<div><dt>Retry</dt><dd>${
      retryable ? 'The same call may succeed later, unchanged.' : 'The same call will not succeed unchanged.'
    }</dd></div>
</dl>
<p>The error's <code>message</code> says what was wrong, <code>details</code> has the facts, <code>next_tools</code> names
what helps from here.</p>
${
  tools.length > 0 &&
  html`<h2>Tools with a rule that answers so</h2>
<ul>${tools.map(({ name, title }) => html`<li><a href="/catalog/${name}">${title}</a> <code>${name}</code></li>`)}</ul>`
}`,
    { above: html`<p class="trail">Errors</p>` },
  )
}

function isCode(text: string): text is RefusalCode {
  return Object.hasOwn(vocabulary, text)
}
