/** `/console/undo/:id`: takes back what its person changed a moment ago. A plain form, by the road of every call. */

import type { FastifyInstance } from 'fastify'
import type { Host } from '../host.ts'
import { html } from '../pages/html.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { deciderOf } from './decisions.ts'
import { type Act, act } from './kit.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'

export function registerUndo(app: FastifyInstance, host: Host): void {
  app.post<{ Params: { id: string } }>('/console/undo/:id', async (request, reply) => {
    const visit = await visitOf(host, request)
    const undo = await host.undos.find(deciderOf(visit, request), request.params.id)
    if (!undo) return sendPage(reply.code(404), noUndoPage(visit, say.undo.none))
    if (undo.isOver) return sendPage(reply.code(410), noUndoPage(visit, say.undo.over, undo.leadsTo))
    const { tool, arguments: args, leadsTo: back } = undo
    const said = leavingBehind[tool] ?? 'undone'
    return act(visit, request, reply, { tool, args, back, said, undoes: undo })
  })
}

/** What is not quite as it was before: what was made is kept, out of the way. */
const leavingBehind: Partial<Record<string, Act['said']>> = {
  archive_service: 'putAside',
  archive_customer: 'putAside',
  cancel_booking: 'unbooked',
}

/** @param leadsTo what was changed, where there was something */
function noUndoPage(
  visit: Visit,
  { title, more }: { title: string; more: string },
  leadsTo?: string,
): string {
  const content = html`<p class="notice danger" role="alert">${more}</p>
<p class="actions"><a class="button primary" href="${leadsTo ?? '/console'}">${leadsTo ? say.undo.toIt : say.shell.home}</a></p>`
  return consolePage(visit, title, content)
}
