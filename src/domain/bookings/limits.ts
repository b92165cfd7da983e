/**
 * What a customer may have: how soon after a visit, how many bookings to come, how many starts in a day and a week; of
 * one service, and of all together. Read under the customer's lock, so that two bookings at once see each other.
 */

import { and, asc, eq, gt, inArray, ne } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { type CustomerLimits, readSettings } from '../../access/settings.ts'
import type { Finding } from '../availability/findings.ts'
import { limitColumns, limitsOf } from '../business/booking-policy.ts'
import { services } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import {
  addDays,
  dayOf,
  type Interval,
  type LocalDate,
  localDateOf,
  type Weekday,
  weekdayOf,
  weekdays,
} from '../time/local.ts'
import { DAY, MINUTE } from '../time/zone.ts'
import { notLapsed } from './read.ts'
import type { BookingState } from './states.ts'
import { type Booking, bookings } from './tables.ts'

export interface LimitQuestion {
  customerId: string
  serviceId: string
  /** Of the location: its days and weeks count. */
  zone: string
  /** The shortest that it may take: whoever takes longer is nearer to the next visit. */
  time: Interval
  /** The booking that moves: it does not count. */
  moving?: Booking
}

/** One for the blocklist, and one for each rule that has a limit. */
export async function limitFindings(context: Context, asked: LimitQuestion): Promise<Finding[]> {
  const [blocked, ofService, settings] = await Promise.all([
    isBlocked(context, asked.customerId),
    limitsOfService(context, asked.serviceId),
    readSettings(context),
  ])
  const ofAll = settings.booking.customer_limits
  const findings = [blockedFinding(blocked)]
  if ([ofService, ofAll].every(limits => Object.values(limits).every(limit => limit === null)))
    return findings

  const now = context.now.epochMilliseconds
  const { zone, time } = asked
  const weekStarts = settings.week_starts
  const longest = Math.max(ofService.cooldown_minutes ?? 0, ofAll.cooldown_minutes ?? 0) * MINUTE
  const week = periodOf(localDateOf(time.start, zone), 7, { zone, weekStarts })
  // No service is longer than a day.
  const visits = await visitsAfter(context, asked, Math.min(now, week.start - 1, time.start - longest - DAY))
  const scopes: Scope[] = [
    { of: 'this service', limits: ofService, visits: visits.filter(of => of.serviceId === asked.serviceId) },
    { of: 'all services', limits: ofAll, visits },
  ]
  return [...findings, ...checkLimits(scopes, { time, now, zone, weekStarts })]
}

/** What the customer has had and has, of those that a limit counts. */
export interface Visit extends Interval {
  state: BookingState
}

export interface Scope {
  of: string
  limits: CustomerLimits
  visits: Visit[]
}

export interface Asked {
  time: Interval
  now: number
  zone: string
  weekStarts: Weekday
}

/** @returns in the order of precedence, a finding for each rule that has a limit; of several limits the one that lifts last */
export function checkLimits(scopes: Scope[], asked: Asked): Finding[] {
  return rules.flatMap(({ rule, code, checks }) => {
    const limited = checks.flatMap(({ limit: name, says, liftsAt }) =>
      scopes.flatMap(({ of, limits, visits }) => {
        const limit = limits[name]
        if (limit === undefined) return []
        const lifts = liftsAt(limit, visits, asked) ?? Number.NEGATIVE_INFINITY
        return [{ lifts, says: `${says(limit)}, of ${of}`, details: { [name]: limit, of } }]
      }),
    )
    const [last] = limited.toSorted((one, other) => other.lifts - one.lifts)
    if (!last) return []
    const passed = last.lifts === Number.NEGATIVE_INFINITY
    const because = passed
      ? `Within the limit: ${limited.map(({ says }) => says).join('; ')}.`
      : `A customer may have ${last.says}. This lifts at ${textOf(last.lifts)}.`
    const details = passed ? {} : { ...last.details, lifts_at: textOf(last.lifts) }
    return [{ rule, code, passed, because, details }]
  })
}

interface Check {
  limit: keyof CustomerLimits
  says(limit: number): string
  /** The first start, from the one that is asked for on, that the limit lets through; null: that one. */
  liftsAt(limit: number, visits: Visit[], asked: Asked): number | null
}

const rules: { rule: string; code: Finding['code']; checks: Check[] }[] = [
  {
    rule: 'customer_cooldown',
    code: 'cooldown',
    checks: [
      {
        limit: 'cooldown_minutes',
        says: minutes => `a visit no nearer than ${minutes} minutes to another`,
        liftsAt: afterCooldown,
      },
    ],
  },
  {
    rule: 'customer_on_hand',
    code: 'on_hand_limit',
    checks: [
      {
        limit: 'on_hand_limit',
        says: most => `at most ${most} to come`,
        liftsAt: onceBegun,
      },
    ],
  },
  {
    rule: 'customer_period',
    code: 'period_limit',
    checks: [
      {
        limit: 'day_limit',
        says: most => `at most ${most} a day`,
        liftsAt: (most, visits, asked) => inNextPeriod(most, visits, asked, 1),
      },
      {
        limit: 'week_limit',
        says: most => `at most ${most} a week`,
        liftsAt: (most, visits, asked) => inNextPeriod(most, visits, asked, 7),
      },
    ],
  },
]

/** Before and after every visit but those that were missed; exactly so far apart is far enough. */
function afterCooldown(minutes: number, visits: Visit[], { time }: Asked): number | null {
  const apart = minutes * MINUTE
  const length = time.end - time.start
  let start = time.start
  for (const visit of visits
    .filter(({ state }) => state !== 'no_show')
    .toSorted((a, b) => a.start - b.start)) {
    const isNear = start < visit.end + apart && visit.start < start + length + apart
    if (isNear) start = visit.end + apart
  }
  return start === time.start ? null : start
}

/** Each that begins is one fewer to come. */
function onceBegun(most: number, visits: Visit[], { now }: Asked): number | null {
  const toCome = visits.filter(({ start, state }) => start > now && waiting.includes(state))
  return toCome.map(({ start }) => start).toSorted((a, b) => a - b)[toCome.length - most] ?? null
}

const waiting: BookingState[] = ['pending', 'confirmed']

function inNextPeriod(most: number, visits: Visit[], asked: Asked, days: 1 | 7): number | null {
  let date = localDateOf(asked.time.start, asked.zone)
  for (let first = true; ; first = false) {
    const { start, end } = periodOf(date, days, asked)
    const taken = visits.filter(visit => start <= visit.start && visit.start < end).length
    if (taken < most) return first ? null : start
    date = addDays(date, days)
  }
}

/** The local day or week that a date is in. */
function periodOf(date: LocalDate, days: 1 | 7, { zone, weekStarts }: Pick<Asked, 'zone' | 'weekStarts'>) {
  const since = (weekdays.indexOf(weekdayOf(date)) - weekdays.indexOf(weekStarts) + 7) % 7
  const first = days === 1 ? date : addDays(date, -since)
  return { start: dayOf(first, zone).start, end: dayOf(addDays(first, days), zone).start }
}

function blockedFinding(blocked: boolean): Finding {
  return {
    rule: 'customer_allowed',
    code: 'customer_blocked',
    passed: !blocked,
    because: blocked ? 'The business has blocked this customer.' : 'The customer is not blocked.',
    details: blocked ? { lifts_at: null } : {},
  }
}

function textOf(instant: number): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toString()
}

/** Whether the business takes this customer at all. */
export async function customerAllowed(context: Context, customerId: string): Promise<Finding> {
  return blockedFinding(await isBlocked(context, customerId))
}

async function isBlocked({ db, workspace }: Context, customerId: string): Promise<boolean> {
  const [customer] = await db
    .select({ blocked: customers.blocked })
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), eq(customers.id, customerId)))
  return customer?.blocked ?? false
}

async function limitsOfService({ db, workspace }: Context, serviceId: string): Promise<CustomerLimits> {
  const [columns] = await db
    .select(limitColumns)
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), eq(services.id, serviceId)))
  return limitsOf(columns!)
}

/** Nobody has more; the limit only stops a mistake. */
const MOST_VISITS = 2000

async function visitsAfter(
  { db, workspace, now }: Context,
  { customerId, moving }: LimitQuestion,
  after: number,
): Promise<(Visit & { serviceId: string })[]> {
  const rows = await db
    .select({
      serviceId: bookings.serviceId,
      startsAt: bookings.startsAt,
      endsAt: bookings.endsAt,
      state: bookings.state,
    })
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        eq(bookings.customerId, customerId),
        inArray(bookings.state, ['pending', 'confirmed', 'arrived', 'completed', 'no_show']),
        notLapsed(now),
        gt(bookings.startsAt, Temporal.Instant.fromEpochMilliseconds(after)),
        moving && ne(bookings.id, moving.id),
      ),
    )
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
    .limit(MOST_VISITS)
  return rows.map(({ startsAt, endsAt, ...row }) => ({
    ...row,
    start: startsAt.epochMilliseconds,
    end: endsAt.epochMilliseconds,
  }))
}
