/**
 * Columns of a day, side by side where there is room: each entry as high as it is long, in quarters of an hour. No
 * script and no inline style (the pages forbid both): where an entry stands is its class.
 */

import { Temporal } from 'temporal-polyfill'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { beginning } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { hourText, type Reading } from './words.ts'

/** As `get_calendar_agenda` answers it. */
export interface Entry {
  kind: 'booking' | 'hold' | 'class' | 'time_off'
  id: string
  date: string
  starts_at: string
  ends_at: string
  local: string
  staff_id: string
  state: string | null
  service_name: string | null
  customer_name: string | null
}

export interface Column {
  title: string
  href: string
  entries: Entry[]
  /** Where it is not the whole day: `00:00–12:00`. */
  hours?: string
}

const QUARTER = 15
/** Shown even where nothing is then. */
const USUAL = { from: 9, to: 18 }

/** @param dates `2026-11-29`, of all the columns; of several, each column is one of them */
export function timeline(columns: Column[], dates: string[], reading: Reading): Html {
  const entries = columns.flatMap(({ entries }) => entries)
  const hours = entries.flatMap(entry => {
    const from = minutesOf(entry)
    return [Math.floor(from / 60), Math.ceil((from + lengthOf(entry)) / 60)]
  })
  const first = Math.min(USUAL.from, ...hours)
  const last = Math.min(24, Math.max(USUAL.to, ...hours))
  const scale = Array.from({ length: last - first }, (_, at) => first + at)
  const own = ownHours(scale, dates, reading)
  const looks = ['timeline', dates.length > 1 && 'week', own && 'two-clocks'].filter(Boolean).join(' ')
  return html`<div class="${looks}" role="group" aria-label="${say.calendar.entries}" tabindex="0">
<div class="hours" aria-hidden="true">${scale.map((hour, at) => html`<span class="at-${at * 4}">${String(hour).padStart(2, '0')}:00${own && html`<span class="own-time">${own[at]}</span>`}</span>`)}</div>
${columns.map(column => columnOf(column, first, scale.length, reading))}
</div>
${own && html`<p class="quiet own-clock">${say.calendar.ownClock(reading.viewerZone!)}</p>`}`
}

/** The hours of the scale on the reader's clock: null where it shows the same, or on one of the days another than on the others. */
function ownHours(scale: number[], dates: string[], { timeZone, viewerZone }: Reading): string[] | null {
  if (!viewerZone) return null
  const hoursOf = (date: string, zone: string) =>
    scale.map(hour => {
      const local = Temporal.PlainDate.from(date).toPlainDateTime({ hour })
      return hourText(local.toZonedDateTime(timeZone), zone)
    })
  const [own, ...others] = dates.map(date => hoursOf(date, viewerZone))
  const isSame = (hours: string[]) => hours.join() === own!.join()
  return others.every(isSame) && !isSame(hoursOf(dates[0]!, timeZone)) ? own! : null
}

function columnOf(
  { title, href, entries, hours: part }: Column,
  first: number,
  hours: number,
  reading: Reading,
): Html {
  return html`<section class="column">
<h2><a href="${href}">${outside(title)}${part && html` <span class="quiet">${part}</span>`}</a></h2>
<ul class="slots hours-${hours}">${entries.map(entry => slot(entry, first, reading))}</ul>
${entries.length === 0 && html`<p class="quiet free">${say.calendar.free}</p>`}
</section>
`
}

function slot(entry: Entry, first: number, { timeZone, viewerZone }: Reading): Html {
  const { kind, id, state, service_name, customer_name, starts_at, ends_at } = entry
  const from = Math.max(0, Math.floor((minutesOf(entry) - first * 60) / QUARTER))
  const quarters = Math.min(Math.max(2, Math.ceil(lengthOf(entry) / QUARTER)), 96 - from)
  const [begins, ends] = [starts_at, ends_at].map(text => ({ epochMilliseconds: Date.parse(text) }))
  const own = viewerZone ? hourText(begins!, viewerZone) : ''
  const time = html`<time datetime="${starts_at}">${hourText(begins!, timeZone)}</time>–${hourText(ends!, timeZone)}${own && own !== hourText(begins!, timeZone) && html` <span class="own-time">${say.shell.yourTime(own)}</span>`}`
  const what = kind === 'time_off' ? say.calendar.away : (service_name ?? say.calendar.kinds[kind])
  const title = html`${beginning(customer_name ?? what, 40)}`
  return html`<li class="slot ${kind} ${state ?? ''} at-${from} for-${quarters}">
<p class="row-title">${kind === 'booking' || kind === 'hold' ? html`<a href="/console/calendar/${id}">${title}</a>` : title}</p>
<p class="quiet">${time}${customer_name && html` · ${beginning(what, 40)}`}${state && state !== 'confirmed' && html` · ${stateWord(state)}`}</p>
</li>
`
}

function stateWord(state: string): string {
  return say.bookings.states[state as keyof typeof say.bookings.states]?.word ?? state
}

/** Since the midnight of its day, on the location's clock. */
function minutesOf({ local, date }: Entry): number {
  if (!local.startsWith(date)) return 0 // It began the day before.
  return Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16))
}

function lengthOf(entry: Entry): number {
  const whole = (Date.parse(entry.ends_at) - Date.parse(entry.starts_at)) / 60_000
  return Math.min(whole, 24 * 60 - minutesOf(entry))
}

/** The rules that place entries, for the stylesheet: 96 quarters of a day. */
export function placingRules(): string {
  const quarters = Array.from({ length: 97 }, (_, at) => at)
  const at = quarters.map(row => `.at-${row}{grid-row-start:${row + 1}}`)
  const length = quarters.slice(1).map(row => `.for-${row}{grid-row-end:span ${row}}`)
  const hours = quarters
    .slice(1, 25)
    .map(hour => `.hours-${hour}{grid-template-rows:repeat(${hour * 4},var(--quarter))}`)
  return `@media (min-width:48rem){${[...at, ...length, ...hours].join('')}}`
}
