/**
 * What stands in the way of a start. Each thing that a service must not touch, be it time nobody works, time off or
 * a booking, forbids an open interval of starts; listing sweeps these, and explaining looks into them.
 */

import type { Interval } from '../time/local.ts'
import type { Shift } from './hours.ts'
import { type Busy, counts, type Need, occupiedBy, type PersonPlan, type Plan, workOf } from './plan.ts'
import { both, forbiddenBy, type Shortage } from './pools.ts'

export interface Barrier extends Forbidden {
  kind: 'not_working' | 'time_off' | 'taken' | 'resource'
  /** What stands there; of a resource, what cannot be met. */
  cause: Interval | Busy | Need
  /** The time that must be clear of it, seen from the start. */
  need: Interval
}

/** Starts strictly between these two are forbidden; the two themselves only touch what stands there. */
export interface Forbidden {
  after: number
  before: number
}

/**
 * @param shifts at least all that touch a service in question
 * @param duration of the service, in milliseconds
 * @param shortages of the plan
 */
export function barriersOf(
  plan: Plan,
  person: PersonPlan,
  shifts: Shift[],
  duration: number,
  shortages: Shortage[],
): Barrier[] {
  const service = { start: 0, end: duration }
  const work = workOf(plan, service)
  const busy = person.busy.filter(busy => counts(plan, busy))
  return [
    ...restBetween(shifts).map(cause => barrier('not_working', cause, service)),
    ...person.timeOff.map(cause => barrier('time_off', cause, service)),
    ...work.flatMap(part => busy.map(cause => barrier('taken', cause, part))),
    ...resourceBarriers(shortages, occupiedBy(plan, service)),
  ]
}

/** Where no choice of a need has enough units for all of the time. */
function resourceBarriers(shortages: Shortage[], need: Interval): Barrier[] {
  return shortages.flatMap(({ need: cause, short }) =>
    short
      .map(times => forbiddenBy(times, need))
      .reduce(both, [{ after: -Infinity, before: Infinity }])
      .map(forbidden => ({ kind: 'resource' as const, ...forbidden, cause, need })),
  )
}

/** The starts, in order, that no barrier forbids. One pass over both: no start looks at all bookings. */
export function unobstructed(starts: number[], barriers: Barrier[]): number[] {
  const byAfter = barriers.toSorted((a, b) => a.after - b.after)
  let next = 0
  let clearFrom = -Infinity
  return starts.filter(start => {
    for (; next < byAfter.length && byAfter[next]!.after < start; next++)
      clearFrom = Math.max(clearFrom, byAfter[next]!.before)
    return start >= clearFrom
  })
}

export function forbids(barrier: Forbidden, start: number): boolean {
  return barrier.after < start && start < barrier.before
}

function barrier(kind: Barrier['kind'], cause: Interval, need: Interval): Barrier {
  return { kind, cause, need, after: cause.start - need.end, before: cause.end - need.start }
}

/** All time outside the shifts. Shifts that touch are one stretch of work: a service may run from one to the next. */
function restBetween(shifts: Shift[]): Interval[] {
  const rest: Interval[] = []
  let workedUntil = -Infinity
  for (const { start, end } of shifts) {
    if (start > workedUntil) rest.push({ start: workedUntil, end: start })
    workedUntil = Math.max(workedUntil, end)
  }
  return [...rest, { start: workedUntil, end: Infinity }]
}
