/** The starts that are offered: each person's, and anybody's. */

import type { Interval } from '../time/local.ts'
import { barriersOf, unobstructed } from './barriers.ts'
import { type Day, daysReaching, type Shift, shiftsOf } from './hours.ts'
import {
  durationOf,
  earliestStart,
  isBookable,
  type PersonPlan,
  type Plan,
  slotIntervalOf,
  takesParty,
  windowEnd,
} from './plan.ts'
import { type Shortage, shortagesOf } from './pools.ts'

export interface PersonSlots {
  personId: string
  /** In order, each once. */
  starts: number[]
}

export interface AnySlot {
  start: number
  /** Who is free, in the plan's order. */
  personIds: string[]
}

/** For each person who can be booked, the starts offered in the range. */
export function slotsOf(plan: Plan, range: Interval): PersonSlots[] {
  const offered = {
    start: Math.max(range.start, earliestStart(plan)),
    end: Math.min(range.end, windowEnd(plan)),
  }
  const people = takesParty(plan) ? plan.staff.filter(person => isBookable(plan, person)) : []
  const days = daysOf(plan, people, offered)
  const shortages = shortagesOf(plan)
  return people.map(person => ({
    personId: person.id,
    starts: startsOf(plan, person, offered, days, shortages),
  }))
}

/** Each person's first starts, as many as `count`. */
export function firstOf(slots: PersonSlots[], count: number): PersonSlots[] {
  return slots.map(({ personId, starts }) => ({ personId, starts: starts.slice(0, count) }))
}

/**
 * Any staff: the union of what each person is offered. Of what `firstOf(slots, n)` leaves, its first n are the first n
 * of all: whoever is free then is offered it among their own first n.
 */
export function union(slots: PersonSlots[]): AnySlot[] {
  const free = new Map<number, string[]>()
  for (const { personId, starts } of slots)
    for (const start of starts) {
      const others = free.get(start)
      if (others) others.push(personId)
      else free.set(start, [personId])
    }
  return Array.from(free, ([start, personIds]) => ({ start, personIds })).sort((a, b) => a.start - b.start)
}

/** The days on which somebody's shifts may hold a service that is offered. */
function daysOf(plan: Plan, people: PersonPlan[], offered: Interval): Day[] {
  if (offered.start >= offered.end) return []
  const longest = Math.max(0, ...people.map(person => durationOf(plan, person)))
  return daysReaching(reachOf(offered, longest), plan.zone)
}

function startsOf(
  plan: Plan,
  person: PersonPlan,
  offered: Interval,
  days: Day[],
  shortages: Shortage[],
): number[] {
  const duration = durationOf(plan, person)
  const shifts = shiftsOf(person.hours, days, reachOf(offered, duration))
  const grid = gridOf(shifts, slotIntervalOf(plan, person), offered)
  return unobstructed(grid, barriersOf(plan, person, shifts, duration, shortages))
}

/** Until where a service may run that starts in the range. */
function reachOf({ start, end }: Interval, duration: number): Interval {
  return { start, end: end + duration }
}

/** Steps of elapsed time from the start of each shift to its end. */
function gridOf(shifts: Shift[], step: number, offered: Interval): number[] {
  if (!(step > 0)) throw new Error(`A slot interval is longer than ${step} ms.`)
  const grid: number[] = []
  for (const shift of shifts) {
    const skipped = Math.max(0, Math.ceil((offered.start - shift.start) / step))
    const end = Math.min(shift.end, offered.end)
    for (let start = shift.start + skipped * step; start < end; start += step) grid.push(start)
  }
  return overlap(shifts) ? [...new Set(grid)].sort((a, b) => a - b) : grid
}

/** Which `refuseOverlaps` cannot rule out: a location's hours may change under a person's override. */
function overlap(shifts: Shift[]): boolean {
  return shifts.some(({ start }, index) => index > 0 && start < shifts[index - 1]!.end)
}
