/** Drizzle's view of migration 0032: payments, refunds, disputes, kept cards, links, and what providers said. */

import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant, tenantKey } from '../../database/columns.ts'
import type { PaymentState } from './payment-states.ts'
import type { RefundState } from './refund-states.ts'
import type { DeclineReason, DisputeState, PaymentReport, RefundReport } from './reports.ts'

/** What a payment is for; its subject is an invoice, a booking (twice), a gift card. */
export const purposes = ['invoice', 'deposit', 'fee', 'gift_card'] as const
export type Purpose = (typeof purposes)[number]

/** With what: a card goes through a provider; nothing else does. */
export const tenders = [
  'card',
  'cash',
  'bank_transfer',
  'external',
  'deposit',
  'customer_credit',
  'gift_card',
  'points',
] as const
export type Tender = (typeof tenders)[number]

export const providers = ['sandbox', 'stripe'] as const
export type PaymentProviderName = (typeof providers)[number]

export type Doing = 'charge' | 'checkout' | 'capture' | 'release'

export const paymentMethods = pgTable('payment_methods', {
  ...tenantKey(),
  customerId: uuid('customer_id').notNull(),
  provider: text('provider').$type<PaymentProviderName>().notNull(),
  providerRef: text('provider_ref').notNull(),
  ownerRef: text('owner_ref'),
  brand: text('brand'),
  last4: text('last4'),
  mandateAt: instant('mandate_at'),
  removedAt: instant('removed_at'),
  createdAt: instant('created_at').notNull(),
})
export type PaymentMethod = typeof paymentMethods.$inferSelect

export const paymentLinks = pgTable('payment_links', {
  ...tenantKey(),
  customerId: uuid('customer_id').notNull(),
  purpose: text('purpose').$type<Purpose>().notNull(),
  subjectId: uuid('subject_id').notNull(),
  capture: boolean('capture').notNull().default(true),
  expiresAt: instant('expires_at').notNull(),
  createdAt: instant('created_at').notNull(),
})
export type PaymentLink = typeof paymentLinks.$inferSelect

export const payments = pgTable('payments', {
  ...tenantKey(),
  customerId: uuid('customer_id').notNull(),
  purpose: text('purpose').$type<Purpose>().notNull(),
  subjectId: uuid('subject_id').notNull(),
  tender: text('tender').$type<Tender>().notNull(),
  provider: text('provider').$type<PaymentProviderName>(),
  providerRef: text('provider_ref'),
  methodId: uuid('method_id'),
  linkId: uuid('link_id'),
  sourceId: uuid('source_id'),
  state: text('state').$type<PaymentState>().notNull(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  currency: text('currency').notNull(),
  creditedAmount: bigint('credited_amount', { mode: 'number' }).notNull().default(0),
  alert: text('alert').$type<'overpaid' | 'debt_gone'>(),
  capture: boolean('capture').notNull().default(true),
  thenDoing: text('then_doing').$type<'capture' | 'release'>(),
  keepMethod: boolean('keep_method').notNull().default(false),
  doing: text('doing').$type<Doing>(),
  inDoubt: boolean('in_doubt').notNull().default(false),
  attempts: integer('attempts').notNull().default(0),
  attemptedAt: instant('attempted_at'),
  actionUrl: text('action_url'),
  reason: text('reason').$type<DeclineReason>(),
  reference: text('reference'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  settledAt: instant('settled_at'),
})
export type Payment = typeof payments.$inferSelect

export const paymentAttempts = pgTable('payment_attempts', {
  workspaceId: uuid('workspace_id').notNull(),
  paymentId: uuid('payment_id').notNull(),
  number: integer('number').notNull(),
  doing: text('doing').$type<Doing>().notNull(),
  asked: boolean('asked').notNull(),
  outcome: text('outcome').notNull(),
  at: instant('at').notNull(),
})

export const refunds = pgTable('refunds', {
  ...tenantKey(),
  paymentId: uuid('payment_id').notNull(),
  state: text('state').$type<RefundState>().notNull(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  creditAmount: bigint('credit_amount', { mode: 'number' }).notNull().default(0),
  providerRef: text('provider_ref'),
  reason: text('reason'),
  failure: text('failure').$type<DeclineReason>(),
  inDoubt: boolean('in_doubt').notNull().default(false),
  attempts: integer('attempts').notNull().default(0),
  attemptedAt: instant('attempted_at'),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type Refund = typeof refunds.$inferSelect

export const paymentDisputes = pgTable('payment_disputes', {
  ...tenantKey(),
  paymentId: uuid('payment_id').notNull(),
  providerRef: text('provider_ref').notNull(),
  state: text('state').$type<DisputeState>().notNull(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  reason: text('reason').notNull(),
  respondBy: instant('respond_by'),
  heardAt: instant('heard_at').notNull(),
  openedAt: instant('opened_at').notNull(),
})
export type Dispute = typeof paymentDisputes.$inferSelect

export const providerEvents = pgTable('provider_events', {
  workspaceId: uuid('workspace_id').notNull(),
  provider: text('provider').$type<PaymentProviderName>().notNull(),
  eventId: text('event_id').notNull(),
  aboutRef: text('about_ref').notNull(),
  event: jsonb('event').$type<unknown>().notNull(),
  outcome: text('outcome').$type<'applied' | 'waiting' | 'ignored'>().notNull(),
  at: instant('at').notNull(),
})

export const sandboxBook = pgTable('sandbox_book', {
  workspaceId: uuid('workspace_id').notNull(),
  key: text('key').notNull(),
  kind: text('kind').$type<Doing | 'refund'>().notNull(),
  ref: text('ref').notNull(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  currency: text('currency').notNull(),
  report: jsonb('report').$type<PaymentReport | RefundReport>().notNull(),
  at: instant('at').notNull(),
})

export const sandboxScripts = pgTable('sandbox_scripts', {
  ...tenantKey(),
  kind: text('kind').$type<'charge' | 'refund'>().notNull(),
  outcome: text('outcome').notNull(),
  usedAt: instant('used_at'),
})

export const sandboxEvents = pgTable('sandbox_events', {
  ...tenantKey(),
  kind: text('kind').$type<'dispute' | 'refund_failed'>().notNull(),
  ref: text('ref').notNull(),
  ownId: uuid('own_id').notNull(),
  amount: bigint('amount', { mode: 'number' }).notNull(),
  dueAt: instant('due_at').notNull(),
  told: boolean('told').notNull().default(false),
})
