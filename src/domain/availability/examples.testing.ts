/** A plain business for tests, to vary by hand. */

import type { Hours, WallInterval, WeeklyHours } from './hours.ts'
import type { Busy, PersonPlan, Plan, ServicePlan } from './plan.ts'

/** A week of the same hours every day: `everyDay('09:00–12:00', '13:00–17:00')`. */
export function everyDay(...intervals: string[]): WeeklyHours {
  const hours = intervals.map(interval)
  return { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: hours, sun: hours }
}

export function interval(text: string): WallInterval {
  const [from, to] = text.split('–')
  return { from: from!, to: to! }
}

export function hours(weekly: WeeklyHours, rest: Partial<Hours> = {}): Hours {
  return { weekly, overrides: [], closures: [], ...rest }
}

/** Ada, who works 09:00–17:00. */
export function person(change: Partial<PersonPlan> = {}): PersonPlan {
  return {
    id: 'ada',
    active: true,
    performs: true,
    hours: hours(everyDay('09:00–17:00')),
    timeOff: [],
    busy: [],
    ...change,
  }
}

/** An hour in Berlin with Ada, seen on Monday 2026-03-02 at 00:00 there, without buffers or notice. */
export function plan(change: Partial<Omit<Plan, 'service'>> = {}, service: Partial<ServicePlan> = {}): Plan {
  return {
    now: at('2026-03-02T00:00+01:00'),
    zone: 'Europe/Berlin',
    service: {
      active: true,
      durationMinutes: 60,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: 0,
      noticeMinutes: 0,
      windowDays: 30,
      ...service,
    },
    staff: [person()],
    ...change,
  }
}

export function at(text: string): number {
  return Date.parse(text)
}

export function booking(id: string, start: string, end: string): Busy {
  return { start: at(start), end: at(end), ref: { kind: 'booking', id } }
}
