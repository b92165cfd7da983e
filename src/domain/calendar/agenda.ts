/** A person's or a location's days: what is booked, who is away, when it is closed, on the clocks of the location. */

import { Temporal } from 'temporal-polyfill'
import { Page } from '../../catalog/define.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { findLocation } from '../business/locations.ts'
import { staffVersion } from '../business/staff.ts'
import { workplacesOf } from '../business/workplaces.ts'
import type { Context } from '../context.ts'
import { addDays, dayOf, type Interval, type LocalDate, localDateOf } from '../time/local.ts'
import { MINUTE } from '../time/zone.ts'
import { type Entry, entriesIn } from './entries.ts'
import { closedTimes, type Workweek } from './opening.ts'

export interface AgendaAsked {
  staffId?: string
  locationId?: string
  /** Default: today there. */
  from?: LocalDate
  days: number
  limit: number
  cursor?: string
}

export interface Agenda {
  zone: string
  days: AgendaDay[]
  /** By start. What began before the first day stands on it. */
  entries: (Entry & { date: LocalDate })[]
}

export interface AgendaDay {
  date: LocalDate
  start: Temporal.Instant
  end: Temporal.Instant
  /** 23 to 25 where clocks change. */
  hours: number
  /** Nobody works then, or this person does not. */
  closed: { start: Temporal.Instant; end: Temporal.Instant }[]
}

/** @throws Refusal `not_found`, `invalid_input` without either, or where a person's locations differ in their zones */
export async function agendaOf(context: Context, asked: AgendaAsked): Promise<Page<Agenda>> {
  const { zone, weeks } = await placeOf(context, asked)
  const first = asked.from ?? localDateOf(context.now.epochMilliseconds, zone)
  const dates = Array.from({ length: asked.days }, (_, n) => addDays(first, n))
  const days = dates.map(date => ({ date, ...dayOf(date, zone) }))
  const range = { start: days[0]!.start, end: days.at(-1)!.end }
  const [found, closed] = await Promise.all([
    entriesIn(context, { ...asked, range }),
    closedTimes(context, weeks, zone, { from: first, to: dates.at(-1)! }),
  ])
  const agenda = {
    zone,
    days: days.filter(({ start, end }) => start < end).map(day => dayShown(day, closed)),
    entries: found.entries.map(entry => ({ ...entry, date: dateShown(entry, range, zone) })),
  }
  return new Page(agenda, found.nextCursor)
}

function dayShown({ date, start, end }: Interval & { date: LocalDate }, closed: Interval[]): AgendaDay {
  const within = closed
    .map(gap => ({ start: Math.max(gap.start, start), end: Math.min(gap.end, end) }))
    .filter(gap => gap.start < gap.end)
  const hours = (end - start) / (60 * MINUTE)
  return { date, ...asInstants({ start, end }), hours, closed: within.map(asInstants) }
}

function asInstants({ start, end }: Interval) {
  return {
    start: Temporal.Instant.fromEpochMilliseconds(start),
    end: Temporal.Instant.fromEpochMilliseconds(end),
  }
}

function dateShown({ startsAt }: Entry, { start }: Interval, zone: string): LocalDate {
  return localDateOf(Math.max(startsAt.epochMilliseconds, start), zone)
}

async function placeOf(
  context: Context,
  { staffId, locationId }: AgendaAsked,
): Promise<{ zone: string; weeks: Workweek[] }> {
  if (staffId) await staffVersion(context, staffId)
  if (locationId && !staffId) {
    const { time_zone: zone, hours } = await findLocation(context, locationId)
    return { zone, weeks: [{ locationId, hours, own: null }] }
  }
  if (!staffId) throw new Refusal('invalid_input', 'Say whose agenda: give staff_id, location_id or both.')
  if (locationId) await findLocation(context, locationId)
  const weeks = await workplacesOf(context, [staffId], locationId)
  const zones = new Set(weeks.map(({ zone }) => zone))
  if (zones.size > 1) {
    throw new Refusal(
      'invalid_input',
      'This person works in more than one time zone: say whose days these are by location_id.',
      { field: 'location_id', time_zones: [...zones] },
      ['list_locations'],
    )
  }
  const [
    zone = locationId ? (await findLocation(context, locationId)).time_zone : context.workspace.timeZone,
  ] = zones
  return { zone, weeks }
}
