/** `/console/more`: on a phone, the sections that have no tab of their own. */

import type { FastifyInstance } from 'fastify'
import type { Host } from '../host.ts'
import { html } from '../pages/html.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { sectionsFor } from './sections.ts'
import { consolePage, MORE, sectionLink, visitOf } from './shell.ts'

export function registerMore(app: FastifyInstance, host: Host): void {
  app.get(MORE, async (request, reply) => {
    const visit = await visitOf(host, request)
    const others = sectionsFor(visit.principal.role).filter(({ tab }) => !tab)
    const content = html`<p class="lede">${say.shell.more}</p>
<ul class="rows">${others.map(section => html`<li class="section">${sectionLink(visit, section, false)}</li>`)}</ul>`
    return sendPage(reply, consolePage(visit, say.sections.more, content))
  })
}
