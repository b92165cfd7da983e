/** Refuses hours that overlap: two intervals of one date, or one that runs past midnight and the next date's. */

import { Refusal } from '../../catalog/refusal.ts'
import { addDays, type WallTime, weekdays } from '../time/local.ts'
import { calendarOf, type Hours, runsPastMidnight, type WallInterval } from './hours.ts'

/**
 * Intervals that only touch are fine.
 * @throws invalid_input with the two that overlap
 */
export function refuseOverlaps({ weekly, overrides }: Pick<Hours, 'weekly' | 'overrides'>): void {
  const week = [...weekdays, weekdays[0]] // Sunday night runs into Monday.
  refuseOverlapsOf(week.map(day => ({ day, intervals: weekly[day] })))

  const hoursOn = calendarOf({ weekly, overrides, closures: [] })
  for (const { date } of overrides) {
    const around = [addDays(date, -1), date, addDays(date, 1)]
    refuseOverlapsOf(around.map(day => ({ day, intervals: hoursOn(day).intervals })))
  }
}

/** @param days consecutive ones */
function refuseOverlapsOf(days: { day: string; intervals: WallInterval[] }[]): void {
  const placed = days
    .flatMap(({ day, intervals }, index) => intervals.map(interval => place(day, index, interval)))
    .sort((a, b) => a.start - b.start)
  placed.forEach((second, index) => {
    const first = placed[index - 1]
    if (first && second.start < first.end) throw overlap(first, second)
  })
}

interface Placed extends WallInterval {
  day: string
  /** Minutes of the clock since the first of the days. */
  start: number
  end: number
}

function place(day: string, index: number, interval: WallInterval): Placed {
  const start = index * DAY_MINUTES
  const nextDay = runsPastMidnight(interval) ? DAY_MINUTES : 0
  return {
    day,
    ...interval,
    start: start + minutesOf(interval.from),
    end: start + minutesOf(interval.to) + nextDay,
  }
}

/** On paper, before any date or zone, every day has them. */
const DAY_MINUTES = 24 * 60

function minutesOf(time: WallTime): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

function overlap(first: Placed, second: Placed): Refusal {
  const [a, b] = [first, second].map(({ day, from, to }) => ({ day, from, to }))
  const words = [first, second].map(({ day, from, to }) => `${day} ${from}–${to}`)
  return new Refusal('invalid_input', `Hours overlap: ${words.join(' and ')}.`, { overlapping: [a, b] })
}
