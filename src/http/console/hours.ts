/** When a place is open: the week, and the dates on which it is closed. What stands on a date is shown before it is closed. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Temporal } from 'temporal-polyfill'
import type { WriteBody } from '../../calls/call.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { PageRefusal } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { panels } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { type Answered, act, field, given, hidden, press, problemPage } from './kit.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { words } from './words.ts'

type Week = Record<string, { from: string; to: string }[]>

/** As `list_locations` answers it: the closures from today on. */
export interface Place {
  id: string
  name: string
  time_zone: string
  address: string | null
  hours: Week
  closures: Closure[]
  version: number
}

interface Closure {
  date: string
  reason: string | null
}

const HOME = '/console/services'
type Path = { Params: { id: string } }

export function registerHours(app: FastifyInstance, host: Host): void {
  app.post<Path>(`${HOME}/hours/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const before = await placeOf(visit, request.params.id)
    const hours = Object.fromEntries(days.map(day => [day, hoursIn(form[day] ?? '')]))
    const tool = 'set_location_hours'
    const location_id = before.id
    const undo = ({ version }: Answered) =>
      version === before.version + 1 ? { tool, arguments: { location_id, hours: before.hours } } : null
    const args = { location_id, hours }
    return act(visit, request, reply, { tool, args, back: HOME, said: 'saved', undo })
  })

  app.post<Path>(`${HOME}/closures/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const place = await placeOf(visit, request.params.id)
    const change = closing(visit, place, form)
    if (form.sure !== 'yes') {
      const answer = await visit.write('set_location_closures', { ...change, dry_run: true })
      if (answer.refusal)
        return sendPage(reply.code(answer.refusal.status), problemPage(visit, answer.refusal, HOME, { form }))
      const { affected_bookings } = (answer.body as WriteBody).data as { affected_bookings: InTheWay[] }
      if (affected_bookings.length > 0)
        return sendPage(reply, await affectedPage(visit, place, form, affected_bookings))
    }
    return setClosures(visit, request, reply, place, change)
  })

  app.post<Path>(`${HOME}/closures/:id/open`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const place = await placeOf(visit, request.params.id)
    const { date = '' } = formOf(request.body)
    const change = { location_id: place.id, from: date, to: date, closures: [] }
    return setClosures(visit, request, reply, place, change)
  })
}

/** The places of a business are few: all of them are read, as the page does. @throws Refusal `not_found` */
async function placeOf(visit: Visit, id: string): Promise<Place> {
  const places = await visit.all<Place>('list_locations')
  const found = places.find(place => place.id === id)
  if (!found) throw notFound('location', ['list_locations'])
  return found
}

interface Change {
  location_id: string
  /** The first and the last date that are replaced, `2026-12-24`. */
  from: string
  to: string
  closures: { date: string; reason?: string }[]
}

function setClosures(
  visit: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
  { closures }: Place,
  change: Change,
): Promise<FastifyReply> {
  const tool = 'set_location_closures'
  const { from, to } = change
  const before = closures.filter(({ date }) => from <= date && date <= to).map(asWritten)
  const undo = () => ({ tool, arguments: { ...change, closures: before } })
  return act(visit, request, reply, { tool, args: { ...change }, back: HOME, said: 'saved', undo })
}

function asWritten({ date, reason }: Closure): Change['closures'][number] {
  return reason ? { date, reason } : { date }
}

/** Each date from the first to the last. @throws Refusal `invalid_input` */
function closing(visit: Visit, { id, time_zone }: Place, form: Record<string, string>): Change {
  const { reason } = given(form, ['reason'])
  const { first, last } = rangeIn(form)
  const today = (visit.workspace.clock ?? Temporal.Now.instant()).toZonedDateTimeISO(time_zone).toPlainDate()
  const isPast = Temporal.PlainDate.compare(first, today) < 0
  const length = first.until(last).days + 1
  if (isPast || length < 1 || length > 366) throw new PageRefusal('invalid_input', say.services.noRange)
  const dates = Array.from({ length }, (_, at) => first.add({ days: at }).toString())
  const closures = dates.map(date => asWritten({ date, reason: reason ?? null }))
  return { location_id: id, from: first.toString(), to: last.toString(), closures }
}

function rangeIn({ from = '', to = '' }: Record<string, string>) {
  try {
    const first = Temporal.PlainDate.from(from)
    return { first, last: to.trim() ? Temporal.PlainDate.from(to) : first }
  } catch {
    throw new PageRefusal('invalid_input', say.services.noRange)
  }
}

/** As `set_location_closures` names a booking that stands on a closed date. */
interface InTheWay {
  id: string
}

async function affectedPage(
  visit: Visit,
  place: Place,
  form: Record<string, string>,
  bookings: InTheWay[],
): Promise<string> {
  const named = bookings.slice(0, MOST_NAMED)
  const reading = readingOf(visit, { names: await visit.names(named), timeZone: place.time_zone })
  const rows = named.map(
    ({
      id,
    }) => html`<li class="row"><p class="row-title"><a href="/console/calendar/${id}">${words(id, reading)}</a></p></li>
`,
  )
  const content = html`<p class="lede">${say.services.affected(bookings.length)}</p>
<section class="panel"><ul class="rows">${rows}</ul></section>
${bookings.length > MOST_NAMED && html`<p><a href="/console/calendar?${new URLSearchParams({ day: form.from ?? '', location: place.id }).toString()}">${say.services.affectedMore(bookings.length - MOST_NAMED)}</a></p>`}
<form method="post" action="${HOME}/closures/${place.id}">${hidden({ ...form, sure: 'yes' })}<div class="actions"><button class="primary">${say.services.closeAnyway}</button>
<a class="button" href="${HOME}">${say.kit.leave}</a></div></form>`
  return consolePage(visit, say.services.closeTitle, content)
}

/** On the page that asks; the calendar has all of them. */
const MOST_NAMED = 100

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** `9:00–13:00, 14:00–18:00`, with a dash of any length; nothing is closed. @throws Refusal `invalid_input` */
export function hoursIn(text: string): { from: string; to: string }[] {
  if (text.trim() === '') return []
  return text.split(',').map(part => {
    const [, from, to] = /^\s*(\d{1,2}:\d\d)\s*[-–—]\s*(\d{1,2}:\d\d)\s*$/.exec(part) ?? []
    if (!from || !to) throw new PageRefusal('invalid_input', say.services.noHours)
    return { from: from.padStart(5, '0'), to: to.padStart(5, '0') }
  })
}

function hoursText(intervals: Week[string] = []): string {
  return intervals.map(({ from, to }) => `${from}–${to}`).join(', ')
}

/** Of a place: its week, and its closures to come. Who may not change them reads them. */
export function hoursOf({ principal }: Visit, place: Place): Html[] {
  const { id, name, time_zone, address, hours } = place
  const mayChange = principal.role !== 'member'
  return [
    html`<h2>${say.services.hours} <span class="count">${outside(name)}</span></h2>
<p class="quiet">${address && html`${outside(address)} · `}${say.times.zone(time_zone)}</p>
${mayChange ? weekForm(id, hours) : weekShown(hours)}
<h3>${say.services.closures}</h3>
`,
    ...closureList(place, mayChange),
    html`${mayChange && closureForm(id)}`,
  ]
}

function weekForm(id: string, hours: Week): Html {
  return html`<form class="card fields week" method="post" action="${HOME}/hours/${id}">
${days.map(
  day => html`<div class="field day"><label for="${day}-${id}">${say.services.days[day]}</label>
<input id="${day}-${id}" name="${day}" value="${hoursText(hours[day])}" placeholder="${say.services.closed}" autocomplete="off"></div>
`,
)}<p class="quiet">${say.services.hoursHint}</p>
<button>${say.services.saveHours}</button>
</form>`
}

function weekShown(hours: Week): Html {
  return html`<dl class="facts">${days.map(
    day => html`<div><dt>${say.services.days[day]}</dt><dd>${hoursText(hours[day]) || say.services.closed}</dd></div>
`,
  )}</dl>`
}

function closureList({ id, closures }: Place, mayChange: boolean): Html[] {
  if (closures.length === 0) return [html`<p class="quiet">${say.services.noClosures}</p>`]
  return panels(
    closures.map(
      ({ date, reason }) => html`<li class="row"><p class="row-title">${dateText(date)}</p>
${mayChange && press(`${HOME}/closures/${id}/open`, say.services.openAgain, { date }, 'quiet-button')}
${reason && html`<p class="row-more">${outside(reason)}</p>`}</li>
`,
    ),
  )
}

/** `Fri, 25 December 2026`: a day of the calendar, wherever one is. */
function dateText(date: string): Html {
  const text = new Intl.DateTimeFormat(say.locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(Date.parse(date))
  return html`<time datetime="${date}">${text}</time>`
}

function closureForm(id: string): Html {
  return html`<details class="edits"><summary>${say.services.close}</summary>
<form class="fields" method="post" action="${HOME}/closures/${id}">
${field(`from-${id}`, say.services.closeFrom, '', { type: 'date', required: true, name: 'from' })}
${field(`to-${id}`, say.services.closeTo, '', { type: 'date', name: 'to', hint: say.services.closeToHint })}
${field(`reason-${id}`, say.services.closeReason, '', { name: 'reason', hint: say.services.closeReasonHint })}
<p class="quiet">${say.services.closeMore}</p>
<button class="primary">${say.services.closeIt}</button></form></details>`
}
