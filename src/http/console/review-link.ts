/**
 * `/console/review/…`: where the link in a reviewer's mail leads. It shows what waits to whoever holds the link, and has
 * no button that decides: a mail can be forwarded, and a mail scanner follows links.
 */

import type { FastifyInstance } from 'fastify'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { html } from '../pages/html.ts'
import { inEnglish } from '../pages/language.ts'
import { page, sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { approvalContent } from './approval-page.ts'
import { empty, queryOf } from './kit.ts'
import { consoleLayout } from './shell.ts'
import { stateBadge } from './states.ts'

export function registerReviewLink(app: FastifyInstance, host: Host): void {
  app.get<{ Params: { token: string } }>('/console/review/:token', async (request, reply) => {
    const review = await host.openReview(request.params.token)
    if (!review) return sendPage(reply.code(404), lapsed())
    const { viewer, approvalId } = review
    const { part } = queryOf(request)
    try {
      const approval = await host.approvals.read(viewer, approvalId)
      const decide = `/console/approvals/${idText('approval', approvalId)}`
      const waits =
        approval.state === 'pending' &&
        html`<p class="notice">${say.approvals.readOnly}</p>
<p class="actions"><a class="button primary" href="${decide}">${say.approvals.toDecide}</a></p>
`
      const content = html`${waits}${approvalContent({ timeZone: viewer.workspace.timeZone }, { ...approval, mayDecide: false }, { readOnly: true, part })}`
      const above = html`${consoleLayout.above}${stateBadge(approval.state)}`
      return sendPage(reply, page(inEnglish(approval.title), content, { ...consoleLayout, above }))
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'not_found') throw error
      return sendPage(reply.code(404), lapsed())
    }
  })
}

function lapsed(): string {
  const action = html`<a class="button primary" href="/console">${say.approvals.open}</a>`
  const words = { title: say.approvals.lapsed, more: say.approvals.lapsedMore }
  return page(say.sections.approvals, empty(words, action), consoleLayout)
}
