/** What customers read: times on the clock of the location, and refusals in their words, not an agent's. */

import { Temporal } from 'temporal-polyfill'
import type { RefusalCode } from '../../catalog/refusal.ts'
import { type Html, html } from '../pages/html.ts'

/** `Tuesday 8 January 2030, 10:00`. A script adds the viewer's own time, where their clocks show another. */
export function when(instant: string, zone: string): Html {
  const date = new Date(instant)
  return html`<time datetime="${instant}" data-zone="${zone}">${dayText(instant, zone)}, ${clock(zone).format(date)}</time>`
}

/** `10:00` alone, where the day stands above. */
export function timeOfDay(instant: string, zone: string): Html {
  return html`<time datetime="${instant}" data-zone="${zone}">${clock(zone).format(new Date(instant))}</time>`
}

/** `Tuesday 8 January 2030` */
export function dayText(instant: string, zone: string): string {
  return format(zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
    .format(new Date(instant))
    .replace(',', '')
}

/** The same of a date, wherever one is. */
export function dateText(date: string): string {
  return dayText(`${date}T12:00:00Z`, 'UTC')
}

function clock(timeZone: string): Intl.DateTimeFormat {
  return format(timeZone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

function format(timeZone: string, look: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', { timeZone, ...look })
}

export function localDate(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString()
}

const said: Partial<Record<RefusalCode, string>> = {
  slot_conflict: 'That time has just been taken. Please choose another.',
  outside_hours: 'That time is not offered any more. Please choose another.',
  min_notice: 'That is too soon from now. Please choose a later time.',
  outside_booking_window: 'That is further ahead than can be booked. Please choose an earlier time.',
  customer_blocked: 'Your booking cannot be changed here. Please ask the business.',
  cooldown: 'That is too near another visit of yours. Please choose another time.',
  on_hand_limit: 'You have as many bookings as you may have. Please ask the business.',
  period_limit: 'You have as many bookings then as you may have. Please choose another time.',
  no_entitlement: 'Your package is not good for that time. Please choose another.',
  customer_overlap: 'You have another booking then. Please choose another time.',
  confirmation_invalid: 'Something about your booking has changed meanwhile. Please look again.',
  invalid_transition: 'Your booking cannot be changed here any more.',
  forbidden_scope: 'The business decides on this itself. Please ask it.',
  not_found: 'No times can be offered here. Please ask the business.',
  rate_limited: 'That was a little fast. Please try again in a minute.',
}

export function refusalText(code: RefusalCode): string {
  return said[code] ?? 'That did not work. Please try again, or ask the business.'
}
