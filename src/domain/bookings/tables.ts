/** Drizzle's view of migrations 0007, 0009, 0011, 0014 to 0016, 0019: bookings, the time they take, and what happened to them. */

import { sql } from 'drizzle-orm'
import { bigint, boolean, customType, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { instant, localDate, tenantKey, wallTime } from '../../database/columns.ts'
import { refuseOnViolation } from '../../database/errors.ts'
import type { Segment } from '../business/tables.ts'
import type { Answers } from './answers.ts'
import type { BookingEvent, BookingState } from './states.ts'

/** As it was booked. */
export interface BookedAddon {
  id: string
  name: string
  minutes: number
  /** Minor units. */
  amount: number
}

/** What meets a need, and what else could, if it moves. */
export interface BookedNeed {
  resource_id: string
  quantity: number
  choices: string[]
}

/** A package or pass that the customer has, or what they pay at some other time. */
export const payWith = ['entitlement', 'later'] as const
export type PayWith = (typeof payWith)[number]

export const bookings = pgTable('bookings', {
  ...tenantKey(),
  state: text('state').$type<BookingState>().notNull(),
  customerId: uuid('customer_id'),
  serviceId: uuid('service_id').notNull(),
  locationId: uuid('location_id').notNull(),
  staffId: uuid('staff_id').notNull(),
  startsAt: instant('starts_at').notNull(),
  endsAt: instant('ends_at').notNull(),
  bufferBeforeMinutes: integer('buffer_before_minutes').notNull(),
  bufferAfterMinutes: integer('buffer_after_minutes').notNull(),
  priceAmount: bigint('price_amount', { mode: 'number' }).notNull(),
  cancelCutoffMinutes: integer('cancel_cutoff_minutes').notNull(),
  policyStart: instant('policy_start').notNull(),
  lapsesAt: instant('lapses_at'),
  variantId: uuid('variant_id'),
  addons: jsonb('addons').$type<BookedAddon[]>().notNull().default([]),
  /** The service's parts as they were booked; the last runs to the end. Null: one piece. */
  parts: jsonb('parts').$type<Segment[]>(),
  needs: jsonb('needs').$type<BookedNeed[]>().notNull().default([]),
  seriesId: uuid('series_id'),
  /** The date it was booked for, wherever it has moved since. */
  seriesDate: localDate('series_date'),
  paidWith: text('paid_with').$type<PayWith>().notNull().default('later'),
  /** The business says yes to it, once a deposit is paid. */
  needsAnswer: boolean('needs_answer').notNull().default(false),
  /** Minor units, as of the rest of its terms: what it was booked on. Null: none. */
  depositAmount: bigint('deposit_amount', { mode: 'number' }),
  lateCancelFeeAmount: bigint('late_cancel_fee_amount', { mode: 'number' }),
  noShowFeeAmount: bigint('no_show_fee_amount', { mode: 'number' }),
  partySize: integer('party_size').notNull().default(1),
  note: text('note'),
  cancelledBy: text('cancelled_by').$type<'customer' | 'business'>(),
  cancelledLate: boolean('cancelled_late'),
  version: integer('version').notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type Booking = typeof bookings.$inferSelect

export const bookingSeries = pgTable('booking_series', {
  ...tenantKey(),
  customerId: uuid('customer_id').notNull(),
  serviceId: uuid('service_id').notNull(),
  locationId: uuid('location_id').notNull(),
  /** null: anybody, for each date anew. */
  staffId: uuid('staff_id'),
  rrule: text('rrule').notNull(),
  startsOn: localDate('starts_on').notNull(),
  startTime: wallTime('start_time').notNull(),
  timeZone: text('time_zone').notNull(),
  /** `cancelled`: what was left of it was. */
  status: text('status').$type<'active' | 'cancelled'>().notNull(),
  version: integer('version').notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type BookingSeries = typeof bookingSeries.$inferSelect

/** `[start, end)` */
export interface InstantRange {
  start: Temporal.Instant
  end: Temporal.Instant
}

const instantRange = customType<{ data: InstantRange; driverData: string }>({
  dataType: () => 'tstzrange',
  toDriver: ({ start, end }) => `[${start.toString()},${end.toString()})`,
  fromDriver(text) {
    const [, start, end] = /^\["?([^",]+)"?,"?([^",]+)"?\)$/.exec(text)!
    return { start: Temporal.Instant.from(start!), end: Temporal.Instant.from(end!) }
  },
})

export const allocations = pgTable('allocations', {
  ...tenantKey(),
  /** A booking's or a class's, never both. */
  bookingId: uuid('booking_id'),
  sessionId: uuid('session_id'),
  resourceKey: uuid('resource_key').notNull(),
  occupied: instantRange('occupied').notNull(),
  state: text('state').$type<'held' | 'released'>().notNull(),
  lapsesAt: instant('lapses_at'),
  startsAt: instant('starts_at').notNull().generatedAlwaysAs(sql`lower(occupied)`),
  endsAt: instant('ends_at').notNull().generatedAlwaysAs(sql`upper(occupied)`),
})

refuseOnViolation(
  'allocations_no_overlap',
  () => new Refusal('slot_conflict', 'This time was taken a moment ago.', {}, ['get_available_slots']),
)

export const bookingIntakes = pgTable('booking_intakes', {
  workspaceId: uuid('workspace_id').notNull(),
  bookingId: uuid('booking_id').notNull(),
  serviceId: uuid('service_id').notNull(),
  formVersion: integer('form_version').notNull(),
  answers: jsonb('answers').$type<Answers>().notNull(),
  answeredAt: instant('answered_at').notNull(),
})

export const chargeKinds = ['deposit', 'late_cancel', 'no_show'] as const
export const chargeStates = [
  'due',
  'paid',
  'waived',
  'refund_due',
  'refunded',
  'applied',
  'kept',
  'void',
] as const

export const bookingCharges = pgTable('booking_charges', {
  ...tenantKey(),
  bookingId: uuid('booking_id').notNull(),
  kind: text('kind').$type<(typeof chargeKinds)[number]>().notNull(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  /** Of a fee, what the deposit pays of it; of the deposit, what of it pays a fee. */
  coveredAmount: bigint('covered_amount', { mode: 'number' }).notNull().default(0),
  state: text('state').$type<(typeof chargeStates)[number]>().notNull(),
  reason: text('reason'),
  at: instant('at').notNull(),
})
export type Charge = typeof bookingCharges.$inferSelect

export const bookingHistory = pgTable('booking_history', {
  ...tenantKey(),
  bookingId: uuid('booking_id').notNull(),
  at: instant('at').notNull(),
  event: text('event')
    .$type<BookingEvent | 'hold' | 'move' | 'reassign' | 'edit' | 'answer' | 'pay' | 'waive'>()
    .notNull(),
  fromState: text('from_state').$type<BookingState>(),
  toState: text('to_state').$type<BookingState>().notNull(),
  principalKind: text('principal_kind').notNull(),
  principalId: uuid('principal_id'),
  details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
})
