/**
 * The rules that one start must meet, in the order of precedence: what each is called, what it answers where it does
 * not pass, and how it judges.
 */

import type { RefusalCode } from '../../catalog/refusal.ts'
import { addDays, type Interval, type LocalDate, localDateOf, localTimeOf } from '../time/local.ts'
import { type Barrier, barriersOf, forbids } from './barriers.ts'
import { calendarOf, type Hours, runsPastMidnight, type WallInterval, workingIntervals } from './hours.ts'
import {
  type Busy,
  counts,
  earliestStart,
  lastDateOf,
  type Need,
  occupiedBy,
  type PersonPlan,
  type Plan,
  type Pool,
  takesParty,
  windowEnd,
} from './plan.ts'
import { type Shortage, shortOf } from './pools.ts'

export type Rule = ServiceRule | PersonRule

/** The same for everybody. */
interface ServiceRule {
  rule: string
  code: RefusalCode
  judge(plan: Plan, start: number): Verdict
}

export interface PersonRule {
  rule: string
  code: RefusalCode
  judgePerson(attempt: Attempt): Verdict
  /** Said where anybody would do and this rule leaves nobody; by default what is said of the first. */
  nobody?: string
}

/** One person, doing the service at one time. */
export interface Attempt {
  plan: Plan
  person: PersonPlan
  service: Interval
  /** Those that forbid this start. */
  barriers: Barrier[]
}

export interface Verdict {
  passed: boolean
  because: string
  details: Record<string, unknown>
}

export const rules: Rule[] = [
  { rule: 'service_active', code: 'not_found', judge: serviceIsActive },
  {
    rule: 'staff_eligible',
    code: 'not_found',
    judgePerson: isEligible,
    nobody: 'Nobody who is active performs this service.',
  },
  { rule: 'working_hours', code: 'outside_hours', judgePerson: works, nobody: 'Nobody works then.' },
  {
    rule: 'time_off',
    code: 'outside_hours',
    judgePerson: isNotOff,
    nobody: 'Nobody who works then is without time off.',
  },
  { rule: 'booking_window', code: 'outside_booking_window', judge: isInWindow },
  { rule: 'minimum_notice', code: 'min_notice', judge: givesNotice },
  { rule: 'capacity', code: 'slot_conflict', judge: hasPlaces },
  {
    rule: 'time_free',
    code: 'slot_conflict',
    judgePerson: isFree,
    nobody: 'Nobody who works then is free.',
  },
  {
    rule: 'resource_free',
    code: 'slot_conflict',
    judgePerson: hasRoom, // Whoever does it, it is the same room.
  },
]

/** @param shortages of the plan */
export function attemptOf(plan: Plan, person: PersonPlan, service: Interval, shortages: Shortage[]): Attempt {
  const shifts = workingIntervals(person.hours, plan.zone, service)
  const barriers = barriersOf(plan, person, shifts, service.end - service.start, shortages)
  return { plan, person, service, barriers: barriers.filter(barrier => forbids(barrier, service.start)) }
}

function serviceIsActive({ service: { active } }: Plan): Verdict {
  return {
    passed: active,
    because: active ? 'The service is active.' : 'The service is not active.',
    details: {},
  }
}

function isEligible({ person }: Attempt): Verdict {
  if (!person.active) return { passed: false, because: 'This person is not active.', details: {} }
  if (!person.performs)
    return { passed: false, because: 'This person does not perform the service.', details: {} }
  return { passed: true, because: 'This person performs the service.', details: {} }
}

function works(attempt: Attempt): Verdict {
  const { plan, person, service } = attempt
  const date = localDateOf(service.start, plan.zone)
  const { source, hours } = hoursAround(person.hours, date)
  const passed = timesInTheWay(attempt, 'not_working').length === 0
  const list = hours.map(({ date, from, to }) => `${date} ${from}–${to}`).join(', ')
  const none = source === 'closure' ? `Closed on ${date}.` : `No hours on ${date}.`
  const outside = `The hours are ${list}; this takes ${clock(service, plan.zone)}.`
  return {
    passed,
    because: passed ? `Within the hours: ${list}.` : hours.length === 0 ? none : outside,
    details: { date, source, hours },
  }
}

/** The hours of a date, after those of the evening before that run into it. */
function hoursAround(hours: Hours, date: LocalDate) {
  const hoursOn = calendarOf(hours)
  const { source, intervals } = hoursOn(date)
  const eve = addDays(date, -1)
  const dated = (date: LocalDate) => (interval: WallInterval) => ({ date, ...interval })
  return {
    source,
    hours: [
      ...hoursOn(eve).intervals.filter(runsPastMidnight).map(dated(eve)),
      ...intervals.map(dated(date)),
    ],
  }
}

function isNotOff(attempt: Attempt): Verdict {
  const off = timesInTheWay(attempt, 'time_off')
  return {
    passed: off.length === 0,
    because: off.length === 0 ? 'No time off then.' : `On time off ${span(off[0]!, attempt.plan.zone)}.`,
    details: off.length === 0 ? {} : { time_off: off.map(instantsOf) },
  }
}

function isInWindow(plan: Plan, start: number): Verdict {
  const [date, lastDate] = [localDateOf(start, plan.zone), lastDateOf(plan)]
  return {
    passed: start < windowEnd(plan),
    because: `Can be booked until ${lastDate}; this is on ${date}.`,
    details: { date, last_date: lastDate },
  }
}

function givesNotice(plan: Plan, start: number): Verdict {
  const earliest = earliestStart(plan)
  return {
    passed: start >= earliest,
    because: `With ${plan.service.noticeMinutes} minutes of notice, the earliest start is ${local(earliest, plan.zone)}.`,
    details: {
      notice_minutes: plan.service.noticeMinutes,
      earliest_start: new Date(earliest).toISOString(),
    },
  }
}

function hasPlaces(plan: Plan): Verdict {
  const { party = 1, service } = plan
  const { capacity = 1 } = service
  return {
    passed: takesParty(plan),
    because: `One booking takes ${capacity} at most; ${party === 1 ? '1 comes' : `${party} come`}.`,
    details: { capacity, party_size: party },
  }
}

function isFree(attempt: Attempt): Verdict {
  const { plan, service } = attempt
  const taken = timesInTheWay(attempt, 'taken') as Busy[]
  const [first] = taken
  if (!first) return { passed: true, because: 'The time is free.', details: {} }
  // Of a service with gaps, the part that this is in the way of.
  const { need } = attempt.barriers.find(({ cause }) => cause === first)!
  const needs = { start: service.start + need.start, end: service.start + need.end }
  return {
    passed: false,
    because: `Taken ${span(first, plan.zone)} by ${nouns[first.ref.kind]}; this needs ${span(needs, plan.zone)}, buffers included.`,
    details: { needs: instantsOf(needs), taken_by: taken.map(takenBy) },
  }
}

const nouns = {
  booking: 'a booking',
  hold: 'a hold',
  class: 'a class',
  external: "an event of the person's own calendar",
}

function hasRoom(attempt: Attempt): Verdict {
  const { plan, barriers } = attempt
  if (!plan.needs?.length) return { passed: true, because: 'It needs no room or equipment.', details: {} }
  const unmet = barriers.filter(({ kind }) => kind === 'resource').map(({ cause }) => cause as Need)
  if (unmet.length === 0) return { passed: true, because: 'What it needs is free.', details: {} }
  const time = occupiedBy(plan, attempt.service)
  const choices = unmet[0]!.choices.map(pool => lackOf(plan, pool, unmet[0]!.quantity, time))
  const none = 'Nothing at this location meets what it needs.'
  return {
    passed: false,
    because: choices.length === 0 ? none : choices.map(({ because }) => because).join(' '),
    details: { needs: instantsOf(time), resources: choices.map(({ details }) => details) },
  }
}

/** Why a pool has no room for all of the time. */
function lackOf(plan: Plan, pool: Pool, quantity: number, time: Interval) {
  const { id, name, units } = pool
  const [short] = shortOf(plan, pool, quantity).filter(
    ({ start, end }) => start < time.end && time.start < end,
  )
  const taken = pool.taken
    .filter(busy => counts(plan, busy) && overlap(busy, time) && overlap(busy, short!))
    .sort((a, b) => a.start - b.start)
  const few = `${name} has ${units} and this needs ${quantity}.`
  const full = () =>
    `${name}: ${units > 1 ? `fewer than ${quantity} of ${units} left` : 'taken'} ${span(short!, plan.zone)}.`
  return {
    because: pool.active ? (units < quantity ? few : full()) : `${name} is no longer in use.`,
    details: { id, units, quantity, taken_by: taken.slice(0, MOST_NAMED).map(takenBy) },
  }
}

/** An answer names no more than these: agents pay for every word. */
const MOST_NAMED = 10

function overlap(one: Interval, other: Interval): boolean {
  return one.start < other.end && other.start < one.end
}

function takenBy({ ref, ...interval }: Busy) {
  return { ...ref, ...instantsOf(interval) }
}

/** What forbids the start, each once, in order of time. */
function timesInTheWay({ barriers }: Attempt, kind: Exclude<Barrier['kind'], 'resource'>): Interval[] {
  const causes = barriers.filter(barrier => barrier.kind === kind).map(({ cause }) => cause as Interval)
  return [...new Set(causes)].sort((a, b) => a.start - b.start)
}

function instantsOf({ start, end }: Interval) {
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() }
}

/** `2026-03-29 09:30 to 2026-03-29 10:30`, by the location's clocks. */
function span({ start, end }: Interval, zone: string): string {
  return `${local(start, zone)} to ${local(end, zone)}`
}

function clock({ start, end }: Interval, zone: string): string {
  return `${local(start, zone).slice(11)}–${local(end, zone).slice(11)}`
}

function local(instant: number, zone: string): string {
  return localTimeOf(instant, zone).slice(0, 16).replace('T', ' ')
}
