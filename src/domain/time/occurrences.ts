/**
 * When a series takes place. It keeps its wall-clock time: 18:00 stays 18:00 when clocks change, so each date is
 * turned into an instant by itself. Where clocks skip that time or show it twice, the occurrence says so and has no
 * instant: somebody has to choose, through `resolveLocal` and an offset.
 *
 * An occurrence is known by its `local` start of the rule (RECURRENCE-ID), whatever is later done to it.
 */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { MOST_OCCURRENCES, type Recurrence } from './recurrence.ts'
import { type Day, datesOf, dayNumber } from './recurrence-dates.ts'
import { DAY, reach, readings } from './zone.ts'

export interface Series {
  /** The time of day of all, and the first date that may be one: it is one only if the rule matches it. */
  start: Temporal.PlainDateTime
  zone: string
  /** Dates that do not take place. COUNT counts them (RFC 5545 §3.8.5.1: they are taken out of the whole set). */
  exdates?: Temporal.PlainDate[]
  /** Dates that do besides, from the start on, at the same time. Neither COUNT nor UNTIL is about them. */
  rdates?: Temporal.PlainDate[]
  /** The last date to be told, for a rule without an end; of any other rule it tells a part. */
  horizon?: Temporal.PlainDate
  /** The first date to be told. The rule still counts from the start. */
  from?: Temporal.PlainDate
  /** Which reading of a time that clocks show twice, once somebody has chosen; a time they skip stays without. */
  fold?: 'earlier' | 'later'
}

export interface Occurrence {
  date: Temporal.PlainDate
  local: Temporal.PlainDateTime
  instant: Temporal.Instant | null
  problem?: 'nonexistent_local_time' | 'ambiguous_local_time'
}

/**
 * In order, each date once, at most `MOST_OCCURRENCES`.
 *
 * A time that clocks skip is told and not counted by COUNT (RFC 5545 §3.3.10: "MUST NOT be counted"), but BYSETPOS
 * does count its date: the second Sunday is the same Sunday at any hour.
 * @throws invalid_input for a rule without an end and without a horizon, for more dates than that, for a COUNT that
 *   2199 comes before, and for dates outside the series or those years
 */
export function occurrences(rule: Recurrence, series: Series): Occurrence[] {
  refuseEndless(rule, series)
  const { first, last } = spanTold(series)
  const days = new Set(daysAdded(series))
  for (const day of [...days]) if (day < first || day > last) days.delete(day)
  for (const day of daysOfRule(rule, series)) {
    if (days.size > MOST_OCCURRENCES) break
    if (day >= first) days.add(day)
  }
  if (days.size > MOST_OCCURRENCES) throw tooMany()
  for (const date of series.exdates ?? []) days.delete(dayNumber(date))
  return [...days].sort((one, other) => one - other).map(day => occurrenceOn(day, series))
}

/** The years of a `LocalDate` on every surface. They end a rule that never matches. */
const EARLIEST = dayNumber({ year: 1900, month: 1, day: 1 })
const LATEST = dayNumber({ year: 2199, month: 12, day: 31 })

function refuseEndless(rule: Recurrence, { horizon }: Series): void {
  if (rule.count === undefined && rule.until === undefined && !horizon)
    throw new Refusal('invalid_input', 'This recurrence rule has no end. Give it COUNT or UNTIL.', {
      part: 'COUNT',
    })
}

function spanTold({ start, from, horizon }: Series): { first: Day; last: Day } {
  const begin = dayNumber(start)
  if (begin < EARLIEST || begin > LATEST)
    throw new Refusal('invalid_input', 'A series starts from 1900 to 2199.', { start: start.toString() })
  return {
    first: from ? Math.max(begin, dayNumber(from)) : begin,
    last: horizon ? Math.min(LATEST, dayNumber(horizon)) : LATEST,
  }
}

function daysAdded({ start, rdates = [] }: Series): Day[] {
  const outside = rdates.find(date => dayNumber(date) < dayNumber(start) || dayNumber(date) > LATEST)
  if (!outside) return rdates.map(dayNumber)
  throw new Refusal('invalid_input', 'A date is added from the start of the series on, until 2199.', {
    date: outside.toString(),
    start: start.toPlainDate().toString(),
  })
}

function* daysOfRule(rule: Recurrence, series: Series): Generator<Day> {
  const { start, zone, horizon } = series
  let left = rule.count ?? 0
  for (const day of datesOf(rule, dayNumber(start), spanTold(series).last)) {
    if (isPast(rule, day, series)) return
    yield day
    if (rule.count !== undefined && readings(wallOf(day, start), zone).length > 0 && --left === 0) return
  }
  if (left === 0 || horizon) return
  throw new Refusal(
    'invalid_input',
    `Until 2199, this recurrence rule comes to ${rule.count! - left} of its ${rule.count} dates.`,
    { part: 'COUNT', comes_to: rule.count! - left },
  )
}

/** UNTIL is the last that may be, not the first that may not. A time without an instant is where the gap ends. */
function isPast({ until }: Recurrence, day: Day, { start, zone, fold }: Series): boolean {
  if (until === undefined) return false
  if (until instanceof Temporal.PlainDate) return day > dayNumber(until)
  const wall = wallOf(day, start)
  if (wall + 2 * DAY < until.epochMilliseconds) return false // No clock is that far from UTC: the zone need not be read.
  const instants = readings(wall, zone)
  const instant = (fold === 'later' ? instants.at(-1) : instants[0]) ?? reach(wall, zone)
  return instant > until.epochMilliseconds
}

function occurrenceOn(day: Day, { start, zone, fold }: Series): Occurrence {
  const date = new Temporal.PlainDate(1970, 1, 1).add({ days: day })
  const local = date.toPlainDateTime(start.toPlainTime())
  const instants = readings(wallOf(day, start), zone)
  if (instants.length === 0) return { date, local, instant: null, problem: 'nonexistent_local_time' }
  if (instants.length > 1 && !fold) return { date, local, instant: null, problem: 'ambiguous_local_time' }
  const instant = fold === 'later' ? instants.at(-1)! : instants[0]!
  return { date, local, instant: Temporal.Instant.fromEpochMilliseconds(instant) }
}

/** What a clock in UTC shows so, as `zone.ts` writes wall times. */
function wallOf(day: Day, { hour, minute, second, millisecond }: Temporal.PlainDateTime): number {
  return day * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
}

function tooMany(): Refusal {
  return new Refusal(
    'invalid_input',
    `This comes to more than ${MOST_OCCURRENCES} dates. Give a lower COUNT or an earlier end.`,
    { most: MOST_OCCURRENCES },
  )
}
