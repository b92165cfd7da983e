/** `/console/sessions`: where a person is signed in, and the buttons that end it there. */

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { OwnSession } from '../../access/sessions.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { type Html, html } from '../pages/html.ts'
import { sendPage } from '../pages/page.ts'
import { inParts } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { deviceOf } from './device.ts'
import { queryOf } from './kit.ts'
import { personOf, tokenOf } from './session.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { moment } from './words.ts'

const PATH = '/console/sessions'

export function registerSessions(app: FastifyInstance, host: Host): void {
  app.get(PATH, async (request, reply) => {
    const visit = await visitOf(host, request)
    const sessions = await host.sessions.list(tokenOf(request))
    return sendPage(
      reply,
      consolePage(visit, say.sections.sessions, listOf(visit, sessions, queryOf(request).part)),
    )
  })

  app.post<{ Params: { id: string } }>(`${PATH}/:id/end`, async (request, reply) => {
    await personOf(host, request)
    const id = z.uuid().safeParse(request.params.id)
    if (!id.success) throw notFound('session of the console')
    await host.sessions.end(tokenOf(request), id.data)
    return reply.redirect(PATH, 303)
  })

  app.post(`${PATH}/end-others`, async (request, reply) => {
    await personOf(host, request)
    await host.sessions.endOthers(tokenOf(request))
    return reply.redirect(PATH, 303)
  })
}

function listOf(visit: Visit, sessions: OwnSession[], part?: string): Html {
  return html`<p class="lede">${say.sessions.lede}</p>
${inParts(
  sessions.map(session => card(visit, session)),
  part,
  PATH,
)}
${sessions.length > 1 && html`<form class="actions" method="post" action="${PATH}/end-others"><button class="danger">${say.sessions.endOthers}</button></form>`}`
}

/** Its own session a person ends by signing out, where they look for it. */
function card(visit: Visit, { id, user_agent, created_at, last_seen_at, current }: OwnSession): Html {
  const reading = readingOf(visit)
  const name = deviceOf(user_agent)
  return html`<article class="card client" aria-labelledby="s-${id}">
<h2 id="s-${id}">${name}${current && html` <span class="badge reads">${say.sessions.current}</span>`}</h2>
<dl class="facts">
<div><dt>${say.sessions.lastSeen}</dt><dd>${current ? say.sessions.now : moment(last_seen_at, reading)}</dd></div>
<div><dt>${say.sessions.since}</dt><dd>${moment(created_at, reading)}</dd></div>
</dl>
${!current && html`<form method="post" action="${PATH}/${id}/end"><button class="danger" aria-describedby="s-${id}">${say.sessions.end}</button></form>`}
</article>`
}
