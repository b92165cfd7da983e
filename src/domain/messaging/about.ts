/** What a message can be about: a booking, a customer's place in a class, or theirs in the line for one. */

import { and, eq, sql } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { bookingVersion, getBooking } from '../bookings/read.ts'
import { findLocation } from '../business/locations.ts'
import { locations, services, staff } from '../business/tables.ts'
import { findEnrolment } from '../classes/cancel-enrolment.ts'
import { findEntry } from '../classes/entries.ts'
import { nameSession } from '../classes/read.ts'
import { findSession } from '../classes/sessions.ts'
import { hasLapsed } from '../classes/states.ts'
import type { Session, WaitlistEntry } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { isFreeFor, type Slot, slotOfMessage } from './slot-notices.ts'
import type { About } from './tables.ts'

/** As its texts name it. */
export interface Subject {
  field: 'booking_id' | 'enrolment_id' | 'waitlist_entry_id'
  /** Whose it is; null: nobody's yet. */
  customerId: string | null
  values: Record<string, unknown>
  zone: string
}

/** null: it is about none of them. @throws Refusal `not_found`, `invalid_input` where it is about two */
export async function subjectOf(context: Context, about: About & { slot?: Slot }): Promise<Subject | null> {
  const { bookingId, enrolmentId, waitlistEntryId } = about
  if (bookingId && enrolmentId) {
    throw new Refusal(
      'invalid_input',
      'enrolment_id: A message is about one thing; give this or booking_id.',
      {
        field: 'enrolment_id',
      },
    )
  }
  if (bookingId) return bookingNamed(context, bookingId)
  if (enrolmentId) {
    const { customerId, sessionId, priceAmount } = await findEnrolment(context, enrolmentId)
    const { values, zone } = await classNamed(context, sessionId)
    const price = { amount: priceAmount, currency: context.workspace.currency }
    return { field: 'enrolment_id', customerId, values: { ...values, price }, zone }
  }
  return waitlistEntryId ? entryNamed(context, waitlistEntryId, about.slot) : null
}

async function bookingNamed(context: Context, id: string): Promise<Subject> {
  const booking = await getBooking(context, id)
  const { customerId, serviceName, staffName, startsAt, endsAt, priceAmount } = booking
  const location = await findLocation(context, booking.locationId)
  const values = {
    service_name: serviceName,
    staff_name: staffName,
    location_name: location.name,
    date: startsAt,
    time: startsAt,
    end_time: endsAt,
    price: { amount: priceAmount, currency: context.workspace.currency },
  }
  return { field: 'booking_id', customerId, values, zone: location.time_zone }
}

async function classNamed(context: Context, id: string): Promise<Pick<Subject, 'values' | 'zone'>> {
  const { serviceName, staffName, locationId, startsAt, endsAt } = await nameSession(context, id)
  const location = await findLocation(context, locationId)
  const values = {
    service_name: serviceName,
    staff_name: staffName,
    location_name: location.name,
    date: startsAt,
    time: startsAt,
    end_time: endsAt,
  }
  return { values, zone: location.time_zone }
}

/** The deadline is that of an offer. */
async function entryNamed(context: Context, id: string, slot: Slot | undefined): Promise<Subject> {
  const entry = await findEntry(context, id)
  const { customerId, sessionId, offerExpiresAt } = entry
  if (slot) return { field: 'waitlist_entry_id', customerId, ...(await slotNamed(context, entry, slot)) }
  const { values, zone } = await classNamed(context, sessionId!)
  const deadline = offerExpiresAt && { until_date: offerExpiresAt, until_time: offerExpiresAt }
  return { field: 'waitlist_entry_id', customerId, values: { ...values, ...deadline }, zone }
}

async function slotNamed(context: Context, entry: WaitlistEntry, { startsAt, staffId }: Slot) {
  const { db, workspace } = context
  const [named] = await db
    .select({ service_name: services.name, staff_name: staff.name })
    .from(services)
    .innerJoin(staff, and(eq(staff.workspaceId, services.workspaceId), eq(staff.id, staffId)))
    .where(and(eq(services.workspaceId, workspace.id), eq(services.id, entry.serviceId!)))
  const location = await findLocation(context, entry.locationId!)
  const values = { ...named, location_name: location.name, date: startsAt, time: startsAt }
  return { values, zone: location.time_zone }
}

/** What a yes to a message about it rests on: all that its text may say. */
export async function versionsAbout(
  context: Context,
  { id, bookingId, enrolmentId, waitlistEntryId }: About & { id: string },
): Promise<Record<string, string | number>> {
  if (bookingId) return { [bookingId]: await bookingVersion(context, bookingId) }
  if (enrolmentId) {
    const { version, sessionId } = await findEnrolment(context, enrolmentId)
    return { [enrolmentId]: version, ...(await appointment(context, sessionId)) }
  }
  if (!waitlistEntryId) return {}
  const entry = await findEntry(context, waitlistEntryId)
  const version = hasLapsed(entry, context.now) ? 'lapsed' : entry.version
  if (entry.sessionId) return { [entry.id]: version, ...(await appointment(context, entry.sessionId)) }
  return { [entry.id]: (await isSlotGone(context, id, entry)) ? 'gone' : version }
}

/** Whether a message tells of a start that its reader could not book any more. */
export async function isSlotGone(
  context: Context,
  messageId: string,
  entry: WaitlistEntry,
): Promise<boolean> {
  const slot = await slotOfMessage(context, messageId)
  return slot !== null && !(await isFreeFor(context, entry, slot))
}

/** Not the session's version: more places make no text about it untrue. */
async function appointment(context: Context, sessionId: string): Promise<Record<string, string>> {
  const { state, startsAt, endsAt, staffId }: Session = await findSession(context, sessionId)
  return { [sessionId]: [state, startsAt, endsAt, staffId].join(' ') }
}

/** Of the location where it takes place; null: it is about nothing that has one. */
export async function zoneOfPlace(
  { db, workspace }: Context,
  { bookingId, enrolmentId, waitlistEntryId }: About,
): Promise<string | null> {
  const place = bookingId
    ? sql`SELECT location_id FROM bookings WHERE workspace_id = ${workspace.id} AND id = ${bookingId}`
    : enrolmentId
      ? sql`SELECT s.location_id FROM class_enrolments e
          JOIN class_sessions s ON s.workspace_id = e.workspace_id AND s.id = e.session_id
          WHERE e.workspace_id = ${workspace.id} AND e.id = ${enrolmentId}`
      : waitlistEntryId &&
        sql`SELECT coalesce(w.location_id, s.location_id) FROM waitlist_entries w
          LEFT JOIN class_sessions s ON s.workspace_id = w.workspace_id AND s.id = w.session_id
          WHERE w.workspace_id = ${workspace.id} AND w.id = ${waitlistEntryId}`
  if (!place) return null
  const [location] = await db
    .select({ timeZone: locations.timeZone })
    .from(locations)
    .where(and(eq(locations.workspaceId, workspace.id), sql`${locations.id} = (${place})`))
  return location?.timeZone ?? null
}
