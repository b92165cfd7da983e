/** Drizzle's view of migration 0013: packages, the lots that were sold of them, and their ledger. */

import { bigint, boolean, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantKey } from '../../database/columns.ts'

/** When a lot's validity begins. */
export const activations = ['on_purchase', 'on_first_visit'] as const
export type Activation = (typeof activations)[number]

export const entryKinds = [
  'grant',
  'consume',
  'keep',
  'return',
  'adjust',
  'expire',
  'extend',
  'move',
] as const
export type EntryKind = (typeof entryKinds)[number]

const minorUnits = (name: string) => bigint(name, { mode: 'number' })

export const packages = pgTable('packages', {
  ...tenantKey(),
  name: text().notNull(),
  sessions: integer(),
  validity: text(),
  activation: text().$type<Activation>().notNull(),
  serviceIds: uuid('service_ids').array(),
  priceAmount: minorUnits('price_amount').notNull(),
  status: text().$type<'active' | 'archived'>().notNull().default('active'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
})

export const entitlementLots = pgTable('entitlement_lots', {
  ...tenantKey(),
  customerId: id('customer_id').notNull(),
  packageId: id('package_id').notNull(),
  source: text().$type<'sale' | 'reissue'>().notNull(),
  name: text().notNull(),
  sessions: integer(),
  validity: text(),
  activation: text().$type<Activation>().notNull(),
  serviceIds: uuid('service_ids').array(),
  timeZone: text('time_zone').notNull(),
  priceAmount: minorUnits('price_amount'),
  grantedAt: instant('granted_at').notNull(),
  activatedAt: instant('activated_at'),
  expiresAt: instant('expires_at'),
  expiryNoted: boolean('expiry_noted').notNull().default(false),
})

export const entitlementEntries = pgTable('entitlement_entries', {
  workspaceId: id('workspace_id').notNull(),
  lotId: id('lot_id').notNull(),
  number: integer().notNull(),
  kind: text().$type<EntryKind>().notNull(),
  sessions: integer(),
  sourceKind: text('source_kind').$type<'booking' | 'enrolment'>(),
  sourceId: id('source_id'),
  turn: integer(),
  visitAt: instant('visit_at'),
  expiresAt: instant('expires_at'),
  reason: text(),
  at: instant().notNull(),
  principalKind: text('principal_kind').notNull(),
  principalId: id('principal_id'),
})
export type Entry = typeof entitlementEntries.$inferSelect
