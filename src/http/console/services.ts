/** `/console/services`: what can be booked, and when the business is open. */

import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../catalog/refusal.ts'
import { moneyText } from '../../domain/money/text.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/en.ts'
import {
  act,
  amountOf,
  amountText,
  empty,
  field,
  given,
  keyField,
  press,
  type Query,
  queryOf,
  saidIn,
  whole,
} from './kit.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'
import { facts } from './words.ts'

interface Service {
  id: string
  name: string
  description: string | null
  category: string | null
  duration_minutes: number
  price: { amount: number; currency: string }
  status: 'active' | 'archived'
  version: number
}

type Week = Record<string, { from: string; to: string }[]>

interface Place {
  id: string
  name: string
  time_zone: string
  address: string | null
  hours: Week
  closures: { date: string; reason: string | null }[]
}

const HOME = '/console/services'
type Path = { Params: { id: string } }

export function registerServices(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const [services, places] = await Promise.all([
      visit.list<Service>('list_services', { limit: 100 }),
      visit.list<Place>('list_locations', { limit: 100 }),
    ])
    const content = html`${saidIn(queryOf(request))}
${services.rows.length > 0 ? catalogue(services.rows) : empty(say.services.none)}
${newService(visit)}
${places.rows.map(place => hoursOf(place))}`
    return sendPage(reply, consolePage(visit, say.sections.services, content))
  })

  app.post(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const args = { ...given(form, ['name', 'category']), ...terms(visit, form) }
    return act(visit, request, reply, { tool: 'create_service', args, back: HOME, said: 'added' })
  })

  app.get<Path>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const service = await visit.read<ServiceInFull>('get_service', { service_id: request.params.id })
    return sendPage(reply, servicePage(visit, service, queryOf(request)))
  })

  app.post<Path>(`${HOME}/:id/edit`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const { id } = request.params
    const args = {
      service_id: id,
      version: Number(form.version),
      ...given(form, ['name', 'category']),
      ...terms(visit, form),
    }
    return act(visit, request, reply, { tool: 'update_service', args, back: `${HOME}/${id}`, said: 'saved' })
  })

  app.post<Path>(`${HOME}/:id/archive`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const args = { service_id: request.params.id }
    return act(visit, request, reply, { tool: 'archive_service', args, back: HOME, said: 'archived' })
  })

  app.post<Path>(`${HOME}/hours/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const hours = Object.fromEntries(days.map(day => [day, hoursIn(form[day] ?? '')]))
    const args = { location_id: request.params.id, hours }
    return act(visit, request, reply, { tool: 'set_location_hours', args, back: HOME, said: 'saved' })
  })
}

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** `9:00–13:00, 14:00–18:00`, with a dash of any length; nothing is closed. @throws Refusal `invalid_input` */
export function hoursIn(text: string): { from: string; to: string }[] {
  if (text.trim() === '') return []
  return text.split(',').map(part => {
    const [, from, to] = /^\s*(\d{1,2}:\d\d)\s*[-–—]\s*(\d{1,2}:\d\d)\s*$/.exec(part) ?? []
    if (!from || !to) throw new Refusal('invalid_input', say.services.noHours)
    return { from: from.padStart(5, '0'), to: to.padStart(5, '0') }
  })
}

function hoursText(intervals: Week[string] = []): string {
  return intervals.map(({ from, to }) => `${from}–${to}`).join(', ')
}

function terms({ workspace }: Visit, { duration, price = '' }: Record<string, string>) {
  return {
    duration_minutes: whole(duration, say.services.duration),
    price: amountOf(price, workspace.currency),
  }
}

function catalogue(services: Service[]): Html {
  const categories = [...new Set(services.map(({ category }) => category))]
  return html`${categories.map(
    category => html`<section class="panel">${category !== null && html`<h2>${outside(category)}</h2>`}
<ul class="rows">${services.filter(one => one.category === category).map(serviceRow)}</ul></section>`,
  )}`
}

function serviceRow({ id, name, duration_minutes, price }: Service): Html {
  return html`<li class="row"><p class="row-title"><a href="${HOME}/${id}">${outside(name)}</a></p>
<span class="amount">${moneyText(price)}</span>
<p class="row-more">${say.services.minutes(duration_minutes)}</p></li>
`
}

function newService({ principal, workspace }: Visit): Html | false {
  if (principal.role === 'member') return false
  return html`<details class="edits"><summary>${say.services.add}</summary>
<form class="fields" method="post" action="${HOME}">${keyField()}${fieldsOf(workspace.currency)}
<button class="primary">${say.services.addIt}</button></form></details>`
}

function fieldsOf(currency: string, service?: Service): Html {
  return html`${field('name', say.services.name, service?.name, { required: true })}
${field('category', say.services.category, service?.category ?? '', { hint: say.services.categoryHint })}
${field('duration', say.services.duration, service ? String(service.duration_minutes) : '', { type: 'number', required: true })}
${field('price', say.services.price(currency), service && amountText(service.price), { required: true, hint: say.services.priceHint })}`
}

interface ServiceInFull extends Service {
  variants: { name: string; duration_minutes: number | null; price: Service['price'] }[]
  addons: { name: string; minutes: number; price: Service['price'] }[]
  policy: Record<string, unknown>
  staff: { staff_id: string; name: string }[]
}

function servicePage(visit: Visit, service: ServiceInFull, query: Query): string {
  const { id, version, description, staff, variants, addons, policy } = service
  const canEdit = visit.principal.role !== 'member' && service.status === 'active'
  const content = html`${saidIn(query)}
${description && html`<p class="lede">${outside(description)}</p>`}
<dl class="facts">
<div><dt>${say.services.length}</dt><dd>${say.services.minutes(service.duration_minutes)}</dd></div>
<div><dt>${say.services.costs}</dt><dd>${moneyText(service.price)}</dd></div>
<div><dt>${say.services.whoDoes}</dt><dd>${staff.length > 0 ? outside(staff.map(({ name }) => name).join(', ')) : say.services.nobody}</dd></div>
${variants.length > 0 && html`<div><dt>${say.services.variants}</dt><dd>${outside(variants.map(({ name, price }) => `${name} ${moneyText(price)}`).join(', '))}</dd></div>`}
${addons.length > 0 && html`<div><dt>${say.services.addons}</dt><dd>${outside(addons.map(({ name, price }) => `${name} ${moneyText(price)}`).join(', '))}</dd></div>`}
</dl>
<h2>${say.services.policy}</h2><div class="card">${facts(policy, visit.workspace)}</div>
${
  canEdit &&
  html`<details class="edits"><summary>${say.services.edit}</summary>
<form class="fields" method="post" action="${HOME}/${id}/edit"><input type="hidden" name="version" value="${version}">
${fieldsOf(visit.workspace.currency, service)}<p class="quiet">${say.services.editMore}</p>
<button class="primary">${say.kit.save}</button></form></details>
<div class="actions">${press(`${HOME}/${id}/archive`, say.services.archive, {}, 'danger')}</div>`
}`
  const above = html`<p class="trail"><a href="${HOME}">${say.sections.services}</a></p>`
  return consolePage(visit, service.name, content, { above })
}

function hoursOf({ id, name, time_zone, address, hours, closures }: Place): Html {
  return html`<h2>${say.services.hours} <span class="count">${outside(name)}</span></h2>
<p class="quiet">${address && html`${outside(address)} · `}${say.calendar.zone(time_zone)}</p>
<form class="card fields week" method="post" action="${HOME}/hours/${id}">
${days.map(
  day => html`<div class="field day"><label for="${day}-${id}">${say.services.days[day]}</label>
<input id="${day}-${id}" name="${day}" value="${hoursText(hours[day])}" placeholder="${say.services.closed}" autocomplete="off"></div>
`,
)}<p class="quiet">${say.services.hoursHint}</p>
<button>${say.services.saveHours}</button>
</form>
${closures.length > 0 && html`<p>${say.services.closures} ${closures.map(({ date, reason }, at) => html`${at > 0 && ', '}${date}${reason && html` (${outside(reason)})`}`)}.</p>`}`
}
