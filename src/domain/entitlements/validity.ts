/**
 * Validity: whole days on the calendar of a zone, as ISO 8601 writes them (`P3M`, `P10D`). What begins on a date is
 * valid from that date's first instant to the end of the date so much later: what is sold for a day, at nine in the
 * evening, is good for a day. A month from 31 January ends with the last of February.
 */

import { Temporal } from 'temporal-polyfill'
import { dayOf, localDateOf } from '../time/local.ts'

const FORM = /^P(?=\d)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,4}D)?$/

/** More is a slip, or means without end. */
const LONGEST_YEARS = 20

/** Years, months, weeks and days, at most 20 years of them. */
export function isValidity(text: string): boolean {
  if (!FORM.test(text)) return false
  const start = Temporal.PlainDate.from('2000-01-01')
  return Temporal.PlainDate.compare(start.add(text), start.add({ years: LONGEST_YEARS })) <= 0
}

/** When what begins at `start` is over; null: never. */
export function expiryOf(
  start: Temporal.Instant,
  validity: string | null,
  zone: string,
): Temporal.Instant | null {
  return validity === null ? null : endOfDay(dateOf(start, zone).add(validity), zone)
}

/** The midnight that ends a date, or the first instant after it where clocks skip midnight. */
export function endOfDay(date: Temporal.PlainDate, zone: string): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(dayOf(date.toString(), zone).end)
}

export function startOfDay(instant: Temporal.Instant, zone: string): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(dayOf(dateOf(instant, zone).toString(), zone).start)
}

/** The last date on which it is valid. */
export function lastDayOf(expiresAt: Temporal.Instant, zone: string): Temporal.PlainDate {
  return dateOf(expiresAt.subtract({ milliseconds: 1 }), zone)
}

function dateOf(instant: Temporal.Instant, zone: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(localDateOf(instant.epochMilliseconds, zone))
}
