/** Dates on which a location is closed, whatever anybody's hours say. */

import { createHash } from 'node:crypto'
import { and, asc, between, eq, gte, inArray } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { workingIntervals } from '../availability/hours.ts'
import { bookingsOverlapping, type OverlappingBooking } from '../bookings/overlapping.ts'
import type { Context } from '../context.ts'
import { addDays, dayOf, type LocalDate, localDateOf } from '../time/local.ts'
import { findLocation, type Location } from './locations.ts'
import { locationClosures, locations, staff, staffLocations } from './tables.ts'
import { today } from './week.ts'
import { hoursOfPeople } from './workplaces.ts'

export interface Closure {
  date: Temporal.PlainDate
  reason: string | null
}

export interface ClosuresAsked {
  location_id: string
  /** Both inclusive: every closure between them is replaced. */
  from: Temporal.PlainDate
  to: Temporal.PlainDate
  closures: { date: Temporal.PlainDate; reason?: string }[]
}

/**
 * Takes slots away and leaves bookings as they are.
 * @returns the range's closures, and the bookings to come that stand on them
 * @throws not_found, invalid_input
 */
export async function setClosures(
  ctx: Context,
  asked: ClosuresAsked,
): Promise<{ closures: Closure[]; affected_bookings: OverlappingBooking[] }> {
  const closures = inRange(asked)
  const location = await findLocation(ctx, asked.location_id)
  await lock(ctx, location.id)
  await replaceClosures(ctx, asked, closures)
  ctx.emit({ type: 'location.closures_changed', subject: { kind: 'location', id: location.id } })
  return { closures, affected_bookings: await bookingsOn(ctx, location, closures) }
}

/** Another text for each other closure or reason in a range: they have no version of their own. @throws not_found */
export async function closuresVersion(
  ctx: Context,
  { location_id: locationId, from, to }: Omit<ClosuresAsked, 'closures'>,
): Promise<string> {
  await findLocation(ctx, locationId)
  const rows = await ctx.db
    .select({ date: locationClosures.date, reason: locationClosures.reason })
    .from(locationClosures)
    .where(
      and(
        eq(locationClosures.workspaceId, ctx.workspace.id),
        eq(locationClosures.locationId, locationId),
        between(locationClosures.date, from, to),
      ),
    )
    .orderBy(asc(locationClosures.date))
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}

/** In order of their dates. */
function inRange({ from, to, closures }: ClosuresAsked): Closure[] {
  const isWithin = ({ date }: { date: Temporal.PlainDate }) =>
    Temporal.PlainDate.compare(from, date) <= 0 && Temporal.PlainDate.compare(date, to) <= 0
  const outside = closures.find(closure => !isWithin(closure))
  if (outside) {
    throw new Refusal('invalid_input', `${outside.date} is not between ${from} and ${to}.`, {
      field: 'closures',
    })
  }
  return closures
    .map(({ date, reason = null }) => ({ date, reason }))
    .sort((a, b) => Temporal.PlainDate.compare(a.date, b.date))
}

/**
 * The location, so that of two changes of its closures one waits for the other; then its people, as a booking does
 * (bookings/place.ts): one that is being made is either listed here or refused there.
 */
async function lock({ db, workspace }: Context, locationId: string): Promise<void> {
  await db
    .select({ id: locations.id })
    .from(locations)
    .where(and(eq(locations.workspaceId, workspace.id), eq(locations.id, locationId)))
    .for('no key update')
  await db
    .select({ id: staff.id })
    .from(staff)
    .innerJoin(
      staffLocations,
      and(eq(staffLocations.workspaceId, workspace.id), eq(staffLocations.staffId, staff.id)),
    )
    .where(and(eq(staff.workspaceId, workspace.id), eq(staffLocations.locationId, locationId)))
    .orderBy(asc(staff.id))
    .for('no key update', { of: staff })
}

async function replaceClosures(
  { db, workspace }: Context,
  { location_id: locationId, from, to }: ClosuresAsked,
  closures: Closure[],
): Promise<void> {
  await db
    .delete(locationClosures)
    .where(
      and(
        eq(locationClosures.workspaceId, workspace.id),
        eq(locationClosures.locationId, locationId),
        between(locationClosures.date, from, to),
      ),
    )
  if (closures.length === 0) return
  await db
    .insert(locationClosures)
    .values(closures.map(closure => ({ workspaceId: workspace.id, locationId, ...closure })))
}

/**
 * Bookings to come whose work belongs to a closed date. Hours belong to the date they start on: Friday's night shift
 * runs on into a closed Saturday, and a closed Friday ends it.
 */
async function bookingsOn(
  ctx: Context,
  location: Location,
  closures: Closure[],
): Promise<OverlappingBooking[]> {
  const zone = location.time_zone
  const from = today(ctx, zone).subtract({ days: 1 }) // Yesterday's night shift may still be at work.
  const dates = closures.map(({ date }) => date).filter(date => Temporal.PlainDate.compare(date, from) >= 0)
  const found = await Promise.all(dates.map(date => bookingsAround(ctx, location, date.toString())))
  const people = found.flat().map(booking => booking.staff_id)
  const hours = await hoursOfPeople(ctx, location, people, from.subtract({ days: 1 }))
  const workDateOf = ({ staff_id, starts_at }: OverlappingBooking) => {
    const start = starts_at.epochMilliseconds
    const [shift] = workingIntervals(hours(staff_id), zone, { start, end: start + 1 })
    return shift?.date ?? localDateOf(start, zone) // Booked outside all hours, by somebody who may.
  }
  return found.flatMap((bookings, index) =>
    bookings.filter(booking => workDateOf(booking) === dates[index]!.toString()),
  )
}

/** To the end of the next date, where a night shift ends. */
function bookingsAround(ctx: Context, { id, time_zone: zone }: Location, date: LocalDate) {
  const from = Math.max(dayOf(date, zone).start, ctx.now.epochMilliseconds)
  return bookingsOverlapping(ctx, {
    locationId: id,
    from: Temporal.Instant.fromEpochMilliseconds(from),
    until: Temporal.Instant.fromEpochMilliseconds(dayOf(addDays(date, 1), zone).end),
  })
}

/** Each location with its closures from today on, in order of their dates. */
export async function withClosures<Row extends Pick<Location, 'id' | 'time_zone'>>(
  ctx: Context,
  rows: Row[],
): Promise<(Row & { closures: Closure[] })[]> {
  const ids = rows.map(({ id }) => id)
  const yesterday = today(ctx, 'UTC').subtract({ days: 1 }) // Nobody's clocks are a whole day behind UTC.
  const found = await ctx.db
    .select({
      locationId: locationClosures.locationId,
      date: locationClosures.date,
      reason: locationClosures.reason,
    })
    .from(locationClosures)
    .where(
      and(
        eq(locationClosures.workspaceId, ctx.workspace.id),
        inArray(locationClosures.locationId, ids),
        gte(locationClosures.date, yesterday),
      ),
    )
    .orderBy(asc(locationClosures.date))
  const ofLocation = Map.groupBy(found, ({ locationId }) => locationId)
  return rows.map(row => {
    const from = today(ctx, row.time_zone)
    const coming = (ofLocation.get(row.id) ?? []).filter(
      ({ date }) => Temporal.PlainDate.compare(date, from) >= 0,
    )
    return { ...row, closures: coming.map(({ date, reason }) => ({ date, reason })) }
  })
}
