/** `/console/messages`: what was written to customers and what became of it, and a person's word where nothing else helps. */

import type { FastifyInstance } from 'fastify'
import { Id } from '../../catalog/kinds.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Remedy } from '../../domain/messaging/remedy.ts'
import type { Host } from '../host.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { beginning, inParts } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { deciderOf } from './decisions.ts'
import { act, empty, pager, press, problemPage, type Query, queryOf, saidIn } from './kit.ts'
import { letterCards } from './letter.ts'
import { isToldHere } from './refused.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { fact, firstLine, type Reading, words } from './words.ts'

/** As `list_messages` answers it. */
export interface MessageRow {
  id: string
  status: keyof typeof say.messages.statuses
  channel: string
  purpose: string
  language: string
  to: string
  subject: string | null
  text: string
  customer_id: string
  booking_id: string | null
  send_at: string | null
  created_at: string
  reason: string | null
}

const HOME = '/console/messages'
type Path = { Params: { id: string } }

export function registerMessages(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const query = queryOf(request)
    const status = query.status && query.status in say.messages.statuses ? query.status : undefined
    const page = await visit.list<MessageRow>('list_messages', { status, limit: 30, cursor: query.cursor })
    const reading = readingOf(visit, { names: await visit.names(page.rows) })
    const rows = html`<ul class="rows">${page.rows.map(row => messageRow(row, reading))}</ul>`
    const content = html`${filter(status)}
${page.rows.length > 0 ? html`<section class="panel">${rows}</section>` : empty(status ? say.messages.noneSo : say.messages.none)}
${pager(HOME, status ? { status } : {}, page.next)}`
    return sendPage(reply, consolePage(visit, say.sections.messages, content))
  })

  app.get<Path>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    return sendPage(
      reply,
      await messagePage(visit, await messageOf(visit, request.params.id), queryOf(request)),
    )
  })

  app.post<Path>(`${HOME}/:id/cancel`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const back = `${HOME}/${(await messageOf(visit, request.params.id)).id}`
    const args = { message_id: request.params.id }
    return act(visit, request, reply, { tool: 'cancel_message', args, back, said: 'withheld' })
  })

  for (const remedy of ['retry', 'discard', 'accept'] as const) {
    app.post<Path>(`${HOME}/:id/${remedy}`, async (request, reply) => {
      const visit = await visitOf(host, request)
      const messageId = MessageId.safeParse(request.params.id)
      if (!messageId.success) throw notFound('message')
      const back = `${HOME}/${request.params.id}`
      try {
        await host.remedy(deciderOf(visit, request), { messageId: messageId.data, remedy })
        return reply.redirect(`${back}?said=${remedy}`, 303)
      } catch (error) {
        if (!isToldHere(error)) throw error
        return sendPage(reply.code(error.status), problemPage(visit, error, back))
      }
    })
  }
}

const MessageId = Id('message')

function messageOf(visit: Visit, id: string): Promise<MessageRow> {
  return visit.read<MessageRow>('get_message_status', { message_id: id })
}

/** A link for each state, so that it works without a script. */
function filter(chosen: string | undefined): Html {
  const states = Object.entries(say.messages.statuses)
  return html`<nav class="chips" aria-label="${say.messages.filter}">
<a href="${HOME}"${chosen === undefined && html` aria-current="true"`}>${say.messages.all}</a>
${states.map(
  ([status, { word }]) =>
    html`<a href="${HOME}?status=${status}"${status === chosen && html` aria-current="true"`}>${word}</a>
`,
)}</nav>`
}

export function messageRow(row: MessageRow, reading: Reading): Html {
  const customer = reading.names?.get(row.customer_id)
  return html`<li class="row">
<p class="row-title"><a href="${HOME}/${row.id}">${beginning(row.subject ?? firstLine(row.text, 80), 80)}</a></p>
${statusBadge(row.status)}
<p class="row-more">${say.messages.toWhom(say.messages.channels[row.channel as never] ?? row.channel, outside(customer?.name ?? row.to))} · ${words(row.send_at ?? row.created_at, reading)}${row.reason && html` · ${reasonText(row.reason)}`}</p>
</li>
`
}

function statusBadge(status: MessageRow['status']): Html {
  const { word, look } = say.messages.statuses[status]
  return html`<span class="badge ${look}">${word}</span>`
}

function reasonText(reason: string): string {
  return say.messages.reasons[reason as never] ?? reason.replaceAll('_', ' ')
}

async function messagePage(visit: Visit, message: MessageRow, query: Query): Promise<string> {
  const reading = readingOf(visit, { names: await visit.names(message) })
  const { status, reason } = message
  const { word, look, more } = say.messages.statuses[status]
  const content = html`${saidIn(query)}
<div class="notice${look === 'destroys' && ' danger'}"><p><strong>${word}.</strong> ${more}</p>
${reason && html`<p>${reasonText(reason)}</p>`}</div>
${inParts(letterCards(message, reading), query.part, `${HOME}/${message.id}`)}
<dl class="facts about">
${fact(say.messages.customer, html`<a href="/console/customers/${message.customer_id}">${words(message.customer_id, reading)}</a>`)}
${message.booking_id && fact(say.messages.booking, html`<a href="/console/calendar/${message.booking_id}">${words(message.booking_id, reading)}</a>`)}
${message.send_at && fact(say.messages.goes, words(message.send_at, reading))}
${fact(say.messages.written, words(message.created_at, reading))}
</dl>
${remedies(visit, message)}`
  const above = html`<p class="trail"><a href="${HOME}">${say.sections.messages}</a></p>`
  return consolePage(visit, message.subject ?? say.messages.one, content, { above })
}

function remedies({ principal }: Visit, { id, status }: MessageRow): Html | false {
  const path = (what: string) => `${HOME}/${id}/${what}`
  if (status === 'draft' || status === 'queued')
    return html`<div class="actions">${press(path('cancel'), say.messages.cancel, {}, 'danger')}</div>`
  if (status !== 'failed' && status !== 'unknown') return false
  if (principal.role === 'member') return html`<p class="notice">${say.messages.adminDecides}</p>`
  const shown: Remedy[] = status === 'failed' ? ['retry', 'discard'] : ['accept', 'retry', 'discard']
  return html`<h2>${say.messages.decide}</h2>
<p>${status === 'unknown' ? say.messages.unknownHelp : say.messages.failedHelp}</p>
<div class="actions">${shown.map((remedy, at) => press(path(remedy), say.messages.remedies[remedy], {}, at === 0 ? 'primary' : ''))}</div>`
}
