/** The life of an invoice: from, event, to, who. `overdue` and the state of its payment are derived here and stored nowhere. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { InvoiceStatus } from './tables.ts'

export const invoiceTransitions = [
  { from: 'draft', event: 'finalize', to: 'open', who: 'business' },
  { from: 'open', event: 'settle', to: 'paid', who: 'money or a credit note: nothing is due' },
  { from: 'open', event: 'void', to: 'void', who: 'business, where nothing was paid' },
  { from: 'open', event: 'write_off', to: 'uncollectible', who: 'business' },
  { from: 'uncollectible', event: 'settle', to: 'paid', who: 'money that came after all' },
  { from: 'uncollectible', event: 'void', to: 'void', who: 'business, where nothing was paid' },
  // Something is due again: a credit note was voided.
  { from: 'paid', event: 'reopen', to: 'open', who: 'business' },
] as const satisfies { from: InvoiceStatus; event: string; to: InvoiceStatus; who: string }[]
export type InvoiceEvent = (typeof invoiceTransitions)[number]['event']

/** @throws Refusal `invalid_transition`, with what could happen instead */
export function invoiceAfter(from: InvoiceStatus, event: InvoiceEvent): InvoiceStatus {
  const possible = invoiceTransitions.filter(step => step.from === from)
  const found = possible.find(step => step.event === event)
  if (found) return found.to
  throw impossible(
    from,
    event,
    `An invoice that is ${from} cannot ${event.replace('_', ' ')}.`,
    possible.map(step => step.event),
  )
}

export function impossible(
  status: InvoiceStatus,
  event: string,
  message: string,
  possible: string[] = [],
): Refusal {
  const next =
    status === 'draft' ? ['delete_draft_invoice', 'finalize_invoice'] : ['create_credit_note', 'get_invoice']
  return new Refusal('invalid_transition', message, { status, event, possible }, next)
}

export const paymentStates = [
  'unpaid',
  'pending',
  'partial',
  'paid',
  'overpaid',
  'partially_refunded',
  'refunded',
] as const
export type PaymentState = (typeof paymentStates)[number]

/** Minor units. */
export interface Sums {
  total: number
  /** What is still owed. */
  due: number
  /** What payments brought to it. */
  paid: number
  /** What of them was more than was due, and is the customer's credit. */
  excess: number
  /** Of what was paid, what went back, or is on its way. */
  refunded: number
  /** What payments are under way may still bring. */
  pending: number
}

export function paymentStateOf({ due, paid, excess, refunded, pending }: Sums): PaymentState {
  if (refunded > 0) return refunded >= paid ? 'refunded' : 'partially_refunded'
  if (excess > 0 && due === 0) return 'overpaid'
  if (paid > 0 && due === 0) return 'paid'
  if (pending > 0) return 'pending'
  return paid > 0 ? 'partial' : 'unpaid'
}

/** What is to be paid by a day; in order. */
export interface Instalment {
  amount: number
  dueDate: Temporal.PlainDate
}

/** What should have been paid before today and was not. @param settled what was paid or credited, minor units */
export function overdueAmount(
  status: InvoiceStatus,
  instalments: Instalment[],
  settled: number,
  today: Temporal.PlainDate,
): number {
  if (status !== 'open') return 0
  const asked = instalments
    .filter(({ dueDate }) => Temporal.PlainDate.compare(dueDate, today) < 0)
    .reduce((sum, { amount }) => sum + amount, 0)
  return Math.max(asked - settled, 0)
}
