/** `/console/clients`: which programs act for whom in this workspace, and the button that throws one out. */

import type { FastifyInstance } from 'fastify'
import type { Looker, ShownConnection } from '../../access/oauth/connections.ts'
import { Id, idText } from '../../catalog/kinds.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { scopeLines } from '../oauth/scope-words.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { inParts } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { deciderOf } from './decisions.ts'
import { queryOf } from './kit.ts'
import { personOf } from './session.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { moment } from './words.ts'

const PATH = '/console/clients'

export function registerClients(app: FastifyInstance, host: Host): void {
  app.get(PATH, async (request, reply) => {
    const visit = await visitOf(host, request)
    const clients = await host.oauth.list(lookerOf(visit))
    return sendPage(
      reply,
      consolePage(visit, say.sections.clients, listOf(visit, clients, host.publicUrl, queryOf(request).part)),
    )
  })

  app.post<{ Params: { id: string } }>(`${PATH}/:id/revoke`, async (request, reply) => {
    const person = await personOf(host, request)
    const id = Id('connection').safeParse(request.params.id)
    if (!id.success) throw notFound('connection')
    await host.oauth.revoke(deciderOf(person, request), id.data)
    return reply.redirect(PATH, 303)
  })
}

function lookerOf({ workspace, principal }: Pick<Visit, 'workspace' | 'principal'>): Looker {
  return { workspaceId: workspace.id, principal }
}

function listOf(visit: Visit, clients: ShownConnection[], publicUrl: string, part?: string): Html {
  if (clients.length === 0) {
    return html`<div class="empty">
<h2>${say.clients.none.title}</h2>
<p>${say.clients.none.more(html`<code>${publicUrl}/mcp</code>`)}</p>
</div>`
  }
  return html`<p class="lede">${say.clients.lede(outside(visit.workspace.name))}</p>
${inParts(
  clients.map(client => card(visit, client)),
  part,
  PATH,
)}`
}

function card(visit: Visit, client: ShownConnection): Html {
  const { id, name, memberName, scopes, createdAt, lastUsedAt, resource } = client
  const reading = readingOf(visit)
  const label = idText('connection', id)
  return html`<article class="card client" aria-labelledby="${label}">
<h2 id="${label}">${outside(name)}</h2>
<dl class="facts">
<div><dt>${say.clients.actsFor}</dt><dd>${outside(memberName)}</dd></div>
<div><dt>${say.clients.letIn}</dt><dd>${moment(createdAt, reading)}</dd></div>
<div><dt>${say.clients.lastUsed}</dt><dd>${lastUsedAt ? moment(lastUsedAt, reading) : say.clients.never}</dd></div>
<div><dt>${say.clients.through}</dt><dd><code>${resource}</code></dd></div>
</dl>
<details><summary>${say.clients.rights}</summary>
<ul>${scopeLines(scopes).map(line => html`<li>${line}</li>`)}</ul>
</details>
<form method="post" action="${PATH}/${label}/revoke"><button class="danger"><span>${say.clients.revoke(outside(name))}</span></button></form>
</article>`
}
