/** When nobody works: what the hours of a range of dates leave open, the other way around. */

import { and, between, eq, inArray } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { hoursOf, workingIntervals } from '../availability/hours.ts'
import { locationClosures } from '../business/tables.ts'
import { asDayOverride, overridesOf, type Workplace } from '../business/workplaces.ts'
import type { Context } from '../context.ts'
import { addDays, dayOf, type Interval, type LocalDate } from '../time/local.ts'

/** Of a person at a location, or of the location alone. */
export type Workweek = Pick<Workplace, 'locationId' | 'hours' | 'own'> & { staffId?: string }

/**
 * The gaps of the dates, both included, in order; a gap may run over midnight. Somebody with several places is at work
 * where any of them has hours for them.
 */
export async function closedTimes(
  context: Context,
  weeks: Workweek[],
  zone: string,
  { from, to }: { from: LocalDate; to: LocalDate },
): Promise<Interval[]> {
  const range = { start: dayOf(from, zone).start, end: dayOf(to, zone).end }
  const dates = [addDays(from, -1), to].map(date => Temporal.PlainDate.from(date)) as [
    Temporal.PlainDate,
    Temporal.PlainDate,
  ]
  const staffIds = weeks.flatMap(({ staffId }) => staffId ?? [])
  const [closures, overrides] = await Promise.all([
    closuresOf(context, weeks, dates),
    staffIds.length > 0 ? overridesOf(context, staffIds, ...dates) : [],
  ])
  const shifts = weeks.flatMap(({ locationId, hours, own }) => {
    const here = <Row extends { locationId: string }>(rows: Row[]) =>
      rows.filter(row => row.locationId === locationId)
    const location = { weekly: hours, closures: here(closures).map(({ date }) => date.toString()) }
    const rules = hoursOf(location, { weekly: own, overrides: here(overrides).map(asDayOverride) })
    return workingIntervals(rules, zone, range)
  })
  return gapsBetween(shifts, range)
}

/** @param shifts in any order; they may overlap */
export function gapsBetween(shifts: Interval[], range: Interval): Interval[] {
  const gaps: Interval[] = []
  let reached = range.start
  for (const { start, end } of [...shifts].sort((a, b) => a.start - b.start)) {
    if (start > reached) gaps.push({ start: reached, end: Math.min(start, range.end) })
    reached = Math.max(reached, end)
  }
  if (reached < range.end) gaps.push({ start: reached, end: range.end })
  return gaps
}

function closuresOf(
  { db, workspace }: Context,
  weeks: Workweek[],
  [from, to]: [Temporal.PlainDate, Temporal.PlainDate],
) {
  const ids = weeks.map(({ locationId }) => locationId)
  if (ids.length === 0) return []
  return db
    .select({ locationId: locationClosures.locationId, date: locationClosures.date })
    .from(locationClosures)
    .where(
      and(
        eq(locationClosures.workspaceId, workspace.id),
        inArray(locationClosures.locationId, ids),
        between(locationClosures.date, from, to),
      ),
    )
}
