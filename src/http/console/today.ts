/** `/console`: what needs the person, what the day holds, and what happened. */

import type { FastifyInstance } from 'fastify'
import { Temporal } from 'temporal-polyfill'
import type { Reviewed } from '../../calls/review-desk.ts'
import type { Host } from '../host.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { type AuditRow, auditRows } from './audit-row.ts'
import type { BookingRow } from './booking-page.ts'
import { queryOf, saidIn } from './kit.ts'
import { type MessageRow, messageRow } from './messages.ts'
import { waitingRow } from './queue-page.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { hourOf, type Reading } from './words.ts'

export function registerToday(app: FastifyInstance, host: Host): void {
  app.get('/console', async (request, reply) => {
    const visit = await visitOf(host, request)
    const [queue, happened, ...lost] = await Promise.all([
      visit.waiting > 0 ? host.approvals.queue(visit) : { waiting: [] },
      visit.principal.role === 'member'
        ? { rows: [] }
        : visit.list<AuditRow>('list_audit_events', { limit: 12 }),
      visit.list<MessageRow>('list_messages', { status: 'failed', limit: FIRST }),
      visit.list<MessageRow>('list_messages', { status: 'unknown', limit: FIRST }),
    ])
    const unsent = lost.flatMap(({ rows }) => rows)
    const bookings = await bookingsToday(visit)
    const names = await visit.names(happened.rows, unsent, bookings)
    const reading = readingOf(visit, { names })
    const content = html`${saidIn(queryOf(request))}<div class="two-up"><div>
${needs(visit, queue.waiting, unsent.length > 0)}
${agenda(bookings, nowOf(visit), reading)}
${unsent.length > 0 && unsentMessages(unsent, reading)}
</div>
${visit.principal.role !== 'member' && html`<div>${happenings(host, happened.rows, reading)}</div>`}
</div>`
    return sendPage(reply, consolePage(visit, say.today.title, content, { wide: true }))
  })
}

const FIRST = 3

/** What is still to come today, on the workspace's clock. */
async function bookingsToday(visit: Visit): Promise<BookingRow[]> {
  const { list, workspace } = visit
  const now = nowOf(visit)
  const midnight = now.toZonedDateTimeISO(workspace.timeZone).startOfDay().add({ days: 1 })
  const [from, until] = [now, midnight.toInstant()].map(at => at.toString({ smallestUnit: 'millisecond' }))
  const lists = await Promise.all(
    ['confirmed', 'pending'].map(state =>
      list<BookingRow>('list_bookings', { from, until, state, limit: MOST_BOOKINGS }),
    ),
  )
  return lists
    .flatMap(({ rows }) => rows)
    .toSorted((one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at))
    .slice(0, MOST_BOOKINGS)
}

const MOST_BOOKINGS = 6

function nowOf({ workspace }: Visit): Temporal.Instant {
  return workspace.clock ?? Temporal.Now.instant()
}

function agenda(bookings: BookingRow[], now: Temporal.Instant, reading: Reading): Html {
  const rows = bookings.map(
    ({ id, starts_at, time_zone, customer_name, service_name, staff_name }) => html`<li class="row timed">
<p class="at">${hourOf(starts_at, now, { ...reading, timeZone: time_zone })}</p>
<p class="row-title"><a href="/console/calendar/${id}">${outside(customer_name ?? say.bookings.somebody)}</a></p>
<p class="row-more">${say.bookings.serviceWith(outside(service_name), outside(staff_name))}</p></li>
`,
  )
  return html`<section class="panel"><h2>${say.today.agenda}</h2>
${rows.length > 0 ? html`<ul class="rows">${rows}</ul>` : html`<p class="quiet">${say.today.noBookings}</p>`}
<p class="actions"><a class="button" href="/console/calendar">${say.today.calendar}</a></p></section>`
}

function unsentMessages(messages: MessageRow[], reading: Reading): Html {
  return html`<section class="panel"><h2>${say.today.failed}</h2>
<ul class="rows">${messages.map(row => messageRow(row, reading))}</ul>
<p class="actions">${(['failed', 'unknown'] as const).filter(status => messages.some(row => row.status === status)).map(status => html`<a class="button" href="/console/messages?status=${status}">${say.today.allUnsent[status]}</a>`)}</p></section>`
}

function needs(visit: Visit, waiting: Reviewed[], more: boolean): Html | false {
  if (waiting.length === 0) {
    if (more) return false
    return html`<div class="empty"><h2>${say.today.nothing}</h2><p>${say.today.nothingMore}</p></div>`
  }
  return html`<section class="panel">
<h2>${say.today.waits} <span class="count">${visit.waiting}</span></h2>
<ul class="rows">${waiting.slice(0, FIRST).map(one => waitingRow(visit, one))}</ul>
<p class="actions"><a class="button primary" href="/console/approvals">${say.today.all(visit.waiting)}</a></p>
</section>`
}

function happenings({ catalog }: Host, rows: AuditRow[], reading: Reading): Html {
  if (rows.length === 0) {
    return html`<div class="empty"><h2>${say.today.quiet}</h2><p>${say.today.quietMore}</p></div>`
  }
  return html`<section class="panel">
<h2>${say.today.happened}</h2>
${auditRows(catalog, rows, reading, 'h3')}
<p class="actions"><a class="button" href="/console/activity">${say.today.activity}</a></p></section>`
}
