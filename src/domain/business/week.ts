/** Weeks and days as the business says them: weekdays left out are closed, today is the location's. */

import type { Temporal } from 'temporal-polyfill'
import type { WallInterval, WeeklyHours } from '../availability/hours.ts'
import type { Context } from '../context.ts'
import { type Weekday, weekdays } from '../time/local.ts'

/** What somebody says of a week. */
export type SomeDays = { [day in Weekday]?: WallInterval[] }

/** Every weekday, in the week's order. */
export function wholeWeek(days: SomeDays): WeeklyHours {
  return Object.fromEntries(weekdays.map(day => [day, days[day] ?? []])) as WeeklyHours
}

/** What holds until a business says otherwise. */
export function officeHours(): WeeklyHours {
  const day = [{ from: '09:00', to: '17:00' }]
  return wholeWeek({ mon: day, tue: day, wed: day, thu: day, fri: day })
}

export function today({ now }: Context, zone: string): Temporal.PlainDate {
  return now.toZonedDateTimeISO(zone).toPlainDate()
}
