/** Drizzle's view of migration 0023: the ledger. */

import { bigint, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantKey } from '../../database/columns.ts'

export const accountKinds = [
  'cash',
  'clearing',
  'receivable',
  'revenue',
  'tax_payable',
  'deposits_held',
  'deferred_revenue',
  'gift_card_liability',
  'customer_credit',
  'refunds_due',
  'points_redeemed',
  'disputes',
  'write_off',
  'fees',
  'rounding',
] as const
export type AccountKind = (typeof accountKinds)[number]

export const sourceKinds = [
  'invoice',
  'credit_note',
  'payment',
  'refund',
  'dispute',
  'booking',
  'lot',
  'giftcard',
  'customer',
  'order',
] as const
export type LedgerSourceKind = (typeof sourceKinds)[number]

export const ledgerAccounts = pgTable('ledger_accounts', {
  ...tenantKey(),
  kind: text().$type<AccountKind>().notNull(),
  currency: text().notNull(),
  customerId: id('customer_id'),
  provider: text(),
})

export const ledgerTransactions = pgTable('ledger_transactions', {
  ...tenantKey(),
  sourceKind: text('source_kind').$type<LedgerSourceKind>().notNull(),
  sourceId: id('source_id').notNull(),
  cause: text().notNull(),
  reverses: uuid(),
  at: instant('at').notNull(),
  principalKind: text('principal_kind').notNull(),
  principalId: id('principal_id'),
})
export type LedgerTransaction = typeof ledgerTransactions.$inferSelect

export const ledgerEntries = pgTable('ledger_entries', {
  workspaceId: id('workspace_id').notNull(),
  transactionId: id('transaction_id').notNull(),
  number: integer().notNull(),
  debitId: id('debit_id').notNull(),
  creditId: id('credit_id').notNull(),
  currency: text().notNull(),
  amount: bigint({ mode: 'number' }).notNull(),
  invoiceId: id('invoice_id'),
})
