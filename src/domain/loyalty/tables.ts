/** Drizzle's view of migration 0020: the program, who is in it, what was earned, and the ledger of their points. */

import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantKey } from '../../database/columns.ts'
import type { EarnRule, Excluded, Line, PromotionTerms } from './earn.ts'
import type { TierScheme } from './tiers.ts'

const minorUnits = (name: string) => bigint(name, { mode: 'number' })

export const units = ['points', 'stamps', 'credits'] as const
export type Unit = (typeof units)[number]

export const loyaltyPrograms = pgTable('loyalty_programs', {
  workspaceId: id('workspace_id').notNull(),
  version: integer().notNull(),
  effectiveFrom: instant('effective_from').notNull(),
  name: text().notNull(),
  unit: text().$type<Unit>().notNull(),
  status: text().$type<'active' | 'paused'>().notNull(),
  autoEnrol: boolean('auto_enrol').notNull(),
  expiry: text(),
  earnRules: jsonb('earn_rules').$type<EarnRule[]>().notNull(),
  excluded: jsonb().$type<Excluded>().notNull(),
  tiers: jsonb().$type<TierScheme>(),
  createdAt: instant('created_at').notNull(),
  principalKind: text('principal_kind').notNull(),
  principalId: id('principal_id'),
})
export type Program = typeof loyaltyPrograms.$inferSelect

export const loyaltyPromotions = pgTable('loyalty_promotions', {
  ...tenantKey(),
  code: text().notNull(),
  name: text().notNull(),
  percent: integer(),
  addition: integer(),
  startsAt: instant('starts_at').notNull(),
  endsAt: instant('ends_at'),
  limitTimes: integer('limit_times'),
  limitDays: integer('limit_days'),
  status: text().$type<'active' | 'archived'>().notNull(),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
})
export type Promotion = typeof loyaltyPromotions.$inferSelect

export const loyaltyAccounts = pgTable('loyalty_accounts', {
  ...tenantKey(),
  customerId: id('customer_id').notNull(),
  mergedInto: id('merged_into'),
  enrolledAt: instant('enrolled_at').notNull(),
  tier: text(),
  tierChangesAt: instant('tier_changes_at'),
  overrideTier: text('override_tier'),
  overrideUntil: instant('override_until'),
  overrideReason: text('override_reason'),
  version: integer().notNull().default(1),
})
export type Account = typeof loyaltyAccounts.$inferSelect

export const loyaltyLots = pgTable('loyalty_lots', {
  ...tenantKey(),
  accountId: id('account_id').notNull(),
  earnedAt: instant('earned_at').notNull(),
  expiresAt: instant('expires_at'),
  timeZone: text('time_zone').notNull(),
  expiryNoted: boolean('expiry_noted').notNull().default(false),
})

export const sourceKinds = ['booking', 'enrolment', 'order', 'invoice', 'receipt'] as const
export type SourceKind = (typeof sourceKinds)[number]

export const accrualStates = ['pending', 'earned', 'reversed', 'reverted'] as const
export type AccrualState = (typeof accrualStates)[number]

export const loyaltyAccruals = pgTable('loyalty_accruals', {
  ...tenantKey(),
  accountId: id('account_id').notNull(),
  sourceKind: text('source_kind').$type<SourceKind>().notNull(),
  sourceId: text('source_id').notNull(),
  timeZone: text('time_zone').notNull(),
  programVersion: integer('program_version').notNull(),
  promotionId: id('promotion_id'),
  promotion: jsonb().$type<PromotionTerms>(),
  state: text().$type<AccrualState>().notNull(),
  lines: jsonb().$type<Line[]>().notNull(),
  points: integer().notNull(),
  spendAmount: minorUnits('spend_amount').notNull(),
  visits: integer().notNull(),
  happenedAt: instant('happened_at').notNull(),
  earnedAt: instant('earned_at'),
  lotId: id('lot_id'),
  version: integer().notNull().default(1),
})
export type Accrual = typeof loyaltyAccruals.$inferSelect

export const loyaltyPaidSources = pgTable('loyalty_paid_sources', {
  workspaceId: id('workspace_id').notNull(),
  sourceKind: text('source_kind').$type<SourceKind>().notNull(),
  sourceId: text('source_id').notNull(),
  paidAt: instant('paid_at').notNull(),
  lines: jsonb().$type<Line[]>(),
})

export const rewardKinds = ['discount_amount', 'discount_percent', 'free_item'] as const

export const loyaltyRewards = pgTable('loyalty_rewards', {
  ...tenantKey(),
  code: text().notNull(),
  name: text().notNull(),
  description: text(),
  points: integer().notNull(),
  kind: text().$type<(typeof rewardKinds)[number]>().notNull(),
  discountAmount: minorUnits('discount_amount'),
  discountPercent: integer('discount_percent'),
  itemId: text('item_id'),
  minTier: text('min_tier'),
  quota: integer(),
  quotaPerCustomer: integer('quota_per_customer'),
  status: text().$type<'active' | 'archived'>().notNull(),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
})
export type Reward = typeof loyaltyRewards.$inferSelect

export const redemptionStates = ['issued', 'redeemed', 'cancelled', 'reversed'] as const
export type RedemptionState = (typeof redemptionStates)[number]

export const loyaltyRedemptions = pgTable('loyalty_redemptions', {
  ...tenantKey(),
  accountId: id('account_id').notNull(),
  rewardId: id('reward_id').notNull(),
  state: text().$type<RedemptionState>().notNull(),
  points: integer().notNull(),
  issuedAt: instant('issued_at').notNull(),
  redeemedAt: instant('redeemed_at'),
  endedAt: instant('ended_at'),
  reference: text(),
  reason: text(),
  version: integer().notNull().default(1),
})
export type Redemption = typeof loyaltyRedemptions.$inferSelect

export const entryKinds = [
  'earn',
  'revise',
  'adjust',
  'lock',
  'redeem',
  'unlock',
  'return',
  'repay',
  'expire',
] as const
export type EntryKind = (typeof entryKinds)[number]

export const loyaltyEntries = pgTable('loyalty_entries', {
  workspaceId: id('workspace_id').notNull(),
  accountId: id('account_id').notNull(),
  number: integer().notNull(),
  kind: text().$type<EntryKind>().notNull(),
  lotId: uuid('lot_id'),
  points: integer().notNull(),
  accrualId: id('accrual_id'),
  redemptionId: id('redemption_id'),
  reason: text(),
  at: instant().notNull(),
  principalKind: text('principal_kind').notNull(),
  principalId: id('principal_id'),
})
export type Entry = typeof loyaltyEntries.$inferSelect
