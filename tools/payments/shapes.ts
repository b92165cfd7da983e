/** Shapes that the tools of payments share. */

import { z } from 'zod'
import { Id, Instant, Money, outside, Text } from '../../src/catalog/kinds.ts'
import { amountOf } from '../../src/domain/business/prices.ts'
import type { Context } from '../../src/domain/context.ts'
import { paymentStates } from '../../src/domain/payments/payment-states.ts'
import type { DisputeView, PaymentInFull, PaymentView } from '../../src/domain/payments/read.ts'
import { refundStates } from '../../src/domain/payments/refund-states.ts'
import { disputeStates } from '../../src/domain/payments/reports.ts'
import {
  type Payment,
  type PaymentMethod,
  providers,
  purposes,
  type Refund,
  tenders,
} from '../../src/domain/payments/tables.ts'

/** What is paid: one of these. */
export const owedFields = {
  invoice_id: Id('invoice').optional(),
  booking_id: Id('booking').optional().describe('Its deposit or fee that is due.'),
  gift_card_id: Id('giftcard').optional().describe('Its price.'),
}

export const Reason = () => Text(500).describe('For the record.')
export const PaymentStateKind = () => z.enum(paymentStates)

export const PaymentRow = z.object({
  id: Id('payment'),
  state: PaymentStateKind(),
  tender: z.enum(tenders),
  purpose: z.enum(purposes),
  invoice_id: Id('invoice').nullable(),
  booking_id: Id('booking').nullable(),
  gift_card_id: Id('giftcard').nullable(),
  customer_id: Id('customer'),
  amount: Money(),
  credited: z.int().describe('Of it, what became customer credit.'),
  refunded: z.int().describe('Of it, gone back or on its way.'),
  provider: z.enum(providers).nullable(),
  reason: z.string().nullable().describe('Why it failed.'),
  alert: z.enum(['overpaid', 'debt_gone']).nullable().describe('A person should look at it.'),
  created_at: Instant(),
  settled_at: Instant().nullable(),
})

/** What a call that moves money answers; all of it is in get_payment. */
export const PaymentBrief = PaymentRow.pick({
  id: true,
  state: true,
  tender: true,
  customer_id: true,
  amount: true,
  credited: true,
})

export const RefundRow = z.object({
  id: Id('refund'),
  payment_id: Id('payment'),
  state: z.enum(refundStates),
  amount: z.int(),
  reason: outside(z.string().nullable()),
  failure: z.string().nullable(),
  created_at: Instant(),
})

export const DisputeRow = z.object({
  id: Id('dispute'),
  payment_id: Id('payment'),
  customer_id: Id('customer'),
  state: z.enum(disputeStates),
  amount: Money(),
  reason: z.string(),
  respond_by: Instant().nullable(),
  opened_at: Instant(),
})

export const PaymentFull = PaymentRow.extend({
  in_doubt: z.boolean().describe('The provider has not answered; it is being asked.'),
  attempts: z.array(z.object({ doing: z.string(), asked: z.boolean(), outcome: z.string(), at: Instant() })),
  refunds: z.array(RefundRow),
  disputes: z.array(
    z.object({
      id: Id('dispute'),
      state: z.enum(disputeStates),
      amount: z.int(),
      respond_by: Instant().nullable(),
    }),
  ),
})

export const Method = z.object({
  id: Id('method'),
  customer_id: Id('customer'),
  provider: z.enum(providers),
  brand: z.string().nullable(),
  last4: z.string().nullable(),
  mandate_at: Instant().nullable().describe('null: may not be charged without its owner.'),
  usable: z.boolean(),
  created_at: Instant(),
})

export function paymentOf(payment: PaymentView): z.output<typeof PaymentRow> {
  const { purpose, subjectId } = payment
  return {
    id: payment.id,
    state: payment.state,
    tender: payment.tender,
    purpose,
    invoice_id: purpose === 'invoice' ? subjectId : null,
    booking_id: purpose === 'deposit' || purpose === 'fee' ? subjectId : null,
    gift_card_id: purpose === 'gift_card' ? subjectId : null,
    customer_id: payment.customerId,
    amount: { amount: payment.amount, currency: payment.currency },
    credited: payment.creditedAmount,
    refunded: payment.refunded,
    provider: payment.provider,
    reason: payment.reason,
    alert: payment.alert,
    created_at: payment.createdAt,
    settled_at: payment.settledAt,
  }
}

export function refundOf(refund: Refund): z.output<typeof RefundRow> {
  const { id, paymentId, state, amount, reason, failure, createdAt } = refund
  return { id, payment_id: paymentId, state, amount, reason, failure, created_at: createdAt }
}

export function disputeOf({ payment, ...dispute }: DisputeView): z.output<typeof DisputeRow> {
  return {
    id: dispute.id,
    payment_id: payment.id,
    customer_id: payment.customerId,
    state: dispute.state,
    amount: { amount: dispute.amount, currency: payment.currency },
    reason: dispute.reason,
    respond_by: dispute.respondBy,
    opened_at: dispute.openedAt,
  }
}

export function fullOf(payment: PaymentInFull): z.output<typeof PaymentFull> {
  return {
    ...paymentOf(payment),
    in_doubt: payment.inDoubt,
    attempts: payment.attempts_made.map(({ doing, asked, outcome, at }) => ({
      doing,
      asked,
      outcome,
      at,
    })),
    refunds: payment.refunds.map(refundOf),
    disputes: payment.disputes.map(({ id, state, amount, respondBy }) => ({
      id,
      state,
      amount,
      respond_by: respondBy,
    })),
  }
}

export function methodOf(method: PaymentMethod): z.output<typeof Method> {
  const { id, customerId, provider, brand, last4, mandateAt, removedAt, createdAt } = method
  return {
    id,
    customer_id: customerId,
    provider,
    brand,
    last4,
    mandate_at: mandateAt,
    usable: mandateAt !== null && removedAt === null,
    created_at: createdAt,
  }
}

/** @throws Refusal `currency_mismatch` */
export function minorUnits(context: Context, amount: z.output<ReturnType<typeof Money>> | undefined) {
  return amount && amountOf(context, amount)
}

/** A provider has still to act on it. */
export function isUnderWay({ state }: Pick<Payment, 'state'>): boolean {
  return state === 'processing'
}

/** What the examples need first: something that is owed, a card that may be charged for it. */
export const givenCard = {
  customer: { tool: 'create_customer', input: { name: 'Ana Ruiz', phone: '+34 612 345 678' } },
  card: {
    tool: 'issue_gift_card',
    input: { customer_id: '$customer.id', value: { amount: 5000, currency: 'EUR' } },
  },
}

export const givenPaid = {
  ...givenCard,
  paid: {
    tool: 'record_manual_payment',
    input: { gift_card_id: '$card.id', tender: 'cash', amount: { amount: 5000, currency: 'EUR' } },
  },
}

export const givenMethod = {
  ...givenCard,
  script: {
    tool: 'script_sandbox_provider',
    input: { card_on_file: { customer_id: '$customer.id', card: 'success' } },
  },
}
