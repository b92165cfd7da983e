/** Deciding on several at once: what was ticked is listed again, and a second press decides; each is then one decision. */

import type { FastifyInstance } from 'fastify'
import { SignedOut } from '../../access/sessions.ts'
import type { Reviewed } from '../../calls/review-desk.ts'
import { Id, idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish, reasonOf } from '../pages/language.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { decisionIn } from './decision-form.ts'
import { deciderOf, decideSeveral } from './decisions.ts'
import { empty, hidden } from './kit.ts'
import { waitingRow } from './queue-page.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'
import { stateBadge, states } from './states.ts'

const ApprovalId = Id('approval')
/** As many as a page of the queue holds, and some. */
const MOST = 100

export function registerSeveral(app: FastifyInstance, host: Host): void {
  app.post('/console/approvals/several', async (request, reply) => {
    const visit = await visitOf(host, request)
    visit.path = '/console/approvals'
    const form = formOf(request.body)
    const verdict = form.verdict === 'reject' ? 'reject' : 'approve'
    const ids = chosenIn(form)
    if (ids.length === 0) return sendPage(reply.code(422), nonePage(visit))
    const chosen = await Promise.all(ids.map(id => host.approvals.read(visit, id)))
    if (form.sure !== 'yes') return sendPage(reply, surePage(visit, chosen, verdict))
    const { note } = decisionIn(form, null)
    const outcomes = await decideSeveral(host, deciderOf(visit, request), ids, { verdict, note })
    const rows = outcomes
      .filter(({ decided }) => !(decided instanceof SignedOut))
      .map(({ decided }, at) => outcomeRow(visit, chosen[at]!, decided))
    const left = outcomes.length - rows.length
    const content = html`${left > 0 && html`<p class="notice danger" role="alert">${say.signedOut.left(left)}</p>`}
<section class="panel"><ul class="rows">${rows}</ul></section>
<p class="actions"><a class="button primary" href="/console/approvals">${say.approvals.back}</a></p>`
    return sendPage(reply, consolePage(visit, say.approvals.decided, content))
  })
}

function chosenIn(form: Record<string, string>): string[] {
  const names = Object.keys(form).filter(name => name.startsWith('pick.'))
  return names.slice(0, MOST).flatMap(name => ApprovalId.safeParse(name.slice('pick.'.length)).data ?? [])
}

function nonePage(visit: Visit): string {
  const back = html`<a class="button" href="/console/approvals">${say.approvals.back}</a>`
  const words = { title: say.approvals.noneChosen, more: say.approvals.noneChosenMore }
  return consolePage(visit, say.sections.approvals, empty(words, back))
}

function surePage(visit: Visit, chosen: Reviewed[], verdict: 'approve' | 'reject'): string {
  const words = say.approvals.several[verdict]
  const picks = Object.fromEntries(chosen.map(({ id }) => [`pick.${idText('approval', id)}`, 'on']))
  const content = html`<p class="lede">${words.lede}</p>
<section class="panel"><ul class="rows">${chosen.map(one => waitingRow(visit, one))}</ul></section>
<form class="card decision" method="post" action="/console/approvals/several">
${hidden({ ...picks, verdict, sure: 'yes' })}
<div class="field"><label for="note">${say.approval.note}</label><textarea id="note" name="note" rows="2" dir="auto"></textarea></div>
<div class="actions"><button class="${verdict === 'approve' ? 'primary' : 'danger'}">${words.press}</button>
<a class="button quiet-button" href="/console/approvals">${say.approvals.back}</a></div>
</form>`
  return consolePage(visit, words.title(chosen.length), content)
}

function outcomeRow(
  visit: Visit,
  approval: Reviewed,
  decided: Awaited<ReturnType<typeof decideSeveral>>[number]['decided'],
): Html {
  const isRefused = decided instanceof Refusal
  const state = isRefused ? approval.state : decided.state
  const why = isRefused
    ? reasonOf(decided)
    : decided.refusal
      ? inEnglish(decided.refusal.message)
      : states[decided.state].sentence
  return html`${waitingRow(visit, approval, html`${stateBadge(state)}`, html`<p class="row-more">${why}</p>`)}`
}
