/**
 * Rooms and equipment, by count: a pool has room for a need where at every instant enough of its units are free, which
 * ones does not matter here. `packing.ts` finds the units.
 */

import type { Interval } from '../time/local.ts'
import type { Forbidden } from './barriers.ts'
import { counts, type Need, type Plan, type Pool } from './plan.ts'

/** When each choice of a need has too few units free. */
export interface Shortage {
  need: Need
  /** In the order of the choices, each in order of time. */
  short: Interval[][]
}

/** Worked out once for all people of a plan. */
export function shortagesOf(plan: Plan): Shortage[] {
  return (plan.needs ?? []).map(need => ({
    need,
    short: need.choices.map(pool => shortOf(plan, pool, need.quantity)),
  }))
}

/** The longest stretches of time in which fewer than `quantity` units are free. */
export function shortOf(plan: Pick<Plan, 'now' | 'ignore'>, pool: Pool, quantity: number): Interval[] {
  const spare = pool.units - quantity
  if (!pool.active || spare < 0) return [{ start: -Infinity, end: Infinity }]
  const changes: { at: number; by: 1 | -1 }[] = []
  for (const busy of pool.taken)
    if (counts(plan, busy)) changes.push({ at: busy.start, by: 1 }, { at: busy.end, by: -1 })
  changes.sort((a, b) => a.at - b.at || a.by - b.by) // What ends makes room for what begins.
  const short: Interval[] = []
  let taken = 0
  let since = 0
  for (const { at, by } of changes) {
    if (by === 1 && taken === spare) since = at
    if (by === -1 && taken === spare + 1 && since < at) short.push({ start: since, end: at })
    taken += by
  }
  return short
}

/**
 * The starts that a shortage forbids, in order and apart.
 * @param need the time in which the units are needed, seen from the start
 */
export function forbiddenBy(short: Interval[], need: Interval): Forbidden[] {
  const forbidden: Forbidden[] = []
  for (const { start, end } of short) {
    const next = { after: start - need.end, before: end - need.start }
    const last = forbidden.at(-1)
    if (last && next.after < last.before) last.before = next.before
    else forbidden.push(next)
  }
  return forbidden
}

/** What both forbid, each in order and apart: a start is forbidden where no choice is left. */
export function both(some: Forbidden[], others: Forbidden[]): Forbidden[] {
  const common: Forbidden[] = []
  for (let i = 0, j = 0; i < some.length && j < others.length; ) {
    const [one, other] = [some[i]!, others[j]!]
    const after = Math.max(one.after, other.after)
    const before = Math.min(one.before, other.before)
    if (after < before) common.push({ after, before })
    if (one.before < other.before) i++
    else j++
  }
  return common
}
