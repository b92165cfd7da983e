/**
 * A link with which a customer sees, moves and cancels one booking, without an account. It is signed, ends by itself,
 * and says only which booking; whoever has it is taken for its customer.
 */

import { and, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { customerPrincipal } from '../../access/customer.ts'
import type { Principal, Workspace } from '../../access/principal.ts'
import { type RateLimit, spend } from '../../access/rate-limit.ts'
import { type LinkClaims, linkToken } from '../../access/signed-link.ts'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { locations } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import { asAt } from './states.ts'
import { type Booking, bookings } from './tables.ts'

export const SELF_SERVICE = 'booking self-service'

export interface SelfServiceLink {
  url: string
  /** Real time, as of every credential. */
  expiresAt: Temporal.Instant
}

/**
 * @param validDays default: until a month after the booking's end, so that it lives on where the booking moves
 * @throws Refusal `not_found`, `invalid_transition` of what is no customer's to change any more
 */
export async function createSelfServiceLink(
  context: Context,
  bookingId: string,
  validDays?: number,
): Promise<SelfServiceLink> {
  const { workspace, secrets, publicUrl, now } = context
  const [found] = await linkedRow(context, bookingId)
  if (!found) throw notFound('booking', ['list_bookings'])
  const { state, endsAt } = asAt(found.booking, now)
  const isOver = Temporal.Instant.compare(endsAt, now) <= 0
  if (isOver || !(state === 'pending' || state === 'confirmed')) {
    throw new Refusal(
      'invalid_transition',
      isOver ? 'This booking is over.' : `A booking that is ${state} is not changed by a link.`,
      { state, ends_at: endsAt.toString() },
      ['get_booking'],
    )
  }
  const hours = validDays ? validDays * 24 : (endsAt.epochMilliseconds - now.epochMilliseconds) / HOUR + MONTH
  const number = Math.ceil((Date.now() + hours * HOUR) / 1000)
  const token = linkToken(secrets, SELF_SERVICE, { workspaceId: workspace.id, subjectId: bookingId, number })
  return { url: `${publicUrl}/b/${token}`, expiresAt: Temporal.Instant.fromEpochMilliseconds(number * 1000) }
}

const HOUR = 3_600_000
/** In hours. */
const MONTH = 30 * 24

export interface CustomerVisit {
  principal: Principal
  workspace: Workspace
  now: Temporal.Instant
  /** The link has ended; nothing may be shown. */
  expired: boolean
  /** TypeIDs of what the customer may ask about. */
  booking_id: string
  service_id: string
  location_id: string
  staff_id: string
  place: { name: string; address: string | null }
}

/** Who comes with a link of ours. null: its booking is gone, or nobody's. @throws Refusal `rate_limited` */
export async function openSelfService(
  context: Context,
  { subjectId, number }: LinkClaims,
): Promise<CustomerVisit | null> {
  const { db, workspace, now } = context
  await spend(db, workspace.id, `link:${subjectId}`, pace)
  const [found] = await linkedRow(context, subjectId)
  if (!found) return null
  const { booking, customer, place } = found
  const ids = {
    booking_id: idText('booking', booking.id),
    service_id: idText('service', booking.serviceId),
    location_id: idText('location', booking.locationId),
    staff_id: idText('staff', booking.staffId),
  }
  return {
    principal: customerPrincipal({ customerId: customer.id, customerName: customer.name, ...ids }),
    workspace,
    now,
    expired: Date.now() >= number * 1000,
    ...ids,
    place,
  }
}

/** A person who clicks; a program that leafs through a calendar is slowed down. */
const pace: RateLimit = { perMinute: 60, burst: 60 }

function linkedRow(
  { db, workspace }: Context,
  bookingId: string,
): Promise<
  {
    booking: Booking
    customer: { id: string; name: string }
    place: { name: string; address: string | null }
  }[]
> {
  return db
    .select({
      booking: bookings,
      customer: { id: customers.id, name: customers.name },
      place: { name: locations.name, address: locations.address },
    })
    .from(bookings)
    .innerJoin(customers, and(eq(customers.workspaceId, workspace.id), eq(customers.id, bookings.customerId)))
    .innerJoin(locations, and(eq(locations.workspaceId, workspace.id), eq(locations.id, bookings.locationId)))
    .where(and(eq(bookings.workspaceId, workspace.id), eq(bookings.id, bookingId)))
}
