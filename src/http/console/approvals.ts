/** `/console/approvals`: the queue, one of it, and a person's decision as a form sends it. */

import type { FastifyInstance } from 'fastify'
import type { Decided } from '../../calls/decide.ts'
import type { Reviewed } from '../../calls/review-desk.ts'
import { Id, idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { reasonOf } from '../pages/language.ts'
import { sendPage } from '../pages/page.ts'
import { approvalPage, missingPage } from './approval-page.ts'
import { decisionIn } from './decision-form.ts'
import { deciderOf } from './decisions.ts'
import { queryOf } from './kit.ts'
import { pathOf, queuePage, settledPage } from './queue-page.ts'
import { isToldHere } from './refused.ts'
import { registerSeveral } from './several.ts'
import { visitOf } from './shell.ts'

type Path = { Params: { id: string } }

export function registerApprovals(app: FastifyInstance, host: Host): void {
  app.get('/console/approvals', async (request, reply) => {
    const visit = await visitOf(host, request)
    // The mark first: what changes while the queue is read is news to the page, never lost to it.
    const mark = await host.approvals.mark(visit.workspace.id)
    const query = queryOf(request)
    const settledBefore = ApprovalId.safeParse(query.settled)
    if (settledBefore.success)
      return sendPage(reply, settledPage(visit, await host.approvals.settled(visit, settledBefore.data)))
    const before = ApprovalId.safeParse(query.before)
    const queue = await host.approvals.queue(visit, before.data)
    return sendPage(reply, queuePage(visit, queue, mark))
  })

  registerSeveral(app, host)

  app.get<Path>('/console/approvals/:id', async (request, reply) => {
    const visit = await visitOf(host, request)
    const { part, edit } = queryOf(request)
    const id = ApprovalId.safeParse(request.params.id)
    try {
      if (!id.success) throw notFound('approval')
      return sendPage(
        reply,
        approvalPage(visit, await host.approvals.read(visit, id.data), { part, edit: edit !== undefined }),
      )
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'not_found') throw error
      return sendPage(reply.code(404), missingPage(visit))
    }
  })

  for (const verdict of ['approve', 'reject'] as const) {
    app.post<Path>(`/console/approvals/:id/${verdict}`, async (request, reply) => {
      const visit = await visitOf(host, request)
      const approvalId = idOf(request.params.id)
      const form = formOf(request.body)
      const before = await host.approvals.read(visit, approvalId)
      try {
        const decided = await host.decide(deciderOf(visit, request), {
          approvalId,
          verdict,
          ...decisionIn(form, verdict === 'approve' ? before : null),
        })
        const after = await host.approvals.read(visit, approvalId)
        // What is shown once, as a new key is, would be lost behind a redirect.
        if (hasMore(decided, after))
          return sendPage(reply, approvalPage(visit, { ...after, answer: decided.answer }))
        return reply.redirect(pathOf(after), 303)
      } catch (error) {
        if (!isToldHere(error)) throw error
        const now = await host.approvals.read(visit, approvalId)
        // It was done, and the answer was lost on its way.
        if (error.code === 'internal' && now.state !== 'pending') return reply.redirect(pathOf(now), 303)
        return sendPage(
          reply.code(error.status),
          approvalPage(visit, now, { tried: { problem: reasonOf(error), form } }),
        )
      }
    })
  }

  app.post<Path>('/console/approvals/:id/withdraw', async (request, reply) => {
    const visit = await visitOf(host, request)
    const approvalId = idOf(request.params.id)
    const wish = { approval_id: idText('approval', approvalId) }
    const { refusal } = await visit.write('cancel_approval_request', wish)
    const now = await host.approvals.read(visit, approvalId)
    if (!refusal) return reply.redirect(pathOf(now), 303)
    const tried = { problem: reasonOf(refusal), form: {} }
    return sendPage(reply.code(refusal.status), approvalPage(visit, now, { tried }))
  })
}

const ApprovalId = Id('approval')

function idOf(text: string): string {
  const id = ApprovalId.safeParse(text)
  if (!id.success) throw notFound('approval')
  return id.data
}

function hasMore({ answer }: Decided, { answer: stored }: Reviewed): boolean {
  return answer !== undefined && JSON.stringify(answer) !== JSON.stringify(stored)
}
