/** Shapes that the classes' tools share. */

import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { Id, Instant, LocalDate, outside, Text, WallTime } from '../../src/catalog/kinds.ts'
import { priceOf } from '../../src/domain/business/prices.ts'
import { freeUntil } from '../../src/domain/classes/cancel-enrolment.ts'
import { conflictKinds } from '../../src/domain/classes/conflicts.ts'
import type { EntryView, SessionView } from '../../src/domain/classes/read.ts'
import { enrolmentStates, sessionStates, waitlistStates } from '../../src/domain/classes/states.ts'
import type { Enrolment, Series } from '../../src/domain/classes/tables.ts'
import type { Context } from '../../src/domain/context.ts'
import { localTime } from '../bookings/shapes.ts'

export const ClassSession = z.object({
  id: Id('session'),
  series_id: Id('series').nullable(),
  series_version: z.int().nullable(),
  state: z.enum(sessionStates),
  service_id: Id('service'),
  service_name: z.string(),
  location_id: Id('location'),
  staff_id: Id('staff'),
  staff_name: z.string(),
  room_id: Id('resource').nullable(),
  starts_at: Instant(),
  ends_at: Instant(),
  local: z.string(),
  time_zone: z.string(),
  capacity: z.int(),
  enrolled: z.int(),
  places_left: z.int().describe('Below zero: over-full.'),
  waiting: z.int(),
  version: z.int(),
})

export function sessionShown(view: SessionView) {
  return {
    id: view.id,
    series_id: view.seriesId,
    series_version: view.seriesVersion,
    state: view.state,
    service_id: view.serviceId,
    service_name: view.serviceName,
    location_id: view.locationId,
    staff_id: view.staffId,
    staff_name: view.staffName,
    room_id: view.roomId,
    starts_at: view.startsAt,
    ends_at: view.endsAt,
    ...localTime(view.startsAt, view.timeZone),
    capacity: view.capacity,
    enrolled: view.enrolled,
    places_left: view.placesLeft,
    waiting: view.waiting,
    version: view.version,
  }
}

/** One that was just made. */
export const PlannedSession = z.object({
  id: Id('session'),
  starts_at: Instant(),
  local: z.string(),
  version: z.int(),
})

/** The same with what was set for it alone. */
export const WholeSession = ClassSession.extend({
  waitlist_close_minutes: z.int(),
  offer_minutes: z.int().nullable(),
  requires_entitlement: z.boolean(),
  edited: z.array(z.string()),
})

export function wholeSession(view: SessionView) {
  return {
    ...sessionShown(view),
    waitlist_close_minutes: view.waitlistCloseMinutes,
    offer_minutes: view.offerMinutes,
    requires_entitlement: view.requiresEntitlement,
    edited: view.edited,
  }
}

export const ClassSeries = z.object({
  id: Id('series'),
  rrule: z.string(),
  made_until: LocalDate().describe('Sessions are made until then.'),
  version: z.int(),
})

export function seriesShown({ id, rrule, madeUntil, version }: Series) {
  return { id, rrule, made_until: madeUntil, version }
}

export const Conflicts = z
  .array(z.object({ kind: z.enum(conflictKinds), local: z.string() }))
  .describe('Without a class.')

export const Price = z.object({ amount: z.int(), currency: z.string() })

export const ClassEnrolment = z.object({
  id: Id('enrolment'),
  session_id: Id('session'),
  customer_id: Id('customer'),
  party_size: z.int(),
  state: z.enum(enrolmentStates),
  paid_with: z.string(),
  price: Price.describe('What no credit covers.'),
  free_until: Instant().describe('Until then the customer cancels for nothing.'),
  version: z.int(),
})

export function enrolmentShown(context: Context, enrolment: Enrolment) {
  return {
    id: enrolment.id,
    session_id: enrolment.sessionId,
    customer_id: enrolment.customerId,
    party_size: enrolment.partySize,
    state: enrolment.state,
    paid_with: enrolment.paidWith,
    price: priceOf(context, enrolment.priceAmount),
    free_until: freeUntil(enrolment),
    version: enrolment.version,
  }
}

export const WaitlistEntry = z.object({
  id: Id('waitlist'),
  session_id: Id('session').nullable(),
  customer_id: Id('customer'),
  customer_name: outside(z.string()),
  party_size: z.int(),
  position: z.int().describe('The order of acceptance; it never changes.'),
  ahead: z.int().nullable().describe('How many wait before them.'),
  state: z.enum(waitlistStates),
  offer_expires_at: Instant().nullable(),
  skipped_because: z.string().nullable().describe('Why a place went past them.'),
  enrolment_id: Id('enrolment').nullable(),
  booking_id: Id('booking').nullable(),
})

export function entryShown(view: EntryView) {
  return {
    id: view.id,
    session_id: view.sessionId,
    customer_id: view.customerId,
    customer_name: view.customerName,
    party_size: view.partySize,
    position: view.position,
    ahead: view.ahead,
    state: view.state,
    offer_expires_at: view.state === 'offered' ? view.offerExpiresAt : null,
    skipped_because: view.skippedBecause,
    enrolment_id: view.enrolmentId,
    booking_id: view.bookingId,
  }
}

export const sessionId = { session_id: Id('session').describe('From list_class_sessions.') }
export const enrolmentId = { enrolment_id: Id('enrolment').describe('From list_class_roster.') }
export const entryId = { entry_id: Id('waitlist').describe('From list_waitlist.') }

export const PartySize = () =>
  z.int().min(1).max(50).default(1).describe('Places, the customer’s own included.')

export const Capacity = () => z.int().min(1).max(500).describe('Places.')
export const Minutes = () => z.int().min(1).max(1440).describe('How long it takes.')
export const Rrule = () => Text(500).describe('RFC 5545: FREQ=WEEKLY;BYDAY=TU,TH.')
export const Exdates = () => z.array(LocalDate()).max(400).describe('Dates without a class.')
export const StartTime = () => WallTime().describe('On the clock of the location.')
export const WaitlistClose = () =>
  z.int().min(0).max(20_160).describe('The last minutes, when nobody is moved up.')
export const OfferMinutes = () =>
  z.int().min(1).max(10_080).describe('Offers a freed place so long; default: gives it.')
/** Where it can be taken back. */
export const NewOfferMinutes = () =>
  z.int().min(1).max(10_080).nullable().describe('Offers a freed place so long; null: gives it.')
export const RequiresEntitlement = () => z.boolean().describe('Only with a package or pass.')
export const OnConflict = () =>
  z.enum(['refuse', 'skip']).default('refuse').describe('Dates that are taken or closed.')

export function timeOf(text: string): Temporal.PlainTime {
  return Temporal.PlainTime.from(text)
}

/** What every example of a class needs first. */
export const givenStudio = {
  clock: { tool: 'set_sandbox_clock', input: { to: '2030-05-01T08:00:00Z' } },
  location: { tool: 'create_location', input: { name: 'Centro', time_zone: 'Europe/Madrid' } },
  service: {
    tool: 'create_service',
    input: { name: 'Yoga', duration_minutes: 60, price: { amount: 1500, currency: 'EUR' } },
  },
  staff: { tool: 'create_staff', input: { name: 'Eva', location_ids: ['$location.id'] } },
  skills: {
    tool: 'set_staff_services',
    input: { staff_id: '$staff.id', services: [{ service_id: '$service.id' }] },
  },
}

export const exampleClass = {
  service_id: '$service.id',
  location_id: '$location.id',
  staff_id: '$staff.id',
  starts_on: '2030-05-07',
  start_time: '18:00',
  capacity: 12,
}

export const givenSeries = {
  ...givenStudio,
  class: { tool: 'create_class_series', input: { ...exampleClass, rrule: 'FREQ=WEEKLY;BYDAY=TU;COUNT=8' } },
}

const ana = { tool: 'create_customer', input: { name: 'Ana Ruiz', phone: '+34 612 345 678' } }
const leo = { tool: 'create_customer', input: { name: 'Leo Paz', phone: '+34 612 345 679' } }

export const givenClass = {
  ...givenStudio,
  class: { tool: 'create_class_series', input: exampleClass },
  customer: ana,
}

export const givenEnrolment = {
  ...givenClass,
  enrolled: {
    tool: 'enrol_in_class',
    input: { session_id: '$class.sessions.0.id', customer_id: '$customer.id' },
  },
}

/** A class for one, which Ana has and Leo wants. */
function fullClass(terms: Record<string, unknown>) {
  return {
    ...givenStudio,
    class: { tool: 'create_class_series', input: { ...exampleClass, capacity: 1, ...terms } },
    customer: ana,
    enrolled: givenEnrolment.enrolled,
    other: leo,
  }
}

export const givenFullClass = fullClass({})

function waiting(terms: Record<string, unknown>) {
  return {
    ...fullClass(terms),
    entry: { tool: 'join_waitlist', input: { session_id: '$class.sessions.0.id', customer_id: '$other.id' } },
  }
}

export const givenWaiting = waiting({})

const oneMore = {
  tool: 'update_class_session',
  input: { session_id: '$class.sessions.0.id', version: '$class.sessions.0.version', capacity: 2 },
}

/** By a second place, shortly before the class: nobody moves up by themselves. */
export const givenLatePlace = { ...waiting({ waitlist_close_minutes: 20_160 }), more: oneMore }

export const givenOffer = { ...waiting({ offer_minutes: 120 }), more: oneMore }
