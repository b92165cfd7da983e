/** People at their locations: each one's week there, and the dates that override it. */

import { and, asc, between, eq, gte, inArray } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import {
  type DayOverride,
  type Hours,
  hoursOf,
  type WallInterval,
  type WeeklyHours,
} from '../availability/hours.ts'
import type { Context } from '../context.ts'
import { findLocation, type Location } from './locations.ts'
import { staffVersion } from './staff.ts'
import { locations, scheduleOverrides, schedules, staffLocations } from './tables.ts'

export interface Workplace {
  staffId: string
  locationId: string
  /** The location's. */
  zone: string
  hours: WeeklyHours
  /** The person's own week, where they have one. */
  own: WeeklyHours | null
}

/** One person at one location. @throws not_found for either; invalid_input where they do not work there */
export async function findWorkplace(ctx: Context, staffId: string, locationId: string): Promise<Workplace> {
  const [workplace] = await workplacesOf(ctx, [staffId], locationId)
  if (workplace) return workplace
  await Promise.all([staffVersion(ctx, staffId), findLocation(ctx, locationId)])
  throw new Refusal(
    'invalid_input',
    'This person does not work at this location.',
    { field: 'location_id' },
    ['update_staff'],
  )
}

/** The oldest location first. */
export function workplacesOf(
  { db, workspace }: Context,
  staffIds: string[],
  locationId?: string,
): Promise<Workplace[]> {
  return db
    .select({
      staffId: staffLocations.staffId,
      locationId: locations.id,
      zone: locations.timeZone,
      hours: locations.hours,
      own: schedules.weekly,
    })
    .from(staffLocations)
    .innerJoin(
      locations,
      and(eq(locations.workspaceId, workspace.id), eq(locations.id, staffLocations.locationId)),
    )
    .leftJoin(
      schedules,
      and(
        eq(schedules.workspaceId, workspace.id),
        eq(schedules.staffId, staffLocations.staffId),
        eq(schedules.locationId, locations.id),
      ),
    )
    .where(
      and(
        eq(staffLocations.workspaceId, workspace.id),
        inArray(staffLocations.staffId, staffIds),
        locationId ? eq(locations.id, locationId) : undefined,
      ),
    )
    .orderBy(asc(locations.id))
}

export interface Override {
  staffId: string
  locationId: string
  date: Temporal.PlainDate
  /** Empty: closed. */
  intervals: WallInterval[]
}

/** In order of their dates. @param to inclusive */
export function overridesOf(
  { db, workspace }: Context,
  staffIds: string[],
  from: Temporal.PlainDate,
  to?: Temporal.PlainDate,
): Promise<Override[]> {
  const { date } = scheduleOverrides
  return db
    .select({
      staffId: scheduleOverrides.staffId,
      locationId: scheduleOverrides.locationId,
      date,
      intervals: scheduleOverrides.intervals,
    })
    .from(scheduleOverrides)
    .where(
      and(
        eq(scheduleOverrides.workspaceId, workspace.id),
        inArray(scheduleOverrides.staffId, staffIds),
        to ? between(date, from, to) : gte(date, from),
      ),
    )
    .orderBy(asc(date))
}

/** As the rules of availability read it. */
export function asDayOverride({ date, intervals }: Pick<Override, 'date' | 'intervals'>): DayOverride {
  return { date: date.toString(), intervals }
}

/** Each person's hours at a location from a date on, its closures left aside; also of those who work there no more. */
export async function hoursOfPeople(
  ctx: Context,
  location: Location,
  staffIds: string[],
  from: Temporal.PlainDate,
): Promise<(staffId: string) => Hours> {
  const [workplaces, overrides] = await Promise.all([
    workplacesOf(ctx, staffIds, location.id),
    overridesOf(ctx, staffIds, from),
  ])
  return staffId => {
    const own = workplaces.find(workplace => workplace.staffId === staffId)?.own ?? null
    const theirs = overrides.filter(
      override => override.staffId === staffId && override.locationId === location.id,
    )
    return hoursOf(
      { weekly: location.hours, closures: [] },
      { weekly: own, overrides: theirs.map(asDayOverride) },
    )
  }
}
