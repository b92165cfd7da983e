/**
 * When points end. Counted in months or years they are good to the end of the month that they lead to: a year from 6 July
 * 2026 is good to the end of July 2027. Counted in days or weeks, to the end of that day.
 */

import { Temporal } from 'temporal-polyfill'
import { endOfDay, startOfDay } from '../entitlements/validity.ts'
import { localDateOf } from '../time/local.ts'

/** Exclusive; null: never. @param expiry ISO 8601, whole days at least */
export function pointsExpiry(
  earnedAt: Temporal.Instant,
  expiry: string | null,
  zone: string,
): Temporal.Instant | null {
  if (expiry === null) return null
  const end = Temporal.PlainDate.from(localDateOf(earnedAt.epochMilliseconds, zone)).add(expiry)
  return endOfDay(/[WD]$/.test(expiry) ? end : end.with({ day: end.daysInMonth }), zone)
}

/** The first instant of the last so many local days, today's among them. */
export function startOfLastDays(now: Temporal.Instant, days: number, zone: string): Temporal.Instant {
  const today = Temporal.PlainDate.from(localDateOf(now.epochMilliseconds, zone))
  const first = today.subtract({ days: days - 1 })
  return startOfDay(endOfDay(first, zone).subtract({ milliseconds: 1 }), zone)
}
