/**
 * What availability is decided over: one service at one location, its people, and what fills their time, as plain
 * data. Instants are epoch milliseconds; ids are whatever the caller gives, and come back in answers.
 */

import { addDays, dayOf, type Interval, type LocalDate, localDateOf } from '../time/local.ts'
import { MINUTE } from '../time/zone.ts'
import type { Hours } from './hours.ts'

export interface Plan {
  /** The time for business rules, `ctx.now`. */
  now: number
  /** The location's. */
  zone: string
  service: ServicePlan
  staff: PersonPlan[]
  /** How many come; by default one. */
  party?: number
  /** The rooms and equipment that the service needs, all of them; by default none. */
  needs?: Need[]
  /** Ids of bookings and holds that do not count: a booking that moves may overlap itself. */
  ignore?: ReadonlySet<string>
}

export interface ServicePlan {
  active: boolean
  durationMinutes: number
  /** The largest party that one booking takes; by default one. */
  capacity?: number
  /** The working parts of a service with gaps, in order, inside its duration; the last one runs to its end. */
  parts?: Part[]
  bufferBeforeMinutes: number
  bufferAfterMinutes: number
  /** Between offered starts; by default the duration. */
  intervalMinutes?: number
  noticeMinutes: number
  /** How many dates after today can be booked. */
  windowDays: number
}

/** Work, and after it a gap in which the person is free for others. */
export interface Part {
  minutes: number
  gapAfterMinutes: number
}

/** So many units of one of several pools, from the first minute to the last. */
export interface Need {
  quantity: number
  /** Any one of them will do; the first comes first. */
  choices: Pool[]
}

/** A room, or several alike. */
export interface Pool {
  id: string
  name: string
  active: boolean
  units: number
  /** An entry for each unit that is taken. */
  taken: Busy[]
}

export interface PersonPlan {
  id: string
  active: boolean
  /** Has the skills and is assigned to the service. */
  performs: boolean
  /** Where this person takes another time than the service says. Of a service in parts all take the same. */
  durationMinutes?: number
  hours: Hours
  timeOff: Interval[]
  busy: Busy[]
}

/** Time that is taken, `[start, end)`, buffers included. */
export interface Busy extends Interval {
  ref: { kind: 'booking' | 'hold' | 'class' | 'external'; id: string }
  /** A hold's end: from this instant on it takes no time, whether or not anybody swept it away. */
  until?: number
}

export function durationOf({ service }: Plan, person: PersonPlan): number {
  const own = service.parts ? undefined : person.durationMinutes
  return (own ?? service.durationMinutes) * MINUTE
}

export function slotIntervalOf(plan: Plan, person: PersonPlan): number {
  const { intervalMinutes } = plan.service
  return intervalMinutes === undefined ? durationOf(plan, person) : intervalMinutes * MINUTE
}

/** What a service at this time takes of a room: itself, its gaps and its buffers. */
export function occupiedBy(plan: Plan, service: Interval): Interval {
  return {
    start: service.start - plan.service.bufferBeforeMinutes * MINUTE,
    end: service.end + plan.service.bufferAfterMinutes * MINUTE,
  }
}

/** What it takes of a person's time: its parts, with the buffers around the first and the last. */
export function workOf(plan: Plan, service: Interval): Interval[] {
  const { start, end } = occupiedBy(plan, service)
  const work = partsOf(plan, service)
  return work.map((part, n) => ({
    start: n === 0 ? start : part.start,
    end: n === work.length - 1 ? end : part.end,
  }))
}

function partsOf({ service: { parts = [] } }: Plan, { start, end }: Interval): Interval[] {
  const work: Interval[] = []
  let at = start
  for (const { minutes, gapAfterMinutes } of parts.slice(0, -1)) {
    work.push({ start: at, end: at + minutes * MINUTE })
    at += (minutes + gapAfterMinutes) * MINUTE
  }
  return [...work, { start: at, end }]
}

/** Whether it takes any of its time now: a hold that has lapsed does not, nor does the booking that moves. */
export function counts({ now, ignore }: Pick<Plan, 'now' | 'ignore'>, busy: Busy): boolean {
  const { until = Infinity } = busy
  return now < until && !ignore?.has(busy.ref.id)
}

/** The minimum notice: a start at this very instant is accepted. */
export function earliestStart(plan: Plan): number {
  return plan.now + plan.service.noticeMinutes * MINUTE
}

/** The booking window. */
export function lastDateOf(plan: Plan): LocalDate {
  return addDays(localDateOf(plan.now, plan.zone), plan.service.windowDays)
}

/** The first instant after the booking window. */
export function windowEnd(plan: Plan): number {
  return dayOf(lastDateOf(plan), plan.zone).end
}

export function takesParty({ party = 1, service: { capacity = 1 } }: Plan): boolean {
  return party <= capacity
}

export function isBookable(plan: Plan, person: PersonPlan): boolean {
  return plan.service.active && person.active && person.performs
}
