/** What bookings and classes tell the loyalty program: somebody came, or did not after all. */

import { and, eq } from 'drizzle-orm'
import type { Booking } from '../bookings/tables.ts'
import { services } from '../business/tables.ts'
import type { Enrolment, Session } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { type Accrual, accrueFor, type Line, revertFor } from './accrual.ts'

/** Once it is completed. Paid with a pass, or for nothing, it is a visit and no purchase. @param booking locked */
export async function bookingHappened(context: Context, booking: Booking): Promise<Accrual | null> {
  const { id, customerId, locationId, serviceId, paidWith, priceAmount } = booking
  if (customerId === null) return null
  const price = paidWith === 'entitlement' ? 0 : priceAmount
  return accrueFor(context, {
    source: { kind: 'booking', id },
    customerId,
    locationId,
    lines: [await lineOf(context, serviceId, price, 1)],
    paid: price === 0,
    at: context.now,
  })
}

/** The completion is undone. @param booking locked */
export async function bookingDidNotHappen(context: Context, { id, customerId }: Booking): Promise<void> {
  if (customerId !== null) await revertFor(context, { source: { kind: 'booking', id }, customerId })
}

/** One visit, however many they come with. Its price is what no pass covers: with one, their guests'. @param session locked */
export async function classAttended(
  context: Context,
  { id, customerId, priceAmount, partySize }: Enrolment,
  { serviceId, locationId }: Session,
): Promise<Accrual | null> {
  return accrueFor(context, {
    source: { kind: 'enrolment', id },
    customerId,
    locationId,
    lines: [await lineOf(context, serviceId, priceAmount, partySize)],
    paid: priceAmount === 0,
    at: context.now,
  })
}

export async function classMissed(context: Context, { id, customerId }: Enrolment): Promise<void> {
  await revertFor(context, { source: { kind: 'enrolment', id }, customerId })
}

/** Prices of services are kept without tax; the invoice that is paid for them knows better (`settleFor`). */
export async function lineOf(
  { db, workspace }: Context,
  serviceId: string,
  net: number,
  quantity: number,
): Promise<Line> {
  const [service] = await db
    .select({ category: services.category })
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), eq(services.id, serviceId)))
  return { category: service?.category ?? null, itemId: serviceId, net, tax: 0, quantity }
}
