/** Drizzle's view of migrations 0023 and 0038: who issues invoices, invoices, and all that is done with them. */

import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, localDate, tenantKey } from '../../database/columns.ts'
import type { Discount, Rounding, TaxMode } from '../money/totals.ts'

const minorUnits = (name: string) => bigint(name, { mode: 'number' })

export const legalEntities = pgTable('legal_entities', {
  ...tenantKey(),
  key: text().notNull(),
  name: text().notNull(),
  address: text(),
  taxIds: text('tax_ids').array().notNull().default([]),
  footer: text(),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
})
export type LegalEntity = typeof legalEntities.$inferSelect

export const numberSeries = pgTable('number_series', {
  ...tenantKey(),
  legalEntityId: id('legal_entity_id').notNull(),
  kind: text().$type<'invoice' | 'credit_note'>().notNull(),
  key: text().notNull(),
  prefix: text().notNull(),
  firstNumber: integer('first_number').notNull(),
  lastNumber: integer('last_number').notNull(),
})
export type NumberSeries = typeof numberSeries.$inferSelect

export const invoiceStatuses = ['draft', 'open', 'paid', 'void', 'uncollectible'] as const
export type InvoiceStatus = (typeof invoiceStatuses)[number]

/** Who the customer was when it was finalised. */
export interface CustomerSnapshot {
  name: string
  email: string | null
  phone: string | null
}

export interface IssuerSnapshot {
  name: string
  address: string | null
  tax_ids: string[]
  footer: string | null
}

export const invoices = pgTable('invoices', {
  ...tenantKey(),
  status: text().$type<InvoiceStatus>().notNull(),
  customerId: id('customer_id').notNull(),
  legalEntityId: id('legal_entity_id').notNull(),
  seriesId: id('series_id').notNull(),
  number: integer(),
  numberText: text('number_text'),
  sourceKind: text('source_kind').$type<'booking' | 'lot' | 'order' | 'subscription'>(),
  sourceId: id('source_id'),
  sourceTurn: integer('source_turn'),
  currency: text().notNull(),
  taxMode: text('tax_mode').$type<TaxMode>().notNull(),
  rounding: text().$type<Rounding>().notNull(),
  discount: jsonb().$type<Discount>(),
  netAmount: minorUnits('net_amount').notNull(),
  taxAmount: minorUnits('tax_amount').notNull(),
  totalAmount: minorUnits('total_amount').notNull(),
  memo: text(),
  dueDays: integer('due_days').notNull(),
  dueDate: localDate('due_date'),
  timeZone: text('time_zone').notNull(),
  customerSnapshot: jsonb('customer_snapshot').$type<CustomerSnapshot>(),
  issuerSnapshot: jsonb('issuer_snapshot').$type<IssuerSnapshot>(),
  finalizedAt: instant('finalized_at'),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type Invoice = typeof invoices.$inferSelect

export const invoiceLines = pgTable('invoice_lines', {
  ...tenantKey(),
  invoiceId: id('invoice_id').notNull(),
  position: integer().notNull(),
  description: text().notNull(),
  quantity: integer().notNull(),
  unitAmount: minorUnits('unit_amount').notNull(),
  discount: jsonb().$type<Discount>(),
  discountAmount: minorUnits('discount_amount').notNull(),
  taxRate: integer('tax_rate').notNull(),
  account: text().$type<'revenue' | 'deferred_revenue' | 'gift_card_liability'>().notNull(),
  netAmount: minorUnits('net_amount').notNull(),
  taxAmount: minorUnits('tax_amount').notNull(),
})
export type InvoiceLine = typeof invoiceLines.$inferSelect

export const invoicePayments = pgTable('invoice_payments', {
  ...tenantKey(),
  invoiceId: id('invoice_id').notNull(),
  reference: uuid().notNull(),
  tender: text().notNull(),
  provider: text(),
  appliedAmount: minorUnits('applied_amount').notNull(),
  creditedAmount: minorUnits('credited_amount').notNull(),
  at: instant().notNull(),
})
export type InvoicePayment = typeof invoicePayments.$inferSelect

export const creditNotes = pgTable('credit_notes', {
  ...tenantKey(),
  invoiceId: id('invoice_id').notNull(),
  status: text().$type<'issued' | 'void'>().notNull(),
  seriesId: id('series_id').notNull(),
  number: integer().notNull(),
  numberText: text('number_text').notNull(),
  reason: text().notNull(),
  netAmount: minorUnits('net_amount').notNull(),
  taxAmount: minorUnits('tax_amount').notNull(),
  dueAmount: minorUnits('due_amount').notNull(),
  refundAmount: minorUnits('refund_amount').notNull(),
  creditAmount: minorUnits('credit_amount').notNull(),
  outOfBandAmount: minorUnits('out_of_band_amount').notNull(),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  voidedAt: instant('voided_at'),
})
export type CreditNote = typeof creditNotes.$inferSelect

export const invoiceLineCredits = pgTable('invoice_line_credits', {
  workspaceId: id('workspace_id').notNull(),
  sourceId: id('source_id').notNull(),
  lineId: id('line_id').notNull(),
  invoiceId: id('invoice_id').notNull(),
  netAmount: minorUnits('net_amount').notNull(),
  taxAmount: minorUnits('tax_amount').notNull(),
  undone: boolean().notNull().default(false),
})

export const invoiceRefunds = pgTable('invoice_refunds', {
  ...tenantKey(),
  invoiceId: id('invoice_id').notNull(),
  reference: uuid().notNull(),
  creditNoteId: id('credit_note_id'),
  amount: minorUnits('amount').notNull(),
  undone: boolean().notNull().default(false),
  at: instant().notNull(),
})
export type InvoiceRefund = typeof invoiceRefunds.$inferSelect

export const invoiceInstalments = pgTable('invoice_instalments', {
  workspaceId: id('workspace_id').notNull(),
  invoiceId: id('invoice_id').notNull(),
  number: integer().notNull(),
  amount: minorUnits('amount').notNull(),
  dueDate: localDate('due_date').notNull(),
})

export const invoiceReminders = pgTable('invoice_reminders', {
  workspaceId: id('workspace_id').notNull(),
  invoiceId: id('invoice_id').notNull(),
  dayOffset: integer('day_offset').notNull(),
  doneAt: instant('done_at'),
  messageId: id('message_id'),
  reason: text(),
})
