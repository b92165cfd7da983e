/**
 * Availability, the slow and obvious way: looks at the clock on the wall in every minute and asks what a person
 * would. It shares types with the engine and no code, and knows zones from `Intl` alone.
 */

import type { RefusalCode } from '../../catalog/refusal.ts'
import type { WallInterval, WeeklyHours } from './hours.ts'
import type { Busy, Need, PersonPlan, Plan, Pool } from './plan.ts'

export interface Oracle {
  /** The points of the grid in the range, whatever may stand in their way. */
  grid: number[]
  /** What a booking at this start is answered first, or null where it is taken. */
  answer(start: number): RefusalCode | null
}

/** Knows about starts from `from` on and before `to`, which are whole minutes. */
export function consult(plan: Plan, person: PersonPlan, from: number, to: number): Oracle {
  const { service } = plan
  const duration = (service.parts ? undefined : person.durationMinutes) ?? service.durationMinutes
  const step = service.intervalMinutes ?? duration
  const minutes = watch(plan.zone, from - 3 * DAY, to + 2 * DAY)
  const works = new Set<number>()
  const grid = new Set<number>()
  for (const interval of writtenHours(person, datesOf(minutes))) {
    // The latest time the clock has shown decides: turned back, it does not open what was closed.
    const worked = minutes.filter(({ latest }) => interval.from <= latest && latest < interval.to)
    worked.forEach(({ at }, index) => {
      works.add(at)
      if (index % step === 0 && from <= at && at < to) grid.add(at)
    })
  }
  const isOff = (at: number) => person.timeOff.some(({ start, end }) => start <= at && at < end)
  const takes = ({ start, end, until, ref }: Busy, at: number) => {
    if (plan.ignore?.has(ref.id) || (until !== undefined && plan.now >= until)) return false
    return start <= at && at < end
  }
  const isTaken = (at: number) => person.busy.some(busy => takes(busy, at))
  const left = (pool: Pool, at: number) =>
    pool.active ? pool.units - pool.taken.filter(busy => takes(busy, at)).length : 0
  /** Minutes from the start in which the customer waits, and the person may be elsewhere. */
  const gaps = new Set<number>()
  let minute = 0
  service.parts?.slice(0, -1).forEach(({ minutes, gapAfterMinutes }) => {
    minute += minutes
    for (const gapEnd = minute + gapAfterMinutes; minute < gapEnd; minute++) gaps.add(minute)
  })
  const lastDate = plusDays(wallClock(plan.zone, plan.now).slice(0, 10), service.windowDays)

  return {
    grid: [...grid].sort((a, b) => a - b),
    answer(start) {
      const end = start + duration * MINUTE
      const occupiedFrom = start - service.bufferBeforeMinutes * MINUTE
      const occupiedUntil = end + service.bufferAfterMinutes * MINUTE
      if (!service.active || !person.active || !person.performs) return 'not_found'
      if (some(start, end, at => !works.has(at) || isOff(at))) return 'outside_hours'
      if (wallClock(plan.zone, start).slice(0, 10) > lastDate) return 'outside_booking_window'
      if (start < plan.now + service.noticeMinutes * MINUTE) return 'min_notice'
      if ((plan.party ?? 1) > (service.capacity ?? 1)) return 'slot_conflict'
      const isBusy = (at: number) => isTaken(at) && !gaps.has((at - start) / MINUTE)
      if (some(occupiedFrom, occupiedUntil, isBusy)) return 'slot_conflict'
      const meets = ({ choices, quantity }: Need) =>
        choices.some(pool => !some(occupiedFrom, occupiedUntil, at => left(pool, at) < quantity))
      if (!(plan.needs ?? []).every(meets)) return 'slot_conflict'
      return null
    },
  }
}

const MINUTE = 60_000
const DAY = 1440 * MINUTE

interface Minute {
  at: number
  /** `2026-03-29 09:30`, the latest that the clock has shown so far. */
  latest: string
  date: string
}

function watch(zone: string, from: number, to: number): Minute[] {
  const minutes: Minute[] = []
  let latest = ''
  for (let at = from; at < to; at += MINUTE) {
    const shown = wallClock(zone, at)
    if (shown > latest) latest = shown
    minutes.push({ at, latest, date: shown.slice(0, 10) })
  }
  return minutes
}

function datesOf(minutes: Minute[]): string[] {
  return [...new Set(minutes.map(({ date }) => date))]
}

/** Each interval as two readings of the clock. A closure wins over an override, an override over the week. */
function writtenHours({ hours }: PersonPlan, dates: string[]): WallInterval[] {
  return dates.flatMap(date => {
    if (hours.closures.includes(date)) return []
    const override = hours.overrides.find(override => override.date === date)
    const intervals = override ? override.intervals : hours.weekly[weekday(date)]
    return intervals.map(({ from, to }) => ({ from: `${date} ${from}`, to: closing(date, from, to) }))
  })
}

function closing(date: string, from: string, to: string): string {
  if (to === '24:00') return `${plusDays(date, 1)} 00:00`
  return to > from ? `${date} ${to}` : `${plusDays(date, 1)} ${to}`
}

function some(from: number, to: number, holds: (at: number) => boolean): boolean {
  for (let at = from; at < to; at += MINUTE) if (holds(at)) return true
  return false
}

function plusDays(date: string, days: number): string {
  const [year, month, day] = date.split('-').map(Number)
  return new Date(Date.UTC(year!, month! - 1, day! + days)).toISOString().slice(0, 10)
}

function weekday(date: string): keyof WeeklyHours {
  const name = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }).format(new Date(date))
  return name.toLowerCase() as keyof WeeklyHours
}

/** `2026-03-29 09:30`; read once, for `Intl` takes its time. */
function wallClock(zone: string, at: number): string {
  const key = `${zone} ${at}`
  let shown = read.get(key)
  if (shown === undefined) {
    shown = clockIn(zone).format(at)
    read.set(key, shown)
  }
  return shown
}

const read = new Map<string, string>()
const clocks = new Map<string, Intl.DateTimeFormat>()

function clockIn(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone)
  if (!clock) {
    // Swedish is written as ISO 8601 is.
    clock = new Intl.DateTimeFormat('sv', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    clocks.set(zone, clock)
  }
  return clock
}
