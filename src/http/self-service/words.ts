/** Times as customers read them, on the clock of the location. */

import { Temporal } from 'temporal-polyfill'
import { type Html, html } from '../pages/html.ts'
import { timeFormat } from '../pages/language.ts'
import { say } from '../texts/index.ts'

/** `Tuesday 8 January 2030, 10:00`. A script adds the viewer's own time, where their clocks show another. */
export function when(instant: string, zone: string): Html {
  return time(instant, zone, say.times.dayAndTime(dayText(instant, zone), clockText(instant, zone)))
}

/** `10:00` alone, where the day stands above. */
export function timeOfDay(instant: string, zone: string): Html {
  return time(instant, zone, clockText(instant, zone))
}

/** The script puts time and zone into `data-own`. */
function time(instant: string, zone: string, text: string): Html {
  const own = say.times.ownClock('{0}', '{1}')
  return html`<time datetime="${instant}" data-zone="${zone}" data-own="${own}">${text}</time>`
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
