/** Times as customers read them, on the clock of the location. */

import { Temporal } from 'temporal-polyfill'
import { type Html, html } from '../pages/html.ts'
import { timeFormat } from '../pages/language.ts'
import { say } from '../texts/index.ts'

/** `Tuesday 8 January 2030, 10:00`. A script adds the viewer's own time, where their clocks show another. */
export function when(instant: string, zone: string): Html {
  return time(instant, zone, say.times.dayAndTime(dayText(instant, zone), clockText(instant, zone)))
}

/** `Tuesday 8 January 2030, 10:00–11:00`; the second day where it is another. */
export function spanOf(from: string, until: string, zone: string): Html {
  const day = dayText(from, zone)
  const end = clockText(until, zone)
  const last = dayText(until, zone) === day ? end : say.times.dayAndTime(dayText(until, zone), end)
  const text = say.times.dayAndTime(day, say.times.fromTo(clockText(from, zone), last))
  return time(from, zone, text, until)
}

/** `10:00` alone, where the day stands above. */
export function timeOfDay(instant: string, zone: string): Html {
  return time(instant, zone, clockText(instant, zone))
}

/** The script puts the time into `data-own`, and where it is of two times both. */
function time(instant: string, zone: string, text: string, until?: string): Html {
  const own = say.shell.yourTime(until ? say.times.fromTo('{0}', '{1}') : '{0}')
  return html`<time datetime="${instant}"${until && html` data-until="${until}"`} data-zone="${zone}" data-own="${own}">${text}</time>`
}

/** `Tuesday 8 January 2030` */
export function dayText(instant: string, zone: string): string {
  const look = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
  return say.times.tidied(timeFormat(zone, look).format(new Date(instant)))
}

/** The same of a date, wherever one is. */
export function dateText(date: string): string {
  return dayText(`${date}T12:00:00Z`, 'UTC')
}

function clockText(instant: string, zone: string): string {
  return timeFormat(zone, { hour: '2-digit', minute: '2-digit' }).format(new Date(instant))
}

export function localDate(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString()
}
