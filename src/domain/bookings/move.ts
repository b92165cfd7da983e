/**
 * Moves a booking, whole or not at all: onto a taken place it stays where it was. Its length, its buffers and its
 * price are as they were booked.
 */

import { and, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { ANY } from '../availability/explain.ts'
import type { Context } from '../context.ts'
import { moveCredit } from '../entitlements/credits.ts'
import { takePlace } from './allocations.ts'
import { isLate } from './cancel.ts'
import { chargesOf } from './charges.ts'
import { answerBy, earlier } from './create.ts'
import { sourceOf } from './credits.ts'
import { noteHistory } from './history.ts'
import { findPlace, type Overridable, type Place, setAside } from './place.ts'
import { priceOf } from './quote.ts'
import { lockBooking } from './read.ts'
import { needsOf } from './resources.ts'
import { asAt } from './states.ts'
import { type Booking, bookings } from './tables.ts'

export interface Move {
  /** Default: when it is. */
  start?: Temporal.Instant
  /** Default: the person it is with. */
  staffId?: string
  overrides?: readonly Overridable[]
}

/** @throws Refusal `invalid_transition` of a booking that is over, or of the first rule that the new time does not meet */
export async function rescheduleBooking(context: Context, id: string, move: Move): Promise<Booking> {
  const { db, now } = context
  const booking = asAt(await lockBooking(context, id), now)
  const { state, serviceId, locationId, customerId } = booking
  if (state !== 'pending' && state !== 'confirmed') {
    throw new Refusal('invalid_transition', `A booking that is ${state} cannot be moved.`, { state }, [
      'get_booking',
    ])
  }
  const { staffId = booking.staffId, start = booking.startsAt, overrides = [] } = move
  const sameTime = start.equals(booking.startsAt)
  if (sameTime && staffId === booking.staffId) return booking
  const place = await findPlace(context, {
    serviceId,
    locationId,
    staffId,
    start,
    overrides: sameTime && staffId !== ANY ? [...ofTheStart, ...overrides] : overrides,
    moving: booking,
    customerId: customerId!,
  })
  const [moved] = await db
    .update(bookings)
    .set({
      staffId: place.person.staffId,
      startsAt: place.service.start,
      endsAt: place.service.end,
      policyStart: isLate(booking, now) ? booking.policyStart : place.service.start,
      lapsesAt: await deadlineAt(context, booking, place),
      needs: needsOf(place.resources),
      version: booking.version + 1,
      updatedAt: now,
    })
    .where(and(eq(bookings.workspaceId, booking.workspaceId), eq(bookings.id, id)))
    .returning()
  await takePlace(context, moved!, place)
  if (booking.paidWith === 'entitlement')
    await moveCredit(context, { source: sourceOf(booking), serviceId, at: place.service.start })
  if (priceOf(place) !== booking.priceAmount)
    context.warn('The price of this service has changed since; the booking keeps its own.')
  const event = sameTime ? 'reassign' : 'move'
  await noteHistory(context, moved!, event, state, { ...whatMoved(booking, moved!), ...setAside(overrides) })
  return moved!
}

/** Rules that the start met when it was booked: another person at the same time is no matter of theirs. */
const ofTheStart: readonly Overridable[] = ['outside_booking_window', 'min_notice']

/** A deadline of its own stays; one that was the start goes with the start, as far as the service lets it. */
async function deadlineAt(
  context: Context,
  { id, lapsesAt, startsAt }: Booking,
  { plan, service }: Place,
): Promise<Temporal.Instant | null> {
  if (lapsesAt === null) return null
  const charges = await chargesOf(context, id)
  if (charges.some(({ kind, state }) => kind === 'deposit' && state === 'due')) return lapsesAt
  return lapsesAt.equals(startsAt)
    ? answerBy(context, plan.service, service.start)
    : earlier(lapsesAt, service.start)
}

function whatMoved(before: Booking, after: Booking) {
  const sameTime = before.startsAt.equals(after.startsAt)
  const start = sameTime ? {} : { from: before.startsAt.toString(), to: after.startsAt.toString() }
  if (before.staffId === after.staffId) return start
  return { ...start, from_staff: idText('staff', before.staffId), to_staff: idText('staff', after.staffId) }
}
