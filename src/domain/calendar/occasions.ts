/** What fills a person's calendar, as one who subscribes to it sees: their bookings, and the classes they teach. */

import { and, desc, eq, gt, gte, inArray, isNotNull, lt, or } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { type BookingState, stateAt } from '../bookings/states.ts'
import { bookings } from '../bookings/tables.ts'
import { locations, services } from '../business/tables.ts'
import { classSessions } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'

export interface Occasion {
  /** A TypeID. */
  id: string
  /** Rises with every change and never falls. */
  sequence: number
  status: 'tentative' | 'confirmed' | 'cancelled'
  start: Temporal.Instant
  end: Temporal.Instant
  /** All texts from outside. */
  summary: string
  location: string
  description: string | null
  createdAt: Temporal.Instant
  changedAt: Temporal.Instant
}

const DAYS_BACK = 90
const DAYS_AHEAD = 365
/** Long enough for a calendar that was offline over a holiday to take it off. */
const CANCELLED_DAYS = 30
/** Thirty a day over the whole window, and more. */
const MOST = 15_000

/** The latest first. */
export async function occasionsOf(context: Context, staffId: string): Promise<Occasion[]> {
  const [booked, taught] = await Promise.all([bookingsOf(context, staffId), classesOf(context, staffId)])
  return [...booked, ...taught]
}

/** Nobody's yet is in no calendar: holds stay out. */
async function bookingsOf({ db, workspace, now }: Context, staffId: string): Promise<Occasion[]> {
  const rows = await db
    .select({
      booking: bookings,
      customer: customers.name,
      service: services.name,
      location: locations.name,
      address: locations.address,
    })
    .from(bookings)
    .innerJoin(services, and(eq(services.workspaceId, workspace.id), eq(services.id, bookings.serviceId)))
    .innerJoin(locations, and(eq(locations.workspaceId, workspace.id), eq(locations.id, bookings.locationId)))
    .innerJoin(customers, and(eq(customers.workspaceId, workspace.id), eq(customers.id, bookings.customerId)))
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        eq(bookings.staffId, staffId),
        gt(bookings.startsAt, daysFrom(now, -DAYS_BACK)),
        lt(bookings.startsAt, daysFrom(now, DAYS_AHEAD)),
        isNotNull(bookings.customerId),
        or(
          inArray(bookings.state, ['pending', 'confirmed', 'arrived', 'completed', 'no_show']),
          gte(bookings.updatedAt, daysFrom(now, -CANCELLED_DAYS)),
        ),
      ),
    )
    .orderBy(desc(bookings.startsAt), desc(bookings.id))
    .limit(MOST)
  return rows.map(({ booking, ...names }) => {
    const state = stateAt(booking, now)
    const lapsed = state !== booking.state // As it will be once somebody notes it: one version on.
    return {
      id: idText('booking', booking.id),
      sequence: booking.version - 1 + (lapsed ? 1 : 0),
      status: statusOf[state],
      start: booking.startsAt,
      end: booking.endsAt,
      summary: `${names.service}: ${names.customer}`,
      location: placeText(names),
      description: booking.note,
      createdAt: booking.createdAt,
      changedAt: lapsed ? booking.lapsesAt! : booking.updatedAt,
    }
  })
}

const statusOf: Record<BookingState, Occasion['status']> = {
  hold: 'tentative',
  pending: 'tentative',
  confirmed: 'confirmed',
  arrived: 'confirmed',
  completed: 'confirmed',
  no_show: 'confirmed',
  cancelled: 'cancelled',
  declined: 'cancelled',
  expired: 'cancelled',
}

async function classesOf({ db, workspace, now }: Context, staffId: string): Promise<Occasion[]> {
  const rows = await db
    .select({
      session: classSessions,
      service: services.name,
      location: locations.name,
      address: locations.address,
    })
    .from(classSessions)
    .innerJoin(
      services,
      and(eq(services.workspaceId, workspace.id), eq(services.id, classSessions.serviceId)),
    )
    .innerJoin(
      locations,
      and(eq(locations.workspaceId, workspace.id), eq(locations.id, classSessions.locationId)),
    )
    .where(
      and(
        eq(classSessions.workspaceId, workspace.id),
        eq(classSessions.staffId, staffId),
        gt(classSessions.startsAt, daysFrom(now, -DAYS_BACK)),
        lt(classSessions.startsAt, daysFrom(now, DAYS_AHEAD)),
        or(
          eq(classSessions.state, 'scheduled'),
          gte(classSessions.updatedAt, daysFrom(now, -CANCELLED_DAYS)),
        ),
      ),
    )
    .orderBy(desc(classSessions.startsAt), desc(classSessions.id))
    .limit(MOST)
  return rows.map(({ session, service, ...place }) => ({
    id: idText('session', session.id),
    sequence: session.version - 1,
    status: session.state === 'scheduled' ? 'confirmed' : 'cancelled',
    start: session.startsAt,
    end: session.endsAt,
    summary: service,
    location: placeText(place),
    description: null,
    createdAt: session.createdAt,
    changedAt: session.updatedAt,
  }))
}

function placeText({ location, address }: { location: string; address: string | null }): string {
  return address ? `${location}, ${address}` : location
}

/** Elapsed days: an edge that no clock shows. */
function daysFrom(now: Temporal.Instant, days: number): Temporal.Instant {
  return now.add({ hours: 24 * days })
}
