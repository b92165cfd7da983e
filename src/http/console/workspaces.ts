/** `/console/workspaces`: all that a person can enter, where a menu has no room for them. */

import type { FastifyInstance } from 'fastify'
import type { Host } from '../host.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { inParts, panels } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { press, queryOf } from './kit.ts'
import { consolePage, type Place, visitOf, WORKSPACES } from './shell.ts'

export function registerWorkspaces(app: FastifyInstance, host: Host): void {
  app.get(WORKSPACES, async (request, reply) => {
    const visit = await visitOf(host, request)
    const { to = '/console', part } = queryOf(request)
    const rows = visit.workspaces.map(place => workspaceRow(place, to))
    const path = `${WORKSPACES}?${new URLSearchParams({ to }).toString()}`
    return sendPage(reply, consolePage(visit, say.shell.places, inParts(panels(rows), part, path)))
  })
}

/** @param to where to go on once there */
function workspaceRow({ workspace_id, name, current }: Place, to: string): Html {
  return html`<li class="row"><p class="row-title">${outside(name)}</p>
${current ? html`<span class="badge reads">${say.shell.here}</span>` : press('/console/workspace', say.shell.enter, { workspace_id, to })}</li>
`
}
