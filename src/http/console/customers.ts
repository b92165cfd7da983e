/** `/console/customers`: finding somebody, and all that the business has had to do with them. */

import type { FastifyInstance } from 'fastify'
import { Temporal } from 'temporal-polyfill'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { beginning } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import type { BookingRow } from './booking-page.ts'
import { type Happening, happeningRow } from './happening.ts'
import {
  type Answered,
  act,
  asBefore,
  differing,
  empty,
  field,
  given,
  keyField,
  pager,
  press,
  type Query,
  queryOf,
  saidIn,
  textArea,
} from './kit.ts'
import { lightList } from './light-list.ts'
import { newBookingPath } from './new-booking.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { fact, type Reading, words } from './words.ts'

/** As `get_customer` answers it. */
interface Customer {
  id: string
  name: string
  email: string | null
  phone: string | null
  phone_extension: string | null
  language: string | null
  time_zone: string
  note: string | null
  tags: string[]
  blocked: boolean
  status: 'active' | 'archived' | 'merged'
  version: number
  created_at: string
}

const HOME = '/console/customers'
type Path = { Params: { id: string } }

export function registerCustomers(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const { q = '', cursor } = queryOf(request)
    const text = q.trim().slice(0, 200)
    const page = await visit.list<Customer>('search_customers', { ...(text && { text }), limit: 30, cursor })
    const list = html`<section class="panel"><ul class="rows">${page.rows.map(row)}</ul></section>`
    const content = html`<form class="fields filters search" action="${HOME}" role="search">
${field('q', say.customers.search, q, { type: 'search' })}
<button>${say.customers.find}</button>
</form>
${newCustomer()}
${page.rows.length > 0 ? list : empty(text ? say.customers.noneSo : say.customers.none)}
${pager(HOME, text ? { q: text } : {}, page.next)}`
    return sendPage(reply, consolePage(visit, say.sections.customers, content))
  })

  app.post(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const args = given(formOf(request.body), ['name', 'email', 'phone', 'note'])
    const then = ({ id }: Record<string, unknown>) => `${HOME}/${id}`
    const undo = ({ id }: Answered) => archiving(id)
    return act(visit, request, reply, {
      tool: 'create_customer',
      args,
      back: HOME,
      then,
      said: 'added',
      undo,
    })
  })

  app.get<Path>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const customer = await visit.read<Customer>('get_customer', { customer_id: request.params.id })
    return sendPage(reply, await customerPage(visit, customer, queryOf(request)))
  })

  app.post<Path>(`${HOME}/:id/edit`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const cleared = ['email', 'phone', 'note'].filter(name => form[name]?.trim() === '')
    const customer_id = request.params.id
    const before = await visit.read<Customer>('get_customer', { customer_id })
    const changes = differing(before, {
      ...given(form, ['name', 'email', 'phone', 'note']),
      ...Object.fromEntries(cleared.map(name => [name, null])),
    })
    const tool = 'update_customer'
    const undo = ({ version }: Answered) => ({
      tool,
      arguments: { customer_id, version, ...asBefore({ ...before, phone: wholePhone(before) }, changes) },
    })
    const args = { customer_id, version: Number(form.version), ...changes }
    return act(visit, request, reply, { tool, args, back: `${HOME}/${customer_id}`, said: 'saved', undo })
  })

  app.post<Path>(`${HOME}/:id/archive`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const { tool, arguments: args } = archiving(request.params.id)
    const undo = ({ id, version }: Answered) => restoring(id, version)
    return act(visit, request, reply, {
      tool,
      args,
      back: `${HOME}/${request.params.id}`,
      said: 'putAway',
      undo,
    })
  })

  app.post<Path>(`${HOME}/:id/restore`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const { id } = request.params
    const { tool, arguments: args } = restoring(id, Number(formOf(request.body).version))
    const undo = () => archiving(id)
    return act(visit, request, reply, { tool, args, back: `${HOME}/${id}`, said: 'unarchived', undo })
  })
}

function archiving(customer_id: string) {
  return { tool: 'archive_customer', arguments: { customer_id } }
}

function restoring(customer_id: string, version: number) {
  return { tool: 'update_customer', arguments: { customer_id, version, status: 'active' } }
}

/** As it is set: with its extension, which setting a number without one takes away. */
function wholePhone({ phone, phone_extension }: Customer): string | null {
  return phone && phone_extension ? `${phone} ext. ${phone_extension}` : phone
}

function row({ id, name, email, phone, tags, blocked }: Customer): Html {
  const reach = [email, phone].filter(Boolean).join(' · ')
  return html`<li class="row">
<p class="row-title"><a href="${HOME}/${id}">${outside(name)}</a></p>
${blocked && html`<span class="badge destroys">${say.customers.blocked}</span>`}
<p class="row-more">${reach ? outside(reach) : say.customers.noReach}${tags.length > 0 && html` · ${beginning(tags.join(', '), 200)}`}</p>
</li>
`
}

async function customerPage(visit: Visit, customer: Customer, query: Query): Promise<string> {
  const of = { customer_id: customer.id }
  const now = (visit.workspace.clock ?? Temporal.Now.instant()).toString({ smallestUnit: 'millisecond' })
  const reading = readingOf(visit)
  const [coming, lots, happened] = await Promise.all([
    visit.list<BookingRow>('list_bookings', { ...of, from: now, limit: FEW, cursor: query.coming }),
    visit.list<Lot>('list_customer_entitlements', { ...of, limit: FEW, cursor: query.passes }),
    lightList<Happening>(visit, ['get_customer_timeline', { ...of, limit: 40, cursor: query.cursor }], rows =>
      rows.map(one => happeningRow(one, reading)),
    ),
  ])
  const path = `${HOME}/${customer.id}`
  const content = html`${saidIn(query)}
${customer.status === 'active' && !customer.blocked && html`<p class="actions"><a class="button primary" href="${newBookingPath({ customer: customer.id })}">${say.newBooking.forThem}</a></p>`}
${customer.status === 'archived' && archivedNotice(customer)}
${customer.blocked && html`<p class="notice danger">${say.customers.blockedMore}</p>`}
<dl class="facts">
${fact(say.customers.email, customer.email && html`<a href="mailto:${customer.email}">${outside(customer.email)}</a>`)}
${fact(say.customers.phone, customer.phone && html`<a href="tel:${customer.phone}">${outside(customer.phone)}</a>`)}
${fact(say.customers.tags, customer.tags.length > 0 && outside(customer.tags.join(', ')))}
${fact(say.customers.note, customer.note && html`<span class="words">${outside(customer.note)}</span>`)}
${fact(say.customers.since, words(customer.created_at, reading))}
</dl>
${lots.rows.length > 0 && html`<h2>${say.customers.passes}</h2><section class="panel"><ul class="rows">${lots.rows.map(lot => lotRow(lot, reading))}</ul></section>${pager(path, {}, lots.next, { name: 'passes', text: say.customers.morePasses })}`}
${coming.rows.length > 0 && html`<h2>${say.timeline.coming}</h2><section class="panel"><ul class="rows">${coming.rows.map(row => comingRow(row, reading))}</ul></section>${pager(path, {}, coming.next, { name: 'coming', text: say.timeline.later })}`}
<h2>${say.customers.timeline}</h2>
${happened.items.length > 0 ? html`<section class="panel"><ol class="rows timeline-list">${happened.items}</ol></section>` : empty(say.customers.nothingYet)}
${pager(path, {}, happened.next)}
${editForm(customer)}
${customer.status === 'active' && html`<div class="actions">${press(`${HOME}/${customer.id}/archive`, say.customers.archive, {}, 'danger')}</div>`}`
  const above = html`<p class="trail"><a href="${HOME}">${say.sections.customers}</a></p>${customer.status === 'archived' && html`<span class="badge">${say.customers.archived}</span>`}`
  return consolePage(visit, customer.name, content, { above })
}

function archivedNotice({ id, version }: Customer): Html {
  return html`<p class="lede">${say.customers.archivedMore}</p>
<div class="actions">${press(`${HOME}/${id}/restore`, say.customers.restore, { version: String(version) })}</div>`
}

/** Of what a customer holds, and of what is to come: the next of them, and a way to the rest. */
const FEW = 10

interface Lot {
  id: string
  name: string
  status: keyof typeof say.customers.lots
  remaining: number | null
  sessions: number | null
  expires_at: string | null
}

function lotRow({ name, status, remaining, sessions, expires_at }: Lot, reading: Reading): Html {
  const { word, look } = say.customers.lots[status] ?? { word: status, look: '' }
  const left = remaining === null ? say.customers.unlimited : say.customers.left(remaining, sessions)
  return html`<li class="row"><p class="row-title">${outside(name)}</p><span class="badge ${look}">${word}</span>
<p class="row-more">${left}${expires_at && html` · ${say.customers.until(words(expires_at, reading))}`}</p></li>
`
}

function comingRow(
  { id, starts_at, time_zone, service_name, staff_name, state }: BookingRow,
  reading: Reading,
): Html {
  const { word, look } = say.bookings.states[state]
  return html`<li class="row"><p class="row-title"><a href="/console/calendar/${id}">${say.bookings.serviceWith(outside(service_name), outside(staff_name))}</a></p>
<span class="badge ${look}">${word}</span>
<p class="row-more">${words(starts_at, { ...reading, timeZone: time_zone })}</p></li>
`
}

function newCustomer(): Html {
  return html`<details class="edits"><summary>${say.customers.add}</summary>
<form class="fields" method="post" action="${HOME}">${keyField()}${detailFields()}
<button class="primary">${say.customers.addIt}</button></form></details>`
}

function detailFields({ name = '', email, phone, note }: Partial<Customer> = {}): Html {
  return html`${field('name', say.customers.name, name, { required: true })}
${field('email', say.customers.email, email ?? '', { type: 'email' })}
${field('phone', say.customers.phone, phone ?? '', { type: 'tel' })}
${textArea('note', say.customers.note, note ?? '', 3)}`
}

function editForm(customer: Customer): Html {
  return html`<details class="edits"><summary>${say.customers.edit}</summary>
<form class="fields" method="post" action="${HOME}/${customer.id}/edit">
<input type="hidden" name="version" value="${customer.version}">
${detailFields(customer)}
<button class="primary">${say.kit.save}</button>
</form></details>`
}
