/** `/console/calendar`: a day by person, a week of one person, and one booking with what can be done about it. */

import type { FastifyInstance } from 'fastify'
import { Temporal } from 'temporal-polyfill'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { PageRefusal, timeFormat } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { type BookingRow, bookingPage } from './booking-page.ts'
import { type Choosing, chooser, choosing, finders } from './choosing.ts'
import { type Answered, act, differing, empty, field, given, type Query, queryOf } from './kit.ts'
import { newBookingPath } from './new-booking.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'
import { type Column, type Entry, timeline } from './timeline.ts'
import { firstLine, hourText } from './words.ts'

const HOME = '/console/calendar'
type Path = { Params: { id: string } }

export function registerCalendar(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    return sendPage(reply, await calendarPage(visit, queryOf(request)))
  })

  app.get<Path>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const booking = await visit.read<BookingRow>('get_booking', { booking_id: request.params.id })
    return sendPage(reply, await bookingPage(visit, booking, queryOf(request)))
  })

  app.post<Path>(`${HOME}/:id/move`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const { id } = request.params
    const form = formOf(request.body)
    const booking = await visit.read<BookingRow>('get_booking', { booking_id: id })
    const args = { booking_id: id, start: startIn(form, booking.time_zone), ...given(form, ['staff_id']) }
    const place = { booking_id: id, start: booking.starts_at, staff_id: booking.staff_id }
    const said = Object.keys(differing(place, args)).length > 0 ? 'moved' : 'stands'
    const tool = 'reschedule_booking'
    const undo = ({ version }: Answered) =>
      version === booking.version + 1 ? { tool, arguments: place } : null
    return act(visit, request, reply, { tool, args, back: `${HOME}/${id}`, said, undo })
  })

  for (const [step, { tool, said }] of Object.entries(steps)) {
    app.post<Path>(`${HOME}/:id/${step}`, async (request, reply) => {
      const visit = await visitOf(host, request)
      const booking_id = request.params.id
      const args = { booking_id, ...given(formOf(request.body), ['by']) }
      const undo = () => ({ tool: 'revert_booking_status', arguments: { booking_id } })
      const back = `${HOME}/${booking_id}`
      return act(visit, request, reply, {
        tool,
        args,
        back,
        said,
        ...(revertible.includes(tool) && { undo }),
      })
    })
  }
}

const steps = {
  confirm: { tool: 'confirm_booking', said: 'confirmed' },
  decline: { tool: 'decline_booking', said: 'declined' },
  cancel: { tool: 'cancel_booking', said: 'cancelled' },
  check_in: { tool: 'check_in_booking', said: 'checkedIn' },
  complete: { tool: 'complete_booking', said: 'completed' },
  no_show: { tool: 'mark_booking_no_show', said: 'noShow' },
  revert: { tool: 'revert_booking_status', said: 'reverted' },
} as const

/** Of the rest the customer has been told, or their place may be somebody else's by now. */
const revertible: string[] = ['complete_booking', 'mark_booking_no_show']

/** A day and a time on the location's clock. @throws Refusal `nonexistent_local_time` */
function startIn({ day, time }: Record<string, string>, zone: string): string {
  try {
    const local = Temporal.PlainDateTime.from(`${day}T${time}`)
    // What no clock there shows is refused, what it shows twice is asked for: `reject` says so.
    const at = local.toZonedDateTime(zone, { disambiguation: 'reject' })
    return at.toInstant().toString({ smallestUnit: 'millisecond' })
  } catch {
    throw new PageRefusal('nonexistent_local_time', say.calendar.noSuchTime)
  }
}

interface Person {
  id: string
  name: string
  colour: string | null
  location_ids: string[]
}

interface Place {
  id: string
  name: string
  time_zone: string
}

interface Agenda {
  time_zone: string
  days: { date: string; closed: { starts_at: string; ends_at: string }[] }[]
  entries: Entry[]
}

async function calendarPage(visit: Visit, query: Query): Promise<string> {
  const [places, people] = await Promise.all([
    visit.all<Place>('list_locations'),
    visit.all<Person>('list_staff'),
  ])
  const ofPeople = choosing('staff', people, query)
  const ofPlaces = choosing('location', places, query)
  const person = ofPeople.chosen
  const place = ofPlaces.chosen ?? ofPlaces.listed[0]
  if (!place || people.length === 0) {
    return consolePage(visit, say.sections.calendar, empty(say.calendar.noPeople), { wide: true })
  }
  const day = dayIn(query, visit, place.time_zone)
  const days = person ? 7 : 1
  const from = person ? mondayOf(day) : day
  const agenda = await agendaOf(visit, {
    ...(person ? { staff_id: person.id } : { location_id: place.id }),
    from: from.toString(),
    days,
  })
  const columns = person
    ? weekColumns(agenda, place.time_zone)
    : peopleColumns(agenda, people, { day, place })
  const pages = groupsOf(columns.flatMap(column => byHours(column, agenda.time_zone)))
  const page = Math.min(Math.max(Math.trunc(Number(query.page)) || 1, 1), Math.max(pages.length, 1)) - 1
  const shown = pages[page] ?? []
  const content = html`${steering({ day, days, person, place }, ofPeople, ofPlaces)}
${agenda.days.every(({ closed }) => closed.length > 0) && agenda.entries.length === 0 && html`<p class="notice">${say.calendar.closed}</p>`}
${
  shown.length === 0
    ? empty(say.calendar.nobodyHere)
    : timeline(
        shown,
        agenda.days.map(({ date }) => date),
        { timeZone: agenda.time_zone, viewerZone: visit.viewerZone },
      )
}
${pages.length > 1 && pageLinks(query, pages, page)}
<p class="quiet zone">${say.times.zone(agenda.time_zone)}</p>`
  const title = person ? say.calendar.weekOf(person.name) : dayTitle(day.toString(), place.time_zone)
  return consolePage(visit, title, content, { wide: true })
}

/** All of it, a page of the tool at a time. */
async function agendaOf(visit: Visit, args: Record<string, unknown>): Promise<Agenda> {
  const { rows, next: cursor } = await visit.list<never>('get_calendar_agenda', args)
  const agenda = rows as unknown as Agenda
  if (!cursor) return agenda
  const { entries } = await agendaOf(visit, { ...args, cursor })
  return { ...agenda, entries: [...agenda.entries, ...entries] }
}

function weekColumns({ days, entries }: Agenda, zone: string): Column[] {
  const onDate = Map.groupBy(entries, ({ date }) => date)
  return days.map(({ date }) => ({
    title: dayTitle(date, zone),
    href: `${HOME}?day=${date}`,
    entries: onDate.get(date) ?? [],
  }))
}

function peopleColumns(
  { entries }: Agenda,
  people: Person[],
  { day, place }: Pick<Steering, 'day' | 'place'>,
): Column[] {
  const ofPerson = Map.groupBy(entries, ({ staff_id }) => staff_id)
  return people
    .filter(({ id, location_ids }) => location_ids.includes(place.id) || ofPerson.has(id))
    .map(({ id, name }) => ({
      title: name,
      href: `${HOME}?${new URLSearchParams({ day: day.toString(), staff: id }).toString()}`,
      entries: ofPerson.get(id) ?? [],
    }))
}

/** What is too much for one page as several columns, each of some hours. */
function byHours(column: Column, zone: string): Column[] {
  const { entries } = column
  const count = Math.ceil(entries.length / (ROOM - 1))
  if (count <= 1) return [column]
  const size = Math.ceil(entries.length / count)
  return Array.from({ length: count }, (_, at) => {
    const some = entries.slice(at * size, (at + 1) * size)
    const [from, until] = [some[0]!.starts_at, some.at(-1)!.ends_at].map(text =>
      hourText({ epochMilliseconds: Date.parse(text) }, zone),
    )
    return { ...column, entries: some, hours: say.times.fromTo(from!, until!) }
  })
}

/** As many columns side by side as a page can hold: of those with much in them, fewer. */
function groupsOf(columns: Column[]): Column[][] {
  const groups: Column[][] = []
  let room = 0
  for (const column of columns) {
    const weight = 1 + column.entries.length
    if (groups.length === 0 || weight > room) {
      groups.push([])
      room = ROOM
    }
    groups.at(-1)!.push(column)
    room -= weight
  }
  return groups
}
/** Entries and heads of columns on a page, each of about half a kilobyte. */
const ROOM = 150

/** To the first page, the last and those near to this one: of so many people that all of them would be a page's weight. */
function pageLinks(query: Query, pages: Column[][], here: number): Html {
  const isNear = (at: number) => Math.abs(at - here) <= NEAR || at === 0 || at === pages.length - 1
  const links = pages.flatMap((columns, at) =>
    isNear(at) ? [pageLink(query, columns, at, at === here)] : [],
  )
  return html`<nav class="chips" aria-label="${say.calendar.pages}">${links}</nav>`
}
const NEAR = 12

function pageLink({ day, location, staff }: Query, columns: Column[], at: number, isShown: boolean): Html {
  const [first, last] = [columns[0]!, columns.at(-1)!].map(
    ({ title, hours }) => html`${outside(firstLine(title, 20))}${hours && ` ${hours}`}`,
  )
  const params = {
    ...(day && { day }),
    ...(staff && { staff }),
    ...(location && { location }),
    page: String(at + 1),
  }
  return html`<a href="${HOME}?${new URLSearchParams(params).toString()}"${isShown && html` aria-current="page"`}>${first!}${columns.length > 1 && html` – ${last!}`}</a>
`
}

function dayIn({ day }: Query, { workspace }: Visit, zone: string): Temporal.PlainDate {
  const now = workspace.clock ?? Temporal.Now.instant()
  const today = now.toZonedDateTimeISO(zone).toPlainDate()
  if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(day ?? '')) return today
  try {
    return Temporal.PlainDate.from(day!)
  } catch {
    return today
  }
}

function mondayOf(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.subtract({ days: day.dayOfWeek - 1 })
}

function dayTitle(date: string, zone: string): string {
  const noon = Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: '12:00' })
  const look = { weekday: 'short', day: 'numeric', month: 'short' } as const
  return say.times.tidied(timeFormat(zone, look).format(noon.epochMilliseconds))
}

interface Steering {
  day: Temporal.PlainDate
  days: number
  person: Person | undefined
  place: Place
}

/** Where else to look: plain links and one plain form. */
function steering(
  { day, days, person, place }: Steering,
  ofPeople: Choosing<Person>,
  ofPlaces: Choosing<Place>,
): Html {
  const at = (date: Temporal.PlainDate) =>
    `${HOME}?${new URLSearchParams({ day: date.toString(), location: place.id, ...(person && { staff: person.id }) }).toString()}`
  return html`<div class="steering">
<nav class="chips" aria-label="${say.calendar.days}">
<a href="${at(day.subtract({ days }))}" rel="prev">‹ ${days === 1 ? say.calendar.before : say.calendar.weekBefore}</a>
<a href="${HOME}${person && html`?staff=${person.id}`}">${say.calendar.today}</a>
<a href="${at(day.add({ days }))}" rel="next">${days === 1 ? say.calendar.after : say.calendar.weekAfter} ›</a>
</nav>
<form class="fields filters" action="${HOME}">
${field('day', say.calendar.day, day.toString(), { type: 'date' })}
${chooser(say.calendar.who, ofPeople, ['', say.calendar.everybody])}
${ofPlaces.all > 1 && chooser(say.calendar.where, ofPlaces)}
<button>${say.kit.show}</button>
<a class="button primary" href="${newBookingPath({ day: day.toString(), location: place.id, staff: person?.id })}">${say.newBooking.open}</a>
${finders([ofPeople, ofPlaces])}
</form></div>`
}
