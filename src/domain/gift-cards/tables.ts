/** Drizzle's view of migration 0032: gift cards and their ledger. */

import { bigint, customType, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, tenantKey } from '../../database/columns.ts'

const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

export const giftCards = pgTable('gift_cards', {
  ...tenantKey(),
  customerId: uuid('customer_id').notNull(),
  state: text('state').$type<'pending' | 'active' | 'cancelled'>().notNull(),
  codeProof: bytes('code_proof').notNull(),
  last4: text('last4').notNull(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  currency: text('currency').notNull(),
  expiresAt: instant('expires_at'),
  createdAt: instant('created_at').notNull(),
  activatedAt: instant('activated_at'),
})
export type GiftCard = typeof giftCards.$inferSelect

export const giftCardEntryKinds = ['activate', 'redeem', 'restore', 'refund', 'unrefund'] as const

export const giftCardEntries = pgTable('gift_card_entries', {
  workspaceId: uuid('workspace_id').notNull(),
  giftCardId: uuid('gift_card_id').notNull(),
  number: integer('number').notNull(),
  kind: text('kind').$type<(typeof giftCardEntryKinds)[number]>().notNull(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  sourceId: uuid('source_id'),
  at: instant('at').notNull(),
})
export type GiftCardEntry = typeof giftCardEntries.$inferSelect
