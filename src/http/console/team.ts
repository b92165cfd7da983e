/** `/console/team`: who can be booked, when they work, when they are away; and who signs in or is invited to. */

import type { FastifyInstance } from 'fastify'
import { hasRole } from '../../access/principal.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { beginning, inParts, panels, pieces } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { type Answered, act, empty, field, given, keyField, press, queryOf, saidIn } from './kit.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { registerInvites, signInsOf } from './team-invites.ts'
import { type Reading, words } from './words.ts'

interface Person {
  id: string
  name: string
  colour: string | null
  location_ids: string[]
  services: { service_id: string }[]
}

interface Absence {
  id: string
  staff_id: string
  starts_at: string
  ends_at: string
  time_zone: string
  reason: string | null
}

interface Schedule {
  staff_id: string
  schedules: { location_id: string; own: boolean; weekly: Record<string, { from: string; to: string }[]> }[]
}

const HOME = '/console/team'
type Path = { Params: { id: string } }

export function registerTeam(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const query = queryOf(request)
    const people = await visit.all<Person>('list_staff')
    const reading = readingOf(visit, { names: await visit.names(people) })
    const lists = panels(people.map(person => personRow(person, reading)))
    const signIns = hasRole(visit.principal.role, 'admin') ? await signInsOf(host, visit, request) : []
    const content = html`${saidIn(query)}
<p class="lede">${say.team.lede}</p>${people.length === 0 && empty(say.team.none)}
${inParts([...lists, ...signIns], query.part, HOME)}`
    return sendPage(reply, consolePage(visit, say.sections.team, content))
  })

  registerInvites(app, host)

  app.get<Path>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const { id } = request.params
    const query = queryOf(request)
    const [schedules, absences, staff] = await Promise.all([
      visit.list<Schedule>('list_schedules', { staff_id: id }),
      visit.all<Absence>('list_time_off', { staff_id: id }),
      visit.all<Person>('list_staff'),
    ])
    const person = staff.find(one => one.id === id)
    const reading = readingOf(visit, { names: await visit.names(schedules.rows, person) })
    const title = person?.name ?? say.team.formerly
    const weeks = schedules.rows.flatMap(({ schedules }) => schedules)
    const read = [
      ...(person
        ? pieces(servicesOf(person, reading), part => html`<p class="lede">${outside(part)}</p>\n`)
        : []),
      html`<p class="actions"><a class="button" href="/console/calendar?staff=${id}">${say.team.week}</a></p>
`,
      ...weeks.map(schedule => weekOf(schedule, reading)),
      html`<h2>${say.team.away}</h2>
${absences.length === 0 && html`<p class="quiet">${say.team.neverAway}</p>`}`,
      ...panels(absences.toSorted(byStart).map(one => absenceRow(one, visit))),
    ]
    const content = html`${saidIn(query)}
${inParts(read, query.part, `${HOME}/${id}`)}
${person && awayForm(id)}`
    const above = html`<p class="trail"><a href="${HOME}">${say.sections.team}</a></p>`
    return sendPage(reply, consolePage(visit, title, content, { above }))
  })

  app.post<Path>(`${HOME}/:id/away`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const args = { staff_id: request.params.id, ...given(formOf(request.body), ['from', 'to', 'reason']) }
    const back = `${HOME}/${request.params.id}`
    const undo = ({ id }: Answered) => ({ tool: 'delete_time_off', arguments: { timeoff_id: id } })
    return act(visit, request, reply, { tool: 'create_time_off', args, back, said: 'added', undo })
  })

  app.post<Path>(`${HOME}/:id/back`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const args = given(formOf(request.body), ['timeoff_id'])
    const back = `${HOME}/${request.params.id}`
    const undo = (entry: Partial<Absence>) => ({ tool: 'create_time_off', arguments: periodOf(entry) })
    return act(visit, request, reply, { tool: 'delete_time_off', args, back, said: 'removed', undo })
  })
}

/** To enter an absence again: by its instants, which are nobody's dates. */
function periodOf({ staff_id, starts_at, ends_at, reason }: Partial<Absence>): Record<string, unknown> {
  return { staff_id, from: starts_at, to: ends_at, ...(reason && { reason }) }
}

function personRow(person: Person, reading: Reading): Html {
  return html`<li class="row"><p class="row-title"><a href="${HOME}/${person.id}">${outside(person.name)}</a></p>
<p class="row-more">${beginning(servicesOf(person, reading), 300)}</p></li>
`
}

function servicesOf({ services }: Person, { names }: Reading): string {
  const known = services
    .map(({ service_id }) => names?.get(service_id)?.name)
    .filter(name => name !== undefined)
  return known.length > 0 ? known.join(', ') : say.team.doesNothing
}

function byStart(one: Absence, other: Absence): number {
  return Date.parse(one.starts_at) - Date.parse(other.starts_at)
}

function weekOf({ location_id, own, weekly }: Schedule['schedules'][number], reading: Reading): Html {
  return html`<h2>${say.team.hours} <span class="count">${words(location_id, reading)}</span></h2>
${!own && html`<p class="quiet">${say.team.asPlace}</p>`}
<dl class="facts">${Object.entries(say.services.days).map(
    ([day, name]) =>
      html`<div><dt>${name}</dt><dd>${(weekly[day] ?? []).map(({ from, to }) => `${from}–${to}`).join(', ') || say.services.closed}</dd></div>`,
  )}</dl>`
}

function absenceRow({ id, staff_id, starts_at, ends_at, time_zone, reason }: Absence, visit: Visit): Html {
  const reading = readingOf(visit, { timeZone: time_zone })
  return html`<li class="row"><p class="row-title">${words(starts_at, reading)} – ${words(ends_at, reading)}</p>
${press(`${HOME}/${staff_id}/back`, say.team.remove, { timeoff_id: id }, 'quiet-button')}
${reason && html`<p class="row-more">${outside(reason)}</p>`}</li>
`
}

function awayForm(id: string): Html {
  return html`<details class="edits"><summary>${say.team.add}</summary>
<form class="fields" method="post" action="${HOME}/${id}/away">${keyField()}
${field('from', say.team.from, '', { type: 'date', required: true })}
${field('to', say.team.to, '', { type: 'date', required: true })}
${field('reason', say.team.reason, '', { hint: say.team.reasonHint })}
<button class="primary">${say.team.addIt}</button></form></details>`
}
