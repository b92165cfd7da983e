/** `/console/services`: what can be booked, and when the business is open. */

import type { FastifyInstance } from 'fastify'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { inChunks, inParts } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { hoursOf, type Place } from './hours.ts'
import {
  type Answered,
  act,
  asBefore,
  differing,
  empty,
  given,
  keyField,
  mustBeAt,
  queryOf,
  saidIn,
} from './kit.ts'
import { fieldsOf, type Service, type ServiceInFull, servicePage, termsIn } from './service-page.ts'
import { minutesText, policyIn } from './service-policy.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'

const HOME = '/console/services'
type Path = { Params: { id: string } }

export function registerServices(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const [services, archived, places] = await Promise.all([
      visit.all<Service>('list_services'),
      visit.all<Service>('list_services', { status: 'archived' }),
      visit.all<Place>('list_locations'),
    ])
    const query = queryOf(request)
    const pieces = [
      html`${services.length === 0 && empty(say.services.none)}`,
      ...inChunks(services, LIGHT).map(catalogue),
      html`${newService(visit)}`,
      ...inChunks(archived, LIGHT).map(archive),
      ...places.flatMap(place => hoursOf(visit, place)),
    ]
    const content = html`${saidIn(query)}
${inParts(pieces, query.part, HOME)}`
    return sendPage(reply, consolePage(visit, say.sections.services, content))
  })

  app.post(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const { name, category, description } = given(form, ['name', 'category', 'description'])
    const args = { name, category, description, ...termsIn(visit, form) }
    const undo = ({ id }: Answered) => ({ tool: 'archive_service', arguments: { service_id: id } })
    return act(visit, request, reply, { tool: 'create_service', args, back: HOME, said: 'added', undo })
  })

  app.get<Path>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const service = await serviceOf(visit, request.params.id)
    return sendPage(reply, await servicePage(visit, service, queryOf(request)))
  })

  app.post<Path>(`${HOME}/:id/edit`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const service_id = request.params.id
    const before = await serviceOf(visit, service_id)
    const { name, category = null, description = null } = given(form, ['name', 'category', 'description'])
    const changes = differing(before, { name, category, description, ...termsIn(visit, form) })
    const tool = 'update_service'
    const undo = ({ version }: Answered) => ({
      tool,
      arguments: { service_id, version, ...asBefore(before, changes) },
    })
    const args = { service_id, version: Number(form.version), ...changes }
    return act(visit, request, reply, { tool, args, back: `${HOME}/${service_id}`, said: 'saved', undo })
  })

  app.post<Path>(`${HOME}/:id/policy`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const service_id = request.params.id
    const before = await serviceOf(visit, service_id)
    mustBeAt(before.version, form)
    const tool = 'set_service_booking_policy'
    const undo = ({ version }: Answered) =>
      version === before.version + 1 ? { tool, arguments: { service_id, ...asked(before.policy) } } : null
    const args = { service_id, ...asked({ ...before.policy, ...policyIn(visit, form) }) }
    return act(visit, request, reply, { tool, args, back: `${HOME}/${service_id}`, said: 'saved', undo })
  })

  app.post<Path>(`${HOME}/:id/archive`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const service_id = request.params.id
    const restored = { service_id, status: 'active' }
    const undo = ({ version }: Answered) => ({ tool: 'update_service', arguments: { version, ...restored } })
    const args = { service_id }
    return act(visit, request, reply, { tool: 'archive_service', args, back: HOME, said: 'archived', undo })
  })

  app.post<Path>(`${HOME}/:id/restore`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const service_id = request.params.id
    const args = { service_id, version: Number(formOf(request.body).version), status: 'active' }
    const undo = () => ({ tool: 'archive_service', arguments: { service_id } })
    const back = `${HOME}/${service_id}`
    return act(visit, request, reply, { tool: 'update_service', args, back, said: 'restored', undo })
  })
}

/** As many as are still a light piece of a page. */
const LIGHT = 20

function serviceOf(visit: Visit, service_id: string): Promise<ServiceInFull> {
  return visit.read<ServiceInFull>('get_service', { service_id })
}

/** Nothing asked is left out: the tool takes no null for it. */
function asked(policy: Record<string, unknown>): Record<string, unknown> {
  const charges = ['deposit', 'late_cancel_fee', 'no_show_fee']
  return Object.fromEntries(
    Object.entries(policy).filter(([name, value]) => value !== null || !charges.includes(name)),
  )
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
<p class="row-more">${minutesText(duration_minutes)}</p></li>
`
}

function newService({ principal, workspace }: Visit): Html | false {
  if (principal.role === 'member') return false
  return html`<details class="edits"><summary>${say.services.add}</summary>
<form class="fields" method="post" action="${HOME}">${keyField()}${fieldsOf(workspace.currency)}
<button class="primary">${say.services.addIt}</button></form></details>`
}

function archive(services: Service[]): Html {
  return html`<details class="edits"><summary>${say.services.archived} <span class="count">${services.length}</span></summary>
<ul class="rows">${services.map(serviceRow)}</ul></details>`
}
