/** The tables of access, as Drizzle reads them; their constraints are in migrations 0002, 0010, 0017, 0018, 0024, 0027 and 0035. */

import { sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, smallint, text, timestamp } from 'drizzle-orm/pg-core'
import { bytes, id, instant, tenantKey } from '../database/columns.ts'
import type { Channel } from '../domain/messaging/tables.ts'
import type { KeyKind } from './api-key.ts'
import type { Health, HealthProblem, ProviderName } from './credentials.ts'
import type { CodePurpose } from './one-time-codes.ts'
import type { Role, Scope, Workspace } from './principal.ts'

/** Security time is real time, and the database's: hosts may disagree. */
const realNow = sql`clock_timestamp()`

export const accounts = pgTable('accounts', {
  id: id('id').primaryKey(),
  email: text().notNull(),
  name: text(),
  createdAt: instant('created_at').notNull().default(realNow),
})

export const workspaces = pgTable('workspaces', {
  id: id('id').primaryKey(),
  name: text().notNull(),
  kind: text().$type<Workspace['kind']>().notNull(),
  timeZone: text('time_zone').notNull(),
  currency: text().notNull(),
  country: text().notNull(),
  clock: instant('clock'),
  parentId: id('parent_id'),
  createdAt: instant('created_at').notNull().default(realNow),
})

export const sessions = pgTable('sessions', {
  id: id('id').primaryKey(),
  accountId: id('account_id').notNull(),
  tokenHash: bytes('token_hash').notNull(),
  workspaceId: id('workspace_id').notNull(),
  userAgent: text('user_agent'),
  createdAt: instant('created_at').notNull().default(realNow),
  lastSeenAt: instant('last_seen_at').notNull().default(realNow),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
})

export const members = pgTable('members', {
  ...tenantKey(),
  accountId: id('account_id').notNull(),
  role: text().$type<Role>().notNull(),
  name: text().notNull(),
  status: text().$type<'active' | 'deactivated'>().notNull().default('active'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull().default(realNow),
  notifyAbout: text('notify_about').array().$type<Notice[]>().notNull().default(['approvals']),
})

/** What a member may be told of. */
export const notices = ['approvals'] as const
export type Notice = (typeof notices)[number]

export const apiKeys = pgTable('api_keys', {
  ...tenantKey(),
  memberId: id('member_id').notNull(),
  name: text().notNull(),
  kind: text().$type<KeyKind>().notNull(),
  secretHash: bytes('secret_hash').notNull(),
  hint: text().notNull(),
  role: text().$type<Role>().notNull(),
  scopes: text().array().$type<Scope[]>().notNull(),
  createdAt: instant('created_at').notNull().default(realNow),
  expiresAt: instant('expires_at'),
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at'),
  staffId: id('staff_id'),
  locationIds: id('location_ids').array(),
  origins: text().array(),
  version: integer().notNull().default(1),
})

export const customerSessions = pgTable('customer_sessions', {
  ...tenantKey(),
  keyId: id('key_id').notNull(),
  customerId: id('customer_id').notNull(),
  tokenHash: bytes('token_hash').notNull(),
  createdAt: instant('created_at').notNull().default(realNow),
  lastSeenAt: instant('last_seen_at').notNull().default(realNow),
  expiresAt: instant('expires_at').notNull(),
  revokedAt: instant('revoked_at'),
})

export const oneTimeCodes = pgTable('one_time_codes', {
  ...tenantKey(),
  purpose: text().$type<CodePurpose>().notNull(),
  /** An email in lower case, or of a customer a phone in E.164. */
  address: text().notNull(),
  details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  tries: smallint().notNull().default(0),
  createdAt: instant('created_at').notNull().default(realNow),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
})

export const rateBuckets = pgTable('rate_buckets', {
  workspaceId: id('workspace_id').notNull(),
  subject: text().notNull(),
  // Finer than an `instant`: calls are spaced by fractions of a millisecond where the limit is high.
  arrival: timestamp('arrival', { withTimezone: true }).notNull(),
})

export const workspaceSettings = pgTable('workspace_settings', {
  workspaceId: id('workspace_id').notNull(),
  settings: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  version: integer().notNull().default(1),
  updatedAt: instant('updated_at').notNull().default(realNow),
})

/** Rules that act under their own name; what each does is in src/domain/messaging/automations.ts. */
export const automations = pgTable('automations', {
  ...tenantKey(),
  key: text().notNull(),
  enabled: boolean().notNull(),
  templateKey: text('template_key').notNull(),
  channel: text().$type<Channel>(),
  minutesBefore: integer('minutes_before'),
  version: integer().notNull().default(1),
  updatedAt: instant('updated_at').notNull(),
})
export type Automation = typeof automations.$inferSelect

/** Sealed; `credentials.ts` opens them. */
export const providerCredentials = pgTable('provider_credentials', {
  workspaceId: id('workspace_id').notNull(),
  provider: text().$type<ProviderName>().notNull(),
  keyId: text('key_id').notNull(),
  box: bytes().notNull(),
  hints: jsonb().$type<Record<string, string>>().notNull(),
  health: text().$type<Health>().notNull(),
  problem: text().$type<HealthProblem>(),
  checkedAt: instant('checked_at'),
  version: integer().notNull().default(1),
  updatedBy: id('updated_by').notNull(),
  updatedAt: instant('updated_at').notNull(),
})

/** A `Workspace`, as a call carries it. */
export const workspaceColumns = {
  id: workspaces.id,
  name: workspaces.name,
  kind: workspaces.kind,
  timeZone: workspaces.timeZone,
  currency: workspaces.currency,
  country: workspaces.country,
  clock: workspaces.clock,
}
