/** Reads bookings, each as it is at this moment: what has lapsed shows as expired, noted or not. */

import { and, asc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { seesBooking } from '../../access/sight.ts'
import { Page } from '../../catalog/define.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { locations, services, staff } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import { chosenOf } from './chosen.ts'
import { historyOf } from './history.ts'
import { asAt, type BookingState } from './states.ts'
import { type Booking, bookings } from './tables.ts'

/** A booking with the names that a person reads. */
export type BookingView = Awaited<ReturnType<typeof viewsOf>>[number]

/** @throws Refusal `not_found` */
export async function getBooking(context: Context, id: string) {
  const [view] = await viewsOf(context, eq(bookings.id, id), 1)
  if (!view) throw notFound('booking', ['list_bookings'])
  return { ...view, chosen: await chosenOf(context, view), history: await historyOf(context, id) }
}

/** The row, locked until the transaction ends. @throws Refusal `not_found` */
export async function lockBooking({ db, workspace }: Context, id: string): Promise<Booking> {
  const [booking] = await db
    .select()
    .from(bookings)
    .where(and(eq(bookings.workspaceId, workspace.id), eq(bookings.id, id)))
    .for('update')
  if (!booking) throw notFound('booking', ['list_bookings'])
  return booking
}

/** For a confirmation that rests on the booking as it is now. @throws Refusal `not_found` */
export async function bookingVersion({ db, workspace }: Context, id: string): Promise<number> {
  const [row] = await db
    .select({ version: bookings.version })
    .from(bookings)
    .where(and(eq(bookings.workspaceId, workspace.id), eq(bookings.id, id)))
  if (!row) throw notFound('booking', ['list_bookings'])
  return row.version
}

export interface BookingFilter {
  from?: Temporal.Instant
  until?: Temporal.Instant
  state?: BookingState
  customerId?: string
  staffId?: string
  serviceId?: string
  locationId?: string
  seriesId?: string
  limit: number
  cursor?: string
}

/** By start, earliest first; holds, which are nobody's yet, only where they are asked for. */
export async function listBookings(context: Context, filter: BookingFilter): Promise<Page<BookingView[]>> {
  const { limit, cursor } = filter
  const rows = await viewsOf(
    context,
    and(matching(filter, context.now), after(cursor), seesBooking(context.sight, sql`${bookings}`)),
    limit + 1,
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return new Page(shown, rows.length > limit && last ? cursorOf(last) : undefined)
}

function matching(filter: BookingFilter, now: Temporal.Instant): SQL | undefined {
  const { from, until, state, customerId, staffId, serviceId, locationId, seriesId } = filter
  const optional = <Value>(value: Value | undefined, condition: (value: Value) => SQL) =>
    value === undefined ? undefined : condition(value)
  return and(
    optional(from, from => gte(bookings.startsAt, from)),
    optional(until, until => lt(bookings.startsAt, until)),
    optional(customerId, id => eq(bookings.customerId, id)),
    optional(staffId, id => eq(bookings.staffId, id)),
    optional(serviceId, id => eq(bookings.serviceId, id)),
    optional(locationId, id => eq(bookings.locationId, id)),
    optional(seriesId, id => eq(bookings.seriesId, id)),
    inState(state, now),
  )
}

function inState(state: BookingState | undefined, now: Temporal.Instant): SQL | undefined {
  if (state === undefined) return isNotNull(bookings.customerId)
  if (state !== 'expired') return and(eq(bookings.state, state), notLapsed(now))
  const lapsed = and(inArray(bookings.state, ['hold', 'pending']), lte(bookings.lapsesAt, now))
  return or(eq(bookings.state, 'expired'), lapsed)
}

/** Neither deadline nor end has passed, whether or not anybody has noted it. */
export function notLapsed(now: Temporal.Instant): SQL | undefined {
  return or(isNull(bookings.lapsesAt), gt(bookings.lapsesAt, now))
}

async function viewsOf({ db, workspace, now }: Context, which: SQL | undefined, limit: number) {
  const rows = await db
    .select({
      booking: bookings,
      customerName: customers.name,
      serviceName: services.name,
      staffName: staff.name,
      timeZone: locations.timeZone,
    })
    .from(bookings)
    .innerJoin(
      services,
      and(eq(services.workspaceId, bookings.workspaceId), eq(services.id, bookings.serviceId)),
    )
    .innerJoin(staff, and(eq(staff.workspaceId, bookings.workspaceId), eq(staff.id, bookings.staffId)))
    .innerJoin(
      locations,
      and(eq(locations.workspaceId, bookings.workspaceId), eq(locations.id, bookings.locationId)),
    )
    .leftJoin(
      customers,
      and(eq(customers.workspaceId, bookings.workspaceId), eq(customers.id, bookings.customerId)),
    )
    .where(and(eq(bookings.workspaceId, workspace.id), which))
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
    .limit(limit)
  return rows.map(({ booking, ...names }) => ({ ...asAt(booking, now), ...names }))
}

/** Where a page ended: a start and an id, since many bookings start at once. */
function cursorOf({ startsAt, id }: Booking): string {
  return Buffer.from(`${startsAt.epochMilliseconds}/${id}`, 'latin1').toString('base64url')
}

function after(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined
  const [, start, id] =
    /^(\d{1,15})\/([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (!start || !id) throw new Refusal('invalid_input', "cursor: Take it from the last answer's next_cursor.")
  return sql`(${bookings.startsAt}, ${bookings.id}) > (to_timestamp(${Number(start) / 1000}::float8), ${id}::uuid)`
}
