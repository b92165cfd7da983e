/** `/errors/<code>`: where the `type` of a problem leads. */

import type { FastifyInstance } from 'fastify'
import type { Catalog } from '../../catalog/catalog.ts'
import { Refusal, type RefusalCode, vocabulary } from '../../catalog/refusal.ts'
import { say } from '../texts/index.ts'
import { html } from './html.ts'
import { inEnglish } from './language.ts'
import { page } from './page.ts'

export function registerErrors(app: FastifyInstance, catalog: Catalog): void {
  app.get<{ Params: { code: string } }>('/errors/:code', (request, reply) => {
    const { code } = request.params
    if (!isCode(code)) return reply.problem(new Refusal('not_found', 'There is no such error.'))
    return reply.type('text/html; charset=utf-8').send(errorPage(catalog, code))
  })
}

const words = say.errors

function errorPage({ entries }: Catalog, code: RefusalCode): string {
  const { status, retryable } = vocabulary[code]
  const tools = entries.map(({ tool }) => tool).filter(tool => tool.refusals?.includes(code))
  return page(
    words.title(code),
    html`<p class="lede">${words.meanings[code]}</p>
<dl class="facts">
<div><dt>${words.code}</dt><dd>${words.status(html`<code>${code}</code>`, status)}</dd></div>
<div><dt>${words.retry}</dt><dd>${retryable ? words.retryable : words.final}</dd></div>
</dl>
<p>${words.fields(name => html`<code>${name}</code>`)}</p>
${
  tools.length > 0 &&
  html`<h2>${words.tools}</h2>
<ul>${tools.map(({ name, title }) => html`<li><a href="/catalog/${name}">${inEnglish(title)}</a> <code>${name}</code></li>`)}</ul>`
}`,
    { above: html`<p class="trail">${words.trail}</p>` },
  )
}

function isCode(text: string): text is RefusalCode {
  return Object.hasOwn(vocabulary, text)
}
