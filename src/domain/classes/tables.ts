/** Drizzle's view of migrations 0014 and 0039: series and sessions of classes, who is enrolled, and who waits. */

import { bigint, boolean, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { Refusal } from '../../catalog/refusal.ts'
import { id, instant, localDate, tenantKey, wallTime } from '../../database/columns.ts'
import { refuseOnViolation } from '../../database/errors.ts'
import type { EnrolmentState, SessionState, WaitlistState } from './states.ts'

const minorUnits = (name: string) => bigint(name, { mode: 'number' })

export const classSeries = pgTable('class_series', {
  ...tenantKey(),
  serviceId: id('service_id').notNull(),
  locationId: id('location_id').notNull(),
  staffId: id('staff_id').notNull(),
  roomId: id('room_id'),
  rrule: text().notNull(),
  startsOn: localDate('starts_on').notNull(),
  startTime: wallTime('start_time').notNull(),
  durationMinutes: integer('duration_minutes').notNull(),
  capacity: integer().notNull(),
  waitlistCloseMinutes: integer('waitlist_close_minutes').notNull().default(0),
  offerMinutes: integer('offer_minutes'),
  requiresEntitlement: boolean('requires_entitlement').notNull().default(false),
  exdates: jsonb().$type<string[]>().notNull().default([]),
  madeUntil: localDate('made_until').notNull(),
  extendAt: instant('extend_at'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type Series = typeof classSeries.$inferSelect

/** What one session can have of its own: its series changes it no more. */
export const editable = [
  'start',
  'duration',
  'staff',
  'room',
  'capacity',
  'waitlist_close_minutes',
  'offer_minutes',
  'requires_entitlement',
] as const
export type Editable = (typeof editable)[number]

export const classSessions = pgTable('class_sessions', {
  ...tenantKey(),
  seriesId: id('series_id'),
  occursOn: localDate('occurs_on'),
  serviceId: id('service_id').notNull(),
  locationId: id('location_id').notNull(),
  staffId: id('staff_id').notNull(),
  roomId: id('room_id'),
  startsAt: instant('starts_at').notNull(),
  endsAt: instant('ends_at').notNull(),
  bufferBeforeMinutes: integer('buffer_before_minutes').notNull(),
  bufferAfterMinutes: integer('buffer_after_minutes').notNull(),
  capacity: integer().notNull(),
  waitlistCloseMinutes: integer('waitlist_close_minutes').notNull(),
  offerMinutes: integer('offer_minutes'),
  requiresEntitlement: boolean('requires_entitlement').notNull(),
  state: text().$type<SessionState>().notNull(),
  edited: jsonb().$type<Editable[]>().notNull().default([]),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type Session = typeof classSessions.$inferSelect

export const classEnrolments = pgTable('class_enrolments', {
  ...tenantKey(),
  sessionId: id('session_id').notNull(),
  customerId: id('customer_id').notNull(),
  partySize: integer('party_size').notNull(),
  state: text().$type<EnrolmentState>().notNull(),
  startsAt: instant('starts_at').notNull(),
  endsAt: instant('ends_at').notNull(),
  placedAt: instant('placed_at').notNull(),
  policyStart: instant('policy_start').notNull(),
  cancelCutoffMinutes: integer('cancel_cutoff_minutes').notNull(),
  paidWith: text('paid_with').$type<'entitlement' | 'later'>().notNull(),
  priceAmount: minorUnits('price_amount').notNull(),
  cancelledBy: text('cancelled_by').$type<'customer' | 'business'>(),
  cancelledLate: boolean('cancelled_late'),
  credit: text().$type<'returned' | 'kept'>(),
  feeAmount: minorUnits('fee_amount'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type Enrolment = typeof classEnrolments.$inferSelect

refuseOnViolation('class_enrolments_once', alreadyEnrolled)

export function alreadyEnrolled(): Refusal {
  return new Refusal('already_enrolled', 'This customer is enrolled in this class already.', {}, [
    'list_class_roster',
    'cancel_class_enrolment',
  ])
}

export const waitlistEntries = pgTable('waitlist_entries', {
  ...tenantKey(),
  sessionId: id('session_id'),
  serviceId: id('service_id'),
  locationId: id('location_id'),
  staffId: id('staff_id'),
  earliest: instant('earliest'),
  latest: instant('latest'),
  customerId: id('customer_id').notNull(),
  partySize: integer('party_size').notNull(),
  position: integer().notNull(),
  state: text().$type<WaitlistState>().notNull(),
  offerExpiresAt: instant('offer_expires_at'),
  skippedBecause: text('skipped_because').$type<SkipReason>(),
  enrolmentId: id('enrolment_id'),
  bookingId: id('booking_id'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type WaitlistEntry = typeof waitlistEntries.$inferSelect

/** Why a place went past somebody who waits. */
export const skipReasons = [
  'customer_inactive',
  'party_too_large',
  'customer_overlap',
  'no_entitlement',
  'customer_blocked',
] as const
export type SkipReason = (typeof skipReasons)[number]
