/** `/console/undo/:id`: takes back what its person changed a moment ago. A plain form, by the road of every call. */

import type { FastifyInstance } from 'fastify'
import type { Host } from '../host.ts'
import { html } from '../pages/html.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { deciderOf } from './decisions.ts'
import { act } from './kit.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'

export function registerUndo(app: FastifyInstance, host: Host): void {
  app.post<{ Params: { id: string } }>('/console/undo/:id', async (request, reply) => {
    const visit = await visitOf(host, request)
    const undo = await host.undos.find(deciderOf(visit, request), request.params.id)
    if (undo === 'over') return sendPage(reply.code(410), noUndoPage(visit, say.undo.over))
    if (!undo) return sendPage(reply.code(404), noUndoPage(visit, say.undo.none))
    const { tool, arguments: args, leadsTo: back } = undo
    return act(visit, request, reply, { tool, args, back, said: 'undone', undoes: undo })
  })
}

function noUndoPage(visit: Visit, { title, more }: { title: string; more: string }): string {
  const content = html`<p class="notice danger" role="alert">${more}</p>
<p class="actions"><a class="button primary" href="/console">${say.shell.home}</a></p>`
  return consolePage(visit, title, content)
}
