/** One date of one person at one location, where it differs from their week. */

import { and, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { calendarOf, type WallInterval } from '../availability/hours.ts'
import { refuseOverlaps } from '../availability/overlaps.ts'
import type { Context } from '../context.ts'
import { weekdayOf } from '../time/local.ts'
import { scheduleOverrides } from './tables.ts'
import { wholeWeek } from './week.ts'
import { asDayOverride, findWorkplace, overridesOf } from './workplaces.ts'

/** Whose date it is. */
export interface DayOfPerson {
  staff_id: string
  location_id: string
  date: Temporal.PlainDate
}

export interface DayHours extends DayOfPerson {
  /** Empty: closed. */
  intervals: WallInterval[]
}

/** Replaces whatever the date had; bookings outside the new hours stay. @throws not_found, invalid_input */
export async function setOverride(ctx: Context, day: DayHours): Promise<DayHours> {
  const { staff_id: staffId, location_id: locationId, date, intervals } = day
  await refuseOverlapsAround(ctx, day)
  await ctx.db
    .insert(scheduleOverrides)
    .values({ workspaceId: ctx.workspace.id, staffId, locationId, date, intervals })
    .onConflictDoUpdate({
      target: [
        scheduleOverrides.workspaceId,
        scheduleOverrides.staffId,
        scheduleOverrides.locationId,
        scheduleOverrides.date,
      ],
      set: { intervals },
    })
  noteChange(ctx, day)
  return day
}

/** With the night shift of the evening before, and with the next morning. */
async function refuseOverlapsAround(ctx: Context, { staff_id, location_id, date, intervals }: DayHours) {
  const { own, hours } = await findWorkplace(ctx, staff_id, location_id)
  const [eve, next] = [date.subtract({ days: 1 }), date.add({ days: 1 })]
  const overrides = (await overridesOf(ctx, [staff_id], eve, next)).filter(
    day => day.locationId === location_id,
  )
  const hoursOn = calendarOf({ weekly: own ?? hours, overrides: overrides.map(asDayOverride), closures: [] })
  const asItIs = (date: Temporal.PlainDate) => ({ date, intervals: hoursOn(date.toString()).intervals })
  // Over an empty week: what lies further away was weighed when it was set.
  refuseOverlaps({
    weekly: wholeWeek({}),
    overrides: [asItIs(eve), { date, intervals }, asItIs(next)].map(asDayOverride),
  })
}

/** Back to the weekly rule; a date without an override has it already. @returns the hours that the date has then */
export async function deleteOverride(ctx: Context, day: DayOfPerson): Promise<DayHours> {
  const { own, hours } = await findWorkplace(ctx, day.staff_id, day.location_id)
  const removed = await ctx.db.delete(scheduleOverrides).where(isDay(ctx, day)).returning()
  if (removed.length > 0) noteChange(ctx, day)
  return { ...day, intervals: (own ?? hours)[weekdayOf(day.date.toString())] }
}

/** For a confirmation that rests on the override as it is now. @throws not_found, invalid_input */
export async function overrideVersion(ctx: Context, day: DayOfPerson): Promise<string> {
  await findWorkplace(ctx, day.staff_id, day.location_id)
  const [row] = await ctx.db
    .select({ intervals: scheduleOverrides.intervals })
    .from(scheduleOverrides)
    .where(isDay(ctx, day))
  return JSON.stringify(row?.intervals ?? null)
}

function isDay({ workspace }: Context, { staff_id, location_id, date }: DayOfPerson) {
  return and(
    eq(scheduleOverrides.workspaceId, workspace.id),
    eq(scheduleOverrides.staffId, staff_id),
    eq(scheduleOverrides.locationId, location_id),
    eq(scheduleOverrides.date, date),
  )
}

function noteChange({ emit }: Context, { staff_id, location_id, date }: DayOfPerson): void {
  emit({
    type: 'staff.day_changed',
    subject: { kind: 'staff', id: staff_id },
    data: { location_id: idText('location', location_id), date: date.toString() },
  })
}
