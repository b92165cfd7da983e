/**
 * `/console/calendar/new`: somebody asks on the phone. What, when and for whom, one question after another, and what
 * it costs before it is booked. The address carries what is answered so far, so that each step works without a script.
 */

import type { FastifyInstance } from 'fastify'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { Amount } from '../../domain/money/text.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { moneyText, PageRefusal } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { weightOf } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { type Choosing, chooser, choosing, finder, type Named } from './choosing.ts'
import {
  type Answered,
  act,
  choice,
  empty,
  field,
  given,
  hidden,
  keyField,
  type Query,
  queryOf,
  textArea,
} from './kit.ts'
import { whyNot } from './refused.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { fact, hourText, type Reading, words } from './words.ts'

const HOME = '/console/calendar/new'

export function registerNewBooking(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    return sendPage(reply, await newBookingPage(visit, queryOf(request)))
  })

  app.post(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const answers = answersIn(form)
    const args = {
      ...wishOf(answers),
      customer_id: answers.customer,
      start: answers.start,
      ...given(form, ['note', 'quote']),
    }
    const back = newBookingPath({ ...answers, start: undefined })
    const then = ({ id }: Record<string, unknown>) => `/console/calendar/${id}`
    const undo = ({ id }: Answered) => ({
      tool: 'cancel_booking',
      arguments: { booking_id: id, by: 'business' },
    })
    return act(visit, request, reply, { tool: 'create_booking', args, back, then, said: 'booked', undo })
  })

  app.post(`${HOME}/customer`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const answers = answersIn(form)
    const args = given(form, ['name', 'email', 'phone'])
    const then = ({ id }: Record<string, unknown>) => newBookingPath({ ...answers, customer: String(id) })
    return act(visit, request, reply, {
      tool: 'create_customer',
      args,
      back: newBookingPath(answers),
      then,
      said: 'added',
    })
  })
}

const questions = [
  'service',
  'variant',
  'location',
  'staff',
  'day',
  'after',
  'start',
  'customer',
  'q',
] as const

/** What is answered so far; a chosen add-on as `addon.<id>`. */
type Answers = Partial<Record<(typeof questions)[number] | `addon.${string}`, string>>

function answersIn(query: Query): Answers {
  const known = Object.entries(query).filter(
    ([name, value]) => value && (questions.includes(name as never) || name.startsWith('addon.')),
  )
  return Object.fromEntries(known)
}

export function newBookingPath(answers: Answers): string {
  const params = Object.entries(answers).filter(([, value]) => value)
  return `${HOME}?${new URLSearchParams(params as [string, string][]).toString()}`
}

function wishOf(answers: Answers): Record<string, unknown> {
  const { service, variant, location, staff } = answers
  const addons = Object.keys(answers).filter(name => name.startsWith('addon.'))
  return {
    service_id: service,
    location_id: location,
    ...(staff && { staff_id: staff }),
    ...(variant && { variant_id: variant }),
    ...(addons.length > 0 && { addon_ids: addons.map(name => name.slice('addon.'.length)) }),
  }
}

interface Service extends Named {
  variants: (Named & { price: Amount })[]
  addons: (Named & { price: Amount })[]
  staff: { staff_id: string; name: string }[]
}

interface Place extends Named {
  time_zone: string
}

async function newBookingPage(visit: Visit, query: Query): Promise<string> {
  const [services, places] = await Promise.all([
    visit.all<Named>('list_services'),
    visit.all<Place>('list_locations'),
  ])
  const ofServices = choosing('service', services, query)
  const ofPlaces = choosing('location', places, query)
  const place = ofPlaces.chosen ?? ofPlaces.listed[0]
  if (services.length === 0 || !place)
    return consolePage(visit, say.newBooking.title, empty(say.newBooking.noServices), { above })
  const { chosen } = ofServices
  const service = chosen && (await visit.read<Service>('get_service', { service_id: chosen.id }))
  const staff = (service?.staff ?? []).map(({ staff_id: id, name }) => ({ id, name }))
  const ofStaff = choosing('staff', staff, query)
  const asked = { ...answersIn(query), service: service?.id, staff: ofStaff.chosen?.id }
  const answers = fitting(asked, service, place)
  const reading = readingOf(visit, { timeZone: place.time_zone })
  const content = html`${whatAndWhen(answers, { ofServices, ofPlaces, ofStaff }, service)}
${service && (await times(visit, answers, reading).catch(nobodyThere))}
${service && answers.start && (await forWhom(visit, answers))}
${service && answers.start && answers.customer && (await terms(visit, answers, reading))}`
  return consolePage(visit, say.newBooking.title, content, { above })
}

const above = html`<p class="trail"><a href="/console/calendar">${say.sections.calendar}</a></p>`

/** Of another service, what was chosen with the one before is no choice. */
function fitting(asked: Answers, service: Service | undefined, place: Place): Answers {
  const has = (of: { id: string }[] = [], id = '') => of.some(one => one.id === id)
  const kept = Object.entries(asked).filter(([name, value]) => {
    if (name === 'variant') return has(service?.variants, value)
    if (name.startsWith('addon.')) return has(service?.addons, name.slice('addon.'.length))
    return true
  })
  return { ...Object.fromEntries(kept), location: place.id }
}

interface Choosings {
  ofServices: Choosing<Named>
  ofPlaces: Choosing<Place>
  /** Who does the service. */
  ofStaff: Choosing<Named>
}

function whatAndWhen(
  { customer, day, variant, start, ...answers }: Answers,
  { ofServices, ofPlaces, ofStaff }: Choosings,
  service?: Service,
): Html {
  const noVariant: [string, string] = ['', say.newBooking.noVariant]
  const priced = ({ id, name, price }: Service['variants'][number]): [string, string] => [
    id,
    `${name}, ${moneyText(price)}`,
  ]
  return html`<form class="card fields" action="${HOME}">
${customer && hidden({ customer })}
${chooser(say.newBooking.service, ofServices)}${finder(ofServices)}
${service && service.variants.length > 0 && choice('variant', say.bookings.variant, [noVariant, ...service.variants.map(priced)], variant)}
${service && service.addons.length > 0 && addonBoxes(service.addons, answers)}
${ofPlaces.all > 1 && chooser(say.calendar.where, ofPlaces)}${finder(ofPlaces)}
${service && chooser(say.bookings.with, ofStaff, ['', say.newBooking.anybody])}${finder(ofStaff)}
${field('day', say.calendar.day, day, { type: 'date' })}
<button${!start && html` class="primary"`}>${say.newBooking.showTimes}</button>
</form>`
}

function addonBoxes(addons: Service['addons'], answers: Answers): Html {
  return html`<fieldset class="boxes"><legend>${say.bookings.addons}</legend>${addons.map(
    ({ id, name, price }) =>
      html`<label><input type="checkbox" name="addon.${id}"${answers[`addon.${id}`] && html` checked`}> ${outside(name)}, ${moneyText(price)}</label>
`,
  )}</fieldset>`
}

interface Slots {
  slots: { start: string }[]
}

/** At that place nobody does it, or the one who is asked for does not work there: what is chosen stays to be changed. */
function nobodyThere(error: unknown): Html {
  if (error instanceof Refusal && error.code === 'not_found') return whyNot(error)
  throw error
}

/** Those of the day that is asked for; without one, of the first day that has any. */
async function times(visit: Visit, answers: Answers, reading: Reading): Promise<Html> {
  const day = answers.day ?? (await firstDay(visit, answers))
  if (day === undefined) return empty(say.newBooking.never)
  const limit = Math.min(MOST_TIMES, Math.ceil(TIMES / weightOf(html`${newBookingPath(answers)}`)))
  const asked = { ...wishOf(answers), from: day, to: day, limit, cursor: answers.after }
  const { rows, next } = await visit.list<never>('get_available_slots', asked)
  const { slots } = rows as unknown as Slots
  const title = html`<h2>${say.newBooking.timesOn(dayText(day))}</h2>`
  if (slots.length === 0) return html`${title}${await noneThen(visit, answers)}`
  return html`${title}
<nav class="chips times" aria-label="${say.newBooking.times}">${slots.map(({ start }) => {
    const isChosen = start === answers.start
    return html`<a href="${newBookingPath({ ...answers, day, start })}"${isChosen && html` aria-current="true"`}>${timeText(start, slots, reading)}</a>
`
  })}</nav>
${next && html`<p class="actions"><a class="button" href="${newBookingPath({ ...answers, day, after: next, start: undefined })}">${say.newBooking.later}</a></p>`}`
}

/** On one page: a grid of five minutes has more in a day than anybody reads. */
const MOST_TIMES = 100
/** Bytes of addresses: each has all that is answered so far, with thirty add-ons more than a kilobyte. */
const TIMES = 30_000

/** `10:00`; in the night in which clocks are put back, an hour that is shown twice says which of the two it is. */
function timeText(start: string, slots: Slots['slots'], { timeZone }: Reading): string {
  const text = (at: string) => hourText({ epochMilliseconds: Date.parse(at) }, timeZone)
  const isTwice = slots.some(other => other.start !== start && text(other.start) === text(start))
  if (!isTwice) return text(start)
  const { offset } = Temporal.Instant.from(start).toZonedDateTimeISO(timeZone)
  return `${text(start)} (${offset})`
}

async function firstDay(visit: Visit, answers: Answers): Promise<string | undefined> {
  const asked = { ...wishOf(answers), count: 1 }
  const { slots } = await visit.read<{ slots: { local: string }[] }>('find_next_available_slot', asked)
  return slots[0]?.local.slice(0, 10)
}

async function noneThen(visit: Visit, answers: Answers): Promise<Html> {
  const next = await firstDay(visit, answers)
  const link =
    next &&
    html`<a class="button" href="${newBookingPath({ ...answers, day: next, after: undefined, start: undefined })}">${say.newBooking.nextDay(dayText(next))}</a>`
  return empty(next ? say.newBooking.noneThen : say.newBooking.never, link || undefined)
}

function dayText(day: string): string {
  try {
    return Temporal.PlainDate.from(day).toLocaleString(say.locale, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
    })
  } catch {
    throw new PageRefusal('invalid_input', say.newBooking.noDay)
  }
}

interface Customer extends Named {
  email: string | null
  phone: string | null
}

async function forWhom(visit: Visit, answers: Answers): Promise<Html> {
  const { q: _q, customer, ...rest } = answers
  const title = html`<h2>${say.newBooking.forWhom}</h2>`
  if (customer) {
    const { name } = await visit.read<Customer>('get_customer', { customer_id: customer })
    return html`${title}<p>${outside(name)} · <a href="${newBookingPath(rest)}">${say.newBooking.somebodyElse}</a></p>`
  }
  const text = answers.q?.trim().slice(0, 200)
  const found = text ? (await visit.list<Customer>('search_customers', { text, limit: 8 })).rows : undefined
  return html`${title}
<form class="fields filters search" action="${HOME}" role="search">${hidden(rest as Record<string, string>)}
${field('q', say.customers.search, text ?? '', { type: 'search' })}
<button class="primary">${say.customers.find}</button></form>
${found && (found.length > 0 ? html`<section class="panel"><ul class="rows">${found.map(one => foundRow(one, rest))}</ul></section>` : empty(say.customers.noneSo))}
<details class="edits"><summary>${say.newBooking.newCustomer}</summary>
<form class="fields" method="post" action="${HOME}/customer">${keyField()}${hidden(rest as Record<string, string>)}
${field('name', say.customers.name, '', { required: true })}
${field('email', say.customers.email, '', { type: 'email' })}
${field('phone', say.customers.phone, '', { type: 'tel' })}
<button>${say.newBooking.addThem}</button></form></details>`
}

function foundRow({ id, name, email, phone }: Customer, answers: Answers): Html {
  const reach = [email, phone].filter(Boolean).join(' · ')
  return html`<li class="row"><p class="row-title"><a href="${newBookingPath({ ...answers, customer: id })}">${outside(name)}</a></p>
<p class="row-more">${reach ? outside(reach) : say.customers.noReach}</p></li>
`
}

interface Quote {
  quote: string
  price: Amount
  staff_id: string
  starts_at: string
  ends_at: string
  deposit: Amount | null
  free_cancellation_until: string
  late_cancel_fee: Amount | null
  needs_confirmation: boolean
  credit: { remaining: number | null } | null
}

/** What it costs and when it can still be cancelled, by the rules of the booking itself; what is refused says why. */
async function terms(visit: Visit, answers: Answers, reading: Reading): Promise<Html> {
  const asked = { ...wishOf(answers), start: answers.start, customer_id: answers.customer }
  const quoted = await visit.write('quote_booking', asked)
  if (quoted.refusal) {
    return html`${whyNot(quoted.refusal)}
<p>${say.problems[quoted.refusal.code] ?? say.newBooking.chooseAnother}</p>`
  }
  const quote = (quoted.body as { data: Quote }).data
  const names = await visit.names(quote)
  const now = visit.workspace.clock ?? Temporal.Now.instant()
  const { price, deposit, late_cancel_fee, credit } = quote
  return html`<h2>${say.newBooking.terms}</h2>
<dl class="facts">
${fact(say.bookings.when, words(quote.starts_at, reading))}
${fact(say.bookings.with, words(quote.staff_id, { ...reading, names }))}
${fact(say.bookings.price, html`${moneyText(price)}${credit && ` · ${say.newBooking.byPass(credit.remaining)}`}`)}
${deposit && fact(say.newBooking.deposit, html`${moneyText(deposit)}`)}
${Date.parse(quote.free_cancellation_until) > now.epochMilliseconds && fact(say.newBooking.freeUntil, words(quote.free_cancellation_until, reading))}
${late_cancel_fee && fact(say.newBooking.lateFee, html`${moneyText(late_cancel_fee)}`)}
</dl>
<form class="card fields" method="post" action="${HOME}">${keyField()}${hidden({ ...(answers as Record<string, string>), quote: quote.quote })}
${textArea('note', say.newBooking.note)}
<button class="primary">${quote.needs_confirmation ? say.newBooking.request : say.newBooking.book}</button></form>`
}
