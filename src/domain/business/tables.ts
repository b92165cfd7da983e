/** The tables of the business, as Drizzle reads them; their constraints are in migrations 0006, 0011, 0016 and 0019. */

import { bigint, boolean, customType, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { id, instant, localDate, tenantKey } from '../../database/columns.ts'
import { refuseOnViolation } from '../../database/errors.ts'
import type { WallInterval, WeeklyHours } from '../availability/hours.ts'
import type { FormField } from './intake-forms.ts'
import { type SomeDays, wholeWeek } from './week.ts'

/** jsonb forgets the order of fields; a week begins on Monday. */
const week = customType<{ data: WeeklyHours; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: days => JSON.stringify(days),
  fromDriver: days => wholeWeek(days as SomeDays),
})

export const locations = pgTable('locations', {
  ...tenantKey(),
  name: text().notNull(),
  timeZone: text('time_zone').notNull(),
  address: text(),
  hours: week('hours').notNull(),
  status: text().$type<'active' | 'archived'>().notNull().default('active'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
})

export const locationClosures = pgTable('location_closures', {
  workspaceId: id('workspace_id').notNull(),
  locationId: id('location_id').notNull(),
  date: localDate('date').notNull(),
  reason: text(),
})

export const staff = pgTable('staff', {
  ...tenantKey(),
  name: text().notNull(),
  memberId: id('member_id'),
  colour: text(),
  status: text().$type<'active' | 'deactivated'>().notNull().default('active'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
})
refuseOnViolation('staff_of_member', () => notFound('member'))
refuseOnViolation(
  'staff_once_per_member',
  () =>
    new Refusal(
      'invalid_input',
      'This member is linked to another member of staff.',
      { field: 'member_id' },
      ['list_staff'],
    ),
)

export const staffLocations = pgTable('staff_locations', {
  workspaceId: id('workspace_id').notNull(),
  staffId: id('staff_id').notNull(),
  locationId: id('location_id').notNull(),
})
refuseOnViolation('staff_at_location', () => notFound('location', ['list_locations']))

const minorUnits = (name: string) => bigint(name, { mode: 'number' })

/** Work, and after it a gap in which the person is free for others; the last has none. */
export interface Segment {
  minutes: number
  gap_after_minutes: number
}

export const services = pgTable('services', {
  ...tenantKey(),
  name: text().notNull(),
  description: text(),
  category: text(),
  durationMinutes: integer('duration_minutes').notNull(),
  bufferBeforeMinutes: integer('buffer_before_minutes').notNull().default(0),
  bufferAfterMinutes: integer('buffer_after_minutes').notNull().default(0),
  priceAmount: minorUnits('price_amount').notNull(),
  /** The largest party that one booking takes. */
  capacity: integer().notNull().default(1),
  /** Null: the standard one. */
  taxCategory: text('tax_category'),
  status: text().$type<'active' | 'archived'>().notNull().default('active'),
  slotIntervalMinutes: integer('slot_interval_minutes'),
  noticeMinutes: integer('notice_minutes').notNull().default(0),
  windowDays: integer('window_days').notNull().default(60),
  requiresConfirmation: boolean('requires_confirmation').notNull().default(false),
  answerWithinMinutes: integer('answer_within_minutes'),
  cancelCutoffMinutes: integer('cancel_cutoff_minutes').notNull().default(1440),
  holdMinutes: integer('hold_minutes').notNull().default(10),
  /** Of one customer; null: no limit. */
  cooldownMinutes: integer('cooldown_minutes'),
  onHandLimit: integer('on_hand_limit'),
  dayLimit: integer('day_limit'),
  weekLimit: integer('week_limit'),
  requiresEntitlement: boolean('requires_entitlement').notNull().default(false),
  /** Null: none is asked. */
  depositAmount: minorUnits('deposit_amount'),
  lateCancelFeeAmount: minorUnits('late_cancel_fee_amount'),
  noShowFeeAmount: minorUnits('no_show_fee_amount'),
  /** Null: one piece. */
  segments: jsonb().$type<Segment[]>(),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
})

export const serviceIntakeForms = pgTable('service_intake_forms', {
  workspaceId: id('workspace_id').notNull(),
  serviceId: id('service_id').notNull(),
  version: integer().notNull(),
  fields: jsonb().$type<FormField[]>().notNull(),
  createdAt: instant('created_at').notNull(),
})

export const serviceVariants = pgTable('service_variants', {
  ...tenantKey(),
  serviceId: id('service_id').notNull(),
  position: integer().notNull(),
  name: text().notNull(),
  /** Null: the service's. */
  durationMinutes: integer('duration_minutes'),
  priceAmount: minorUnits('price_amount').notNull(),
  status: text().$type<'active' | 'archived'>().notNull().default('active'),
})

export const serviceAddons = pgTable('service_addons', {
  ...tenantKey(),
  serviceId: id('service_id').notNull(),
  position: integer().notNull(),
  name: text().notNull(),
  minutes: integer().notNull(),
  priceAmount: minorUnits('price_amount').notNull(),
  status: text().$type<'active' | 'archived'>().notNull().default('active'),
})

export const resources = pgTable('resources', {
  ...tenantKey(),
  locationId: id('location_id').notNull(),
  name: text().notNull(),
  status: text().$type<'active' | 'archived'>().notNull().default('active'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
})
refuseOnViolation('resource_at_location', () => notFound('location', ['list_locations']))

/** Each of them is a `resource_key` of allocations. */
export const resourceUnits = pgTable('resource_units', {
  ...tenantKey(),
  resourceId: id('resource_id').notNull(),
})

export const serviceResources = pgTable('service_resources', {
  workspaceId: id('workspace_id').notNull(),
  serviceId: id('service_id').notNull(),
  need: integer().notNull(),
  choice: integer().notNull(),
  resourceId: id('resource_id').notNull(),
  quantity: integer().notNull(),
})
refuseOnViolation('service_resource_is_known', () => notFound('resource', ['list_resources']))

export const staffServices = pgTable('staff_services', {
  workspaceId: id('workspace_id').notNull(),
  staffId: id('staff_id').notNull(),
  serviceId: id('service_id').notNull(),
  durationMinutes: integer('duration_minutes'),
  priceAmount: minorUnits('price_amount'),
})
refuseOnViolation('staff_for_service', () => notFound('service', ['list_services']))

export const schedules = pgTable('schedules', {
  workspaceId: id('workspace_id').notNull(),
  staffId: id('staff_id').notNull(),
  locationId: id('location_id').notNull(),
  weekly: week('weekly').notNull(),
  version: integer().notNull().default(1),
  updatedAt: instant('updated_at').notNull(),
})

export const scheduleOverrides = pgTable('schedule_overrides', {
  workspaceId: id('workspace_id').notNull(),
  staffId: id('staff_id').notNull(),
  locationId: id('location_id').notNull(),
  date: localDate('date').notNull(),
  intervals: jsonb().$type<WallInterval[]>().notNull(),
})

export const timeOff = pgTable('time_off', {
  ...tenantKey(),
  staffId: id('staff_id').notNull(),
  startsAt: instant('starts_at').notNull(),
  endsAt: instant('ends_at').notNull(),
  reason: text(),
  createdAt: instant('created_at').notNull(),
})
