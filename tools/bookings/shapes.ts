/** Shapes that the bookings' tools share. */

import type { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { Id, Instant, outside, Text } from '../../src/catalog/kinds.ts'
import { chargesOf, openAmount, type Settlement } from '../../src/domain/bookings/charges.ts'
import { sourceOf } from '../../src/domain/bookings/credits.ts'
import { overridable } from '../../src/domain/bookings/place.ts'
import type { BookingView } from '../../src/domain/bookings/read.ts'
import { states } from '../../src/domain/bookings/states.ts'
import { type Booking, payWith } from '../../src/domain/bookings/tables.ts'
import { findLocation } from '../../src/domain/business/locations.ts'
import { priceOf } from '../../src/domain/business/prices.ts'
import type { Context } from '../../src/domain/context.ts'
import { creditOf } from '../../src/domain/entitlements/credits.ts'

export const BookingState = z.enum(states)

export const localFields = {
  local: z.string().describe('Start, on its clock.'),
  time_zone: z.string(),
}

export const BookingRow = z.object({
  id: Id('booking'),
  state: BookingState,
  customer_id: Id('customer').nullable(),
  service_id: Id('service'),
  location_id: Id('location'),
  staff_id: Id('staff'),
  starts_at: Instant(),
  ends_at: Instant(),
  ...localFields,
  price: z.object({ amount: z.int(), currency: z.string() }),
  lapses_at: Instant().nullable().describe('Ends then if unanswered or unpaid.'),
  version: z.int(),
})

export const BookingSummary = BookingRow.extend({
  series_id: Id('repeat').nullable(),
  customer_name: outside(z.string().nullable()),
  service_name: z.string(),
  staff_name: z.string(),
})

/** What is chosen with the service. */
export const optionFields = {
  variant_id: Id('variant').optional(),
  addon_ids: z.array(Id('addon')).max(10).optional().describe('Of the service.'),
  party_size: z.int().min(1).max(1000).optional().describe('Default: 1.'),
}

/** Who, what, where and when; one person, or anybody. */
export const slotFields = {
  service_id: Id('service'),
  location_id: Id('location'),
  staff_id: Id('staff').optional().describe('Default: the least busy.'),
  ...optionFields,
}

export const startField = {
  start: Instant().describe('On the grid of slots or off it.'),
}

export const noteField = { note: Text(2000).optional().describe('For the staff.') }

export const overrideField = {
  overrides: z.array(z.enum(overridable)).max(3).optional().describe('Set aside; recorded.'),
}

export const payField = {
  pay_with: z.enum(payWith).optional().describe('Default: a package, else later.'),
}

export const Amount = z.object({ amount: z.int(), currency: z.string() })

/** What pays, and what is to be paid first. */
export const creditField = {
  credit: z.object({ lot_id: Id('lot'), remaining: z.int().nullable() }).nullable(),
}
export const paymentFields = {
  paid_with: z.string(),
  deposit_due: z.int().nullable().describe('Before lapses_at.'),
}

export async function creditShown(context: Context, booking: Booking) {
  const credit = await creditOf(context, sourceOf(booking))
  return credit && { lot_id: credit.lotId, remaining: credit.remaining }
}

export async function paymentOf(context: Context, booking: Booking) {
  const due = (await chargesOf(context, booking.id)).find(
    ({ kind, state }) => kind === 'deposit' && state === 'due',
  )
  return {
    paid_with: booking.paidWith,
    deposit_due: due?.amount ?? null,
  }
}

/** What a cancellation would cost, or has. */
export const settlementFields = {
  credit: z.enum(['returned', 'kept']).nullable(),
  fee: Amount,
  fee_from_deposit: Amount,
  deposit_refund: Amount,
}

export function settlementShown(context: Context, { credit, fee, covered, refund }: Settlement) {
  return {
    credit,
    fee: priceOf(context, fee),
    fee_from_deposit: priceOf(context, covered),
    deposit_refund: priceOf(context, refund),
  }
}

/** The price's currency is theirs. */
export const ChargeShown = z.object({
  kind: z.string(),
  state: z.string(),
  amount: z.int(),
  open: z.int().describe('Due or to refund.'),
  at: Instant(),
})

export async function chargesShown(context: Context, bookingId: string) {
  return (await chargesOf(context, bookingId)).map(charge => ({
    kind: charge.kind,
    state: charge.state,
    amount: charge.amount,
    open: openAmount(charge),
    at: charge.at,
  }))
}

export const bookingId = { booking_id: Id('booking') }

/** What a customer answered, by the questions' keys. */
export const AnswersShown = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string()), z.boolean(), z.number()]),
)

export async function rowOf(context: Context, booking: Booking) {
  const { time_zone: zone } = await findLocation(context, booking.locationId)
  return row(booking, zone, context.workspace.currency)
}

export function summaryOf({ workspace }: Context, view: BookingView) {
  return {
    ...row(view, view.timeZone, workspace.currency),
    series_id: view.seriesId,
    customer_name: view.customerName,
    service_name: view.serviceName,
    staff_name: view.staffName,
  }
}

function row(booking: Booking, zone: string, currency: string) {
  return {
    id: booking.id,
    state: booking.state,
    customer_id: booking.customerId,
    service_id: booking.serviceId,
    location_id: booking.locationId,
    staff_id: booking.staffId,
    starts_at: booking.startsAt,
    ends_at: booking.endsAt,
    ...localTime(booking.startsAt, zone),
    price: { amount: booking.priceAmount, currency },
    lapses_at: booking.lapsesAt,
    version: booking.version,
  }
}

/** RFC 9557: the wall clock, its offset and its zone. */
export function localTime(instant: Temporal.Instant, zone: string) {
  return { local: instant.toZonedDateTimeISO(zone).toString({ smallestUnit: 'minute' }), time_zone: zone }
}

/** What every example of a booking needs first: somebody who does something, and somebody who wants it. */
export const givenShop = {
  location: { tool: 'create_location', input: { name: 'Centro', time_zone: 'Europe/Madrid' } },
  service: {
    tool: 'create_service',
    input: { name: 'Haircut', duration_minutes: 45, price: { amount: 3500, currency: 'EUR' } },
  },
  staff: { tool: 'create_staff', input: { name: 'Eva', location_ids: ['$location.id'] } },
  skills: {
    tool: 'set_staff_services',
    input: { staff_id: '$staff.id', services: [{ service_id: '$service.id' }] },
  },
  customer: { tool: 'create_customer', input: { name: 'Ana Ruiz', phone: '+34 612 345 678' } },
}

export const givenSlot = {
  ...givenShop,
  slot: {
    tool: 'find_next_available_slot',
    input: { service_id: '$service.id', location_id: '$location.id' },
  },
}

/** The input that books the slot found first. */
export const exampleBooking = {
  service_id: '$service.id',
  location_id: '$location.id',
  staff_id: '$staff.id',
  start: '$slot.slots.0.start',
  customer_id: '$customer.id',
}

export const givenBooking = { ...givenSlot, booking: { tool: 'create_booking', input: exampleBooking } }

/** Three weeks of it. */
export const givenRepeated = {
  ...givenSlot,
  series: { tool: 'create_recurring_bookings', input: { ...exampleBooking, rrule: 'FREQ=WEEKLY;COUNT=3' } },
}

/** The same, when its time has come. */
export const givenPast = {
  ...givenBooking,
  clock: { tool: 'set_sandbox_clock', input: { to: '$slot.slots.0.end' } },
}

/** A booking that waits for an answer, since its service asks for one. */
export const givenPending = {
  ...givenShop,
  policy: {
    tool: 'set_service_booking_policy',
    input: { service_id: '$service.id', requires_confirmation: true },
  },
  slot: givenSlot.slot,
  booking: { tool: 'create_booking', input: exampleBooking },
}
