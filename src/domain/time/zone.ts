/**
 * A zone's clocks: by how much they are ahead of UTC, and when that changes. The tz database is asked once for
 * each zone and year, because one operation of the polyfill costs 50 to 100 µs and slots for 200 people over
 * 90 days turn 36,000 edges of hours into instants; all between is arithmetic on numbers.
 *
 * An instant is epoch milliseconds. A wall time is what a clock shows, as the epoch milliseconds at which a
 * clock in UTC shows it.
 */

import { Temporal } from 'temporal-polyfill'

/** Milliseconds by which the zone's clocks are ahead of UTC. */
export function offsetAt(instant: number, zone: string): number {
  return periodsAround(instant, zone).find(period => instant < period.until)!.offset
}

/**
 * The first instant at which clocks show this wall time or a later one. So a time in a gap is the instant after
 * the gap, and a time in a fold is its first reading. As the wall time rises, the instant never falls: hours that
 * do not overlap on paper do not overlap in time.
 */
export function reach(wall: number, zone: string): number {
  const { from, offset } = periodsAround(wall, zone).find(({ until, offset }) => wall < until + offset)!
  return Math.max(from, wall - offset)
}

/** Every instant at which clocks show this wall time, in order: none in a gap, two in a fold, else one. */
export function readings(wall: number, zone: string): number[] {
  return periodsAround(wall, zone)
    .filter(({ from, until, offset }) => from + offset <= wall && wall < until + offset)
    .map(({ offset }) => wall - offset)
}

/** The offsets in force within a day of this wall time, in order. */
export function offsetsNear(wall: number, zone: string): number[] {
  return periodsAround(wall, zone)
    .filter(({ from, until }) => from <= wall + DAY && wall - DAY < until)
    .map(({ offset }) => offset)
}

/** A time through which the offset stays the same. */
interface Period {
  from: number
  until: number
  offset: number
}

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

/** Clocks are at most 14 hours from UTC, and a change can take a whole day (Apia, 2011). */
const MARGIN = 2 * DAY

function periodsAround(time: number, zone: string): Period[] {
  const year = new Date(time).getUTCFullYear()
  const key = `${zone} ${year}`
  return known.get(key) ?? remember(key, periodsOf(zone, year))
}

/** The zone's periods from shortly before the year to shortly after it; the outer two are left open. */
function periodsOf(zone: string, year: number): Period[] {
  const last = Date.UTC(year + 1, 0) + MARGIN
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(year, 0) - MARGIN).toZonedDateTimeISO(zone)
  let current: Period = { from: -Infinity, until: Infinity, offset: offsetOf(at) }
  const periods = [current]
  for (;;) {
    const change = at.getTimeZoneTransition('next')
    if (!change || change.epochMilliseconds > last) return periods
    at = change
    current.until = at.epochMilliseconds
    current = { from: at.epochMilliseconds, until: Infinity, offset: offsetOf(at) }
    periods.push(current)
  }
}

function offsetOf(time: Temporal.ZonedDateTime): number {
  return time.offsetNanoseconds / 1e6
}

/** Enough for every zone of the world this year, or for a hundred over some years. */
const MOST_KNOWN = 600
const known = new Map<string, Period[]>()

function remember(key: string, periods: Period[]): Period[] {
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!) // A Map keeps the order of arrival.
  known.set(key, periods)
  return periods
}
