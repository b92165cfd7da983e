/** The dates that a series comes to, and their sessions: made where the instructor is free, told where not. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { localDateOf } from '../time/local.ts'
import { type Occurrence, occurrences } from '../time/occurrences.ts'
import { parseRecurrence } from '../time/recurrence.ts'
import { type Calendar, type Conflict, calendarOf, refuseConflicts } from './conflicts.ts'
import { classSessions, type Series, type Session } from './tables.ts'
import { type Taking, takeTime } from './teaching.ts'

/** How far ahead there are always sessions; they are made a week further. */
export const HORIZON_DAYS = 26 * 7
const STEP_DAYS = 7

/** The last date that sessions are made to at `now`. */
export function horizonAt(now: Temporal.Instant, zone: string): Temporal.PlainDate {
  return todayAt(now, zone).add({ days: HORIZON_DAYS + STEP_DAYS })
}

/** When the next are due; null where the rule has ended by then. */
export function extendAt(series: Rule, madeUntil: Temporal.PlainDate, zone: string, now: Temporal.Instant) {
  return endsBy(series, madeUntil, zone) ? null : now.add({ hours: STEP_DAYS * 24 })
}

export function todayAt(now: Temporal.Instant, zone: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(localDateOf(now.epochMilliseconds, zone))
}

export type Rule = Pick<Series, 'rrule' | 'startsOn' | 'startTime' | 'exdates'>

/** Its occurrences on these dates, both included. @throws Refusal `invalid_input` */
export function occurrencesOf(
  { rrule, startsOn, startTime, exdates }: Rule,
  zone: string,
  { from, to }: { from: Temporal.PlainDate; to: Temporal.PlainDate },
): Occurrence[] {
  return occurrences(parseRecurrence(rrule), {
    start: startsOn.toPlainDateTime(startTime),
    zone,
    exdates: exdates.map(date => Temporal.PlainDate.from(date)),
    from,
    horizon: to,
  })
}

function endsBy({ rrule, startsOn, startTime }: Rule, date: Temporal.PlainDate, zone: string): boolean {
  const rule = parseRecurrence(rrule)
  if (rule.until) {
    const last =
      rule.until instanceof Temporal.PlainDate
        ? rule.until
        : rule.until.toZonedDateTimeISO(zone).toPlainDate()
    return Temporal.PlainDate.compare(last, date) <= 0
  }
  if (rule.count === undefined) return false
  const last = occurrences(rule, { start: startsOn.toPlainDateTime(startTime), zone }).at(-1)
  return !last || Temporal.PlainDate.compare(last.date, date) <= 0
}

export type OnConflict = 'refuse' | 'skip'

/** What a session takes over from its series. */
export type Template = Pick<
  Session,
  | 'seriesId'
  | 'serviceId'
  | 'locationId'
  | 'staffId'
  | 'roomId'
  | 'bufferBeforeMinutes'
  | 'bufferAfterMinutes'
  | 'capacity'
  | 'waitlistCloseMinutes'
  | 'offerMinutes'
  | 'requiresEntitlement'
> & { durationMinutes: number }

export interface Made {
  sessions: Session[]
  conflicts: Conflict[]
}

/**
 * The sessions of those occurrences that are yet to come. A time that clocks skip, or show twice, is told to the
 * caller and not made: nobody knows which was meant.
 * @throws Refusal `slot_conflict` or `outside_hours` where something stands in the way and nothing is to be skipped
 */
export async function makeSessions(
  context: Context,
  template: Template,
  wanted: Occurrence[],
  { zone, onConflict }: { zone: string; onConflict: OnConflict },
): Promise<Made> {
  const rows = wanted.flatMap(occurrence => rowOf(context, template, occurrence) ?? [])
  const calendar = await calendarOf(context, { locationId: template.locationId, zone }, rows)
  const { placed, conflicts } = placeAll(calendar, rows)
  if (onConflict === 'refuse') refuseConflicts(conflicts)
  return { sessions: await insertSessions(context, placed), conflicts }
}

function rowOf(
  context: Context,
  template: Template,
  { date, local, instant, problem }: Occurrence,
): Session | null {
  const { workspace, now } = context
  if (!instant) {
    const why = problem === 'ambiguous_local_time' ? 'clocks show that time twice' : 'clocks skip that time'
    context.warn(`There is no class at ${local.toString({ smallestUnit: 'minute' })}: ${why}.`)
    return null
  }
  if (Temporal.Instant.compare(instant, now) <= 0) return null
  const { durationMinutes, ...terms } = template
  return {
    ...terms,
    workspaceId: workspace.id,
    id: newId(),
    occursOn: template.seriesId === null ? null : date,
    startsAt: instant,
    endsAt: instant.add({ minutes: durationMinutes }),
    state: 'scheduled',
    edited: [],
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
}

function placeAll(calendar: Calendar, rows: Session[]): { placed: Taking[]; conflicts: Conflict[] } {
  const conflicts: Conflict[] = []
  const placed = rows.flatMap(session => {
    const conflict = calendar.conflictOf(session)
    if (!conflict) return [{ session, keys: calendar.place(session) }]
    conflicts.push(conflict)
    return []
  })
  return { placed, conflicts }
}

async function insertSessions(context: Context, placed: Taking[]): Promise<Session[]> {
  const sessions = placed.map(({ session }) => session)
  if (sessions.length === 0) return []
  await context.db.insert(classSessions).values(sessions)
  await takeTime(context, placed)
  return sessions
}

/** One that begins later than sessions are made has dates to come, too. @throws Refusal `invalid_input` */
export function mustCome(wanted: Occurrence[], now: Temporal.Instant): void {
  const comes = ({ instant }: Occurrence) => instant === null || Temporal.Instant.compare(instant, now) > 0
  if (wanted.some(comes)) return
  throw new Refusal('invalid_input', 'Not one of these classes is still to come.', { field: 'starts_on' })
}
