/**
 * When somebody works: weekly hours, dates that override them and closures, written as wall-clock times, and the
 * shifts that these are in time. A shift belongs to the date on which it starts.
 */

import {
  addDays,
  dayOf,
  type Interval,
  instantAt,
  type LocalDate,
  localDateOf,
  type WallTime,
  type Weekday,
  weekdayOf,
} from '../time/local.ts'

/** Where `to` is not after `from` the interval runs past midnight; the same time twice is a whole day. */
export interface WallInterval {
  from: WallTime
  to: WallTime
}

export type WeeklyHours = Record<Weekday, WallInterval[]>

/** Replaces the weekly hours of its date; without intervals nobody works. */
export interface DayOverride {
  date: LocalDate
  intervals: WallInterval[]
}

export interface Hours {
  weekly: WeeklyHours
  overrides: DayOverride[]
  /** Win over everything else on their dates. */
  closures: LocalDate[]
}

/** One piece of work without a break. */
export interface Shift extends Interval {
  date: LocalDate
}

/** The hours of a person at a location: their own, or the location's where they have none; its closures always. */
export function hoursOf(
  location: Pick<Hours, 'weekly' | 'closures'>,
  person: { weekly: WeeklyHours | null; overrides: DayOverride[] },
): Hours {
  return {
    weekly: person.weekly ?? location.weekly,
    overrides: person.overrides,
    closures: location.closures,
  }
}

/** Every shift that touches the range, whole and in the order of their starts. */
export function workingIntervals(hours: Hours, zone: string, range: Interval): Shift[] {
  return shiftsOf(hours, daysReaching(range, zone), range)
}

/** The same, where the days are known already: for many people, who have them in common. */
export function shiftsOf(hours: Hours, days: Day[], range: Interval): Shift[] {
  const hoursOn = calendarOf(hours)
  return days
    .flatMap(day => hoursOn(day.date, day.weekday).intervals.map(interval => shiftOf(day, interval)))
    .filter(({ start, end }) => start < end && start < range.end && range.start < end)
    .sort((a, b) => a.start - b.start)
}

/** A date of a zone. Its edges of hours are worked out once: for each of 50 people, 30 days took 8 ms more. */
export interface Day {
  date: LocalDate
  weekday: Weekday
  instantAt(time: WallTime): number
  /** On the date after it. */
  nextInstantAt(time: WallTime): number
}

/** The dates whose shifts may touch the range: from the evening before it, which may run into it. */
export function daysReaching(range: Interval, zone: string): Day[] {
  const lastDate = localDateOf(range.end, zone)
  const days: Day[] = []
  for (let date = addDays(localDateOf(range.start, zone), -1); date <= lastDate; date = addDays(date, 1))
    if (exists(date, zone)) days.push(dayIn(zone, date))
  return days
}

function dayIn(zone: string, date: LocalDate): Day {
  return {
    date,
    weekday: weekdayOf(date),
    instantAt: onceEach(time => instantAt(date, time, zone)),
    nextInstantAt: onceEach(time => instantAt(addDays(date, 1), time, zone)),
  }
}

function onceEach(instantOf: (time: WallTime) => number): (time: WallTime) => number {
  const known = new Map<WallTime, number>()
  return time => {
    const instant = known.get(time) ?? instantOf(time)
    known.set(time, instant)
    return instant
  }
}

/** Nobody comes to work on a date that the calendar skips, not even for the part after its midnight. */
function exists(date: LocalDate, zone: string): boolean {
  const day = dayOf(date, zone)
  return day.start < day.end
}

/** What applies on a date, and which rule said so. */
export interface DayHours {
  source: 'closure' | 'override' | 'weekly'
  intervals: WallInterval[]
}

export function calendarOf({
  weekly,
  overrides,
  closures,
}: Hours): (date: LocalDate, weekday?: Weekday) => DayHours {
  const closed = new Set(closures)
  const replaced = new Map(overrides.map(({ date, intervals }) => [date, intervals]))
  return (date, weekday = weekdayOf(date)) => {
    if (closed.has(date)) return { source: 'closure', intervals: [] }
    const intervals = replaced.get(date)
    if (intervals) return { source: 'override', intervals }
    return { source: 'weekly', intervals: weekly[weekday] }
  }
}

/** Empty where both its edges fall into the same gap. */
function shiftOf({ date, instantAt, nextInstantAt }: Day, interval: WallInterval): Shift {
  return {
    date,
    start: instantAt(interval.from),
    end: runsPastMidnight(interval) ? nextInstantAt(interval.to) : instantAt(interval.to),
  }
}

export function runsPastMidnight({ from, to }: WallInterval): boolean {
  return to <= from
}
