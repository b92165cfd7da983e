/**
 * When somebody is busy, out of the iCalendar text of another calendar (RFC 5545). Events that take no time are passed
 * over: transparent, cancelled, and our own that came back by a feed of ours.
 */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { Interval } from '../time/local.ts'
import { occurrences } from '../time/occurrences.ts'
import { parseRecurrence } from '../time/recurrence.ts'
import { DAY, offsetAt, reach } from '../time/zone.ts'
import { zoneNamed } from './foreign-zones.ts'
import { type CalendarText, type EventLines, type Line, readCalendar } from './ical-lines.ts'

export interface BusyQuestion {
  /** What lies in it is told, whole. */
  range: Interval
  /** Of times that name none. */
  zone: string
  /** Of our feeds: `booking_…@` this is ours. */
  host: string
}

export interface BusyTimes {
  /** In order, apart from each other. */
  times: Interval[]
  /** Events of which not all could be read: a zone that nobody knows, a rule that is none of ours. */
  skipped: number
}

/** More than anybody has; a text that says more is not to be trusted. */
export const MOST_EVENTS = 10_000

/** As many dates of all events, which take a second: two hundred meetings of every week of a year. */
const MOST_DATES = 10_000

/** null: the text is no calendar, or has more in it than a calendar has. */
export function busyTimesIn(text: string, question: BusyQuestion): BusyTimes | null {
  const calendar = readCalendar(text)
  if (!calendar || calendar.events.length > MOST_EVENTS) return null
  const named = calendar.head.find(({ name }) => name === 'X-WR-TIMEZONE')?.value
  const reader = new Reader(calendar, { ...question, zone: (named && zoneNamed(named)) || question.zone })
  const events = calendar.events.filter(event => !isOurs(event, question.host))
  const times = [...Map.groupBy(events, uidOf).values()].flatMap(ofOne => reader.timesOf(ofOne))
  if (reader.isTooMuch) return null
  return { times: merged(times.filter(time => touches(time, question.range))), skipped: reader.skipped.size }
}

function uidOf(event: EventLines): string {
  return textOf(event, 'UID') ?? crypto.randomUUID()
}

function isOurs(event: EventLines, host: string): boolean {
  const [, by] = /^(?:booking|session)_[0-9a-z]{26}@(.+)$/.exec(textOf(event, 'UID') ?? '') ?? []
  return by?.toLowerCase() === host.toLowerCase()
}

function takesTime(event: EventLines): boolean {
  return (
    textOf(event, 'TRANSP')?.toUpperCase() !== 'TRANSPARENT' &&
    textOf(event, 'STATUS')?.toUpperCase() !== 'CANCELLED' &&
    textOf(event, 'X-MICROSOFT-CDO-BUSYSTATUS')?.toUpperCase() !== 'FREE'
  )
}

function textOf(event: EventLines, name: string): string | undefined {
  return event.find(line => line.name === name)?.value
}

/** A time as it is written: what the clock of a zone shows then. */
interface Written {
  /** As if it were UTC, in milliseconds. */
  wall: number
  zone: string
  isDate: boolean
}

class Reader {
  readonly skipped = new Set<EventLines>()
  #event: EventLines = []
  #dates = 0
  readonly #calendar: CalendarText
  readonly #question: BusyQuestion

  constructor(calendar: CalendarText, question: BusyQuestion) {
    this.#calendar = calendar
    this.#question = question
  }

  get isTooMuch(): boolean {
    return this.#dates > MOST_DATES
  }

  /** An event, all its dates, and those of them that were changed by themselves: these share its UID. */
  timesOf(events: EventLines[]): Interval[] {
    const changed = events.flatMap(event => this.#written(event, 'RECURRENCE-ID').slice(0, 1).map(instantOf))
    const instead = new Set(changed)
    return events.flatMap(event => {
      this.#event = event
      if (this.isTooMuch) return []
      try {
        const isChange = event.some(({ name }) => name === 'RECURRENCE-ID')
        const times = takesTime(event) ? this.#datesOf(event) : []
        return isChange ? times : times.filter(({ start }) => !instead.has(start))
      } catch {
        this.skipped.add(event) // A date that is none, a duration of words: the others are read all the same.
        return []
      }
    })
  }

  #datesOf(event: EventLines): Interval[] {
    const [start] = this.#written(event, 'DTSTART')
    if (!start) return []
    const { zone } = start
    const { days, milliseconds } = this.#lengthOf(event, start)
    return this.#wallsOf(event, start).flatMap(wall => {
      const from = reach(wall, zone)
      // A day is a day, however long; what has hours has elapsed ones.
      const time = { start: from, end: days ? reach(wall + days * DAY, zone) : from + milliseconds }
      return time.start < time.end ? [time] : []
    })
  }

  #lengthOf(event: EventLines, start: Written): { days: number; milliseconds: number } {
    const [end] = this.#written(event, 'DTEND')
    const duration = textOf(event, 'DURATION')
    if (start.isDate) {
      const days = end ? Math.round((end.wall - start.wall) / DAY) : daysOf(duration)
      return { days, milliseconds: 0 }
    }
    if (end) return { days: 0, milliseconds: instantOf(end) - instantOf(start) }
    const whole = Temporal.Duration.from(duration ?? 'PT0S')
    return { days: 0, milliseconds: whole.total({ unit: 'milliseconds', relativeTo: anyDay }) }
  }

  /** The starts of all its dates that may touch the range. */
  #wallsOf(event: EventLines, start: Written): number[] {
    const rule = textOf(event, 'RRULE')
    const added = this.#listed(event, 'RDATE', start.zone)
    if (rule === undefined && added.length === 0) return [start.wall]
    const time = start.wall - dayOf(start.wall)
    // The start itself is a date of the series, whether or not the rule comes to it.
    const days = new Set([start.wall, ...added, ...this.#told(rule, start)].map(dayOf))
    for (const left of this.#listed(event, 'EXDATE', start.zone)) days.delete(dayOf(left))
    this.#dates += days.size
    return this.isTooMuch ? [] : [...days].map(day => day + time)
  }

  #told(rule: string | undefined, { wall, zone }: Written): number[] {
    if (rule === undefined) return []
    const { range } = this.#question
    const [from, horizon] = [dateOf(range.start).subtract({ days: 2 }), dateOf(range.end).add({ days: 1 })]
    const start = Temporal.PlainDateTime.from(new Date(wall).toISOString().slice(0, 19))
    try {
      const dates = occurrences(parseRecurrence(rule), { start, zone, from, horizon })
      return dates.map(({ date }) => Date.UTC(date.year, date.month - 1, date.day))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.skipped.add(this.#event)
      return []
    }
  }

  #listed(event: EventLines, name: string, zone: string): number[] {
    return this.#written(event, name).map(written => {
      if (written.isDate || written.zone === zone) return written.wall
      const instant = instantOf(written)
      return instant + offsetAt(instant, zone)
    })
  }

  #written(event: EventLines, name: string): Written[] {
    return event.filter(line => line.name === name).flatMap(line => this.#timesIn(line))
  }

  /** `20300108`, `20300108T100000` on the clock of its zone, `20300108T090000Z`; of several, each. */
  #timesIn({ parameters, value }: Line): Written[] {
    return value.split(',').flatMap(text => {
      const [, date, time, utc] = /^(\d{8})(?:T(\d{6})(Z?))?(?:\/.*)?$/.exec(text.trim()) ?? []
      if (!date) return []
      const zone = utc ? 'UTC' : this.#zoneOf(parameters.TZID)
      const local = Temporal.PlainDateTime.from(`${date}T${time ?? '000000'}`)
      const wall = local.toZonedDateTime('UTC').epochMilliseconds
      return [{ wall, zone, isDate: time === undefined }]
    })
  }

  #zoneOf(name: string | undefined): string {
    if (name === undefined) return this.#question.zone
    const zone = zoneNamed(name) ?? zoneNamed(this.#calendar.locations.get(name) ?? '')
    if (zone === null) this.skipped.add(this.#event)
    return zone ?? this.#question.zone
  }
}

function daysOf(duration: string | undefined): number {
  return duration === undefined
    ? 1
    : Math.ceil(Temporal.Duration.from(duration).total({ unit: 'days', relativeTo: anyDay }))
}

/** Without daylight saving, for durations that name days. */
const anyDay = Temporal.PlainDate.from('2030-01-01')

/** A time that clocks skip is the first after the gap; of one that they show twice, the first. */
function instantOf({ wall, zone }: Written): number {
  return reach(wall, zone)
}

function dayOf(wall: number): number {
  return Math.floor(wall / DAY) * DAY
}

function dateOf(instant: number): Temporal.PlainDate {
  return Temporal.PlainDate.from(new Date(instant).toISOString().slice(0, 10))
}

function touches(one: Interval, other: Interval): boolean {
  return one.start < other.end && other.start < one.end
}

/** Which of two meetings takes the time is nobody's business. */
function merged(times: Interval[]): Interval[] {
  const apart: Interval[] = []
  for (const time of times.toSorted((one, other) => one.start - other.start)) {
    const last = apart.at(-1)
    if (last && time.start <= last.end) last.end = Math.max(last.end, time.end)
    else apart.push({ ...time })
  }
  return apart
}
