/** One booking: who, what, when, what happened, and what can be done. A move goes by the road of `reschedule_booking`. */

import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { say } from '../texts/index.ts'
import { chooser, choosing, finders, type Named } from './choosing.ts'
import { field, keyField, press, type Query, saidIn } from './kit.ts'
import { consolePage, readingOf, type Visit } from './shell.ts'
import { fact, type Reading, spanOf, words } from './words.ts'

/** As `get_booking` answers it. */
export interface BookingRow {
  id: string
  state: keyof typeof say.bookings.states
  version: number
  customer_id: string | null
  customer_name: string | null
  service_id: string
  service_name: string
  staff_id: string
  staff_name: string
  location_id: string
  starts_at: string
  ends_at: string
  local: string
  time_zone: string
  price: { amount: number; currency: string }
  note: string | null
  variant: string | null
  addons: string[]
  history: { at: string; event: string; to_state: string; by: string | null }[]
}

export async function bookingPage(visit: Visit, booking: BookingRow, query: Query): Promise<string> {
  const [names, staff] = await Promise.all([
    visit.names(booking),
    visit.all<Named>('list_staff', { service_id: booking.service_id }),
  ])
  const reading = readingOf(visit, { names, timeZone: booking.time_zone })
  const customer = booking.customer_id
    ? html`<a href="/console/customers/${booking.customer_id}">${outside(booking.customer_name ?? say.bookings.somebody)}</a>`
    : html`${say.bookings.somebody}`
  const content = html`${saidIn(query)}
<dl class="facts">
${fact(say.bookings.when, spanOf(booking.starts_at, booking.ends_at, reading))}
${fact(say.bookings.customer, customer)}
${fact(say.bookings.with, outside(booking.staff_name))}
${booking.variant && fact(say.bookings.variant, outside(booking.variant))}
${booking.addons.length > 0 && fact(say.bookings.addons, html`${booking.addons.join(', ')}`)}
${fact(say.bookings.price, html`${moneyText(booking.price)}`)}
${booking.note && fact(say.bookings.note, html`<span class="words">${outside(booking.note)}</span>`)}
</dl>
${stepsOf(booking)}
${movable.includes(booking.state) && moveForm(booking, staff, query)}
${story(booking, reading)}
<p class="quiet zone">${say.times.zone(booking.time_zone)}</p>`
  const { word, look } = say.bookings.states[booking.state]
  const day = booking.local.slice(0, 10)
  const above = html`<p class="trail"><a href="/console/calendar?day=${day}">${say.sections.calendar}</a></p><span class="badge ${look}">${word}</span>`
  return consolePage(visit, booking.service_name, content, { above })
}

const movable: string[] = ['pending', 'confirmed']

function stepsOf({ id, state }: BookingRow): Html | false {
  const offered = steps[state] ?? []
  return (
    offered.length > 0 &&
    html`<div class="actions">${offered.map((step, at) =>
      press(
        `/console/calendar/${id}/${step}`,
        say.bookings.steps[step],
        step === 'cancel' ? { by: 'business' } : {},
        step === 'cancel' || step === 'decline' ? 'danger' : at === 0 ? 'primary' : '',
      ),
    )}</div>`
  )
}

type Step = keyof typeof say.bookings.steps

const steps: Partial<Record<string, Step[]>> = {
  pending: ['confirm', 'decline'],
  confirmed: ['check_in', 'no_show', 'cancel'],
  arrived: ['complete'],
  completed: ['revert'],
  no_show: ['revert'],
}

function moveForm(booking: BookingRow, staff: Named[], query: Query): Html {
  const { id, local, staff_id, staff_name } = booking
  const others = staff.filter(one => one.id !== staff_id)
  const made = choosing('staff_id', [{ id: staff_id, name: staff_name }, ...others], { staff_id, ...query })
  return html`<h2 id="move">${say.bookings.move}</h2>
<form class="card fields move" method="post" action="/console/calendar/${id}/move">
${keyField()}
${field('day', say.bookings.day, query.day ?? local.slice(0, 10), { type: 'date', required: true })}
${field('time', say.bookings.time, query.time ?? local.slice(11, 16), { type: 'time', required: true })}
${chooser(say.bookings.with, made)}
<button>${say.bookings.moveIt}</button>
${finders([made], html`<button formmethod="get" formaction="/console/calendar/${id}#move">${say.choosing.look}</button>`)}
</form>`
}

function story({ history }: BookingRow, reading: Reading): Html {
  return html`<h2>${say.bookings.story}</h2>
<ol class="rows panel">${history.toReversed().map(
    ({
      at,
      event,
      by,
    }) => html`<li class="row"><p class="row-title">${say.bookings.events[event] ?? event.replaceAll('_', ' ')}</p>
<p class="row-more">${words(at, reading)}${by && html` · ${words(by, reading)}`}</p></li>
`,
  )}</ol>`
}
