/** What the movements of money that are no invoice's post to the ledger; an invoice posts its own (see invoices). */

import type { Context } from '../context.ts'
import type { Account } from '../ledger/accounts.ts'
import { type Entry, post, reverse } from '../ledger/post.ts'
import { moneyBehind } from './locks.ts'
import type { Dispute, Payment, Refund } from './tables.ts'

/** Where the money of a payment is, or whose it was before: what a payment debits. */
export function fromAccount({ tender, provider, customerId }: Payment): Account {
  switch (tender) {
    case 'card':
      return { kind: 'clearing', provider: provider! }
    case 'deposit':
      return { kind: 'deposits_held', customerId }
    case 'customer_credit':
      return { kind: 'customer_credit', customerId }
    case 'gift_card':
      return { kind: 'gift_card_liability' }
    case 'points':
      return { kind: 'points_redeemed' }
    default:
      return { kind: 'cash', provider: tender }
  }
}

/** Whom it pays, where that is no invoice. */
export function toAccount({ purpose, customerId }: Pick<Payment, 'purpose' | 'customerId'>): Account {
  if (purpose === 'deposit') return { kind: 'deposits_held', customerId }
  if (purpose === 'fee') return { kind: 'fees' }
  if (purpose === 'gift_card') return { kind: 'gift_card_liability' }
  return { kind: 'receivable', customerId }
}

/** @param applied of the amount, what pays the debt; the rest is credit */
export async function postIn(context: Context, payment: Payment, applied: number): Promise<void> {
  const { id, amount, currency, customerId } = payment
  await post(context, {
    source: { kind: 'payment', id },
    cause: 'succeeded',
    currency,
    entries: entries(
      [fromAccount(payment), amount],
      [toAccount(payment), -applied],
      [{ kind: 'customer_credit', customerId }, applied - amount],
    ),
  })
}

/** Where a refund goes: to where the payment's money came from, also that of a deposit. */
export async function backTo(context: Context, payment: Payment): Promise<Account> {
  const source = await moneyBehind(context, payment)
  return fromAccount(source)
}

/** @param applied of the refund, what had paid something other than an invoice; an invoice posts its own */
export async function postOut(
  context: Context,
  payment: Payment,
  { id, creditAmount }: Refund,
  applied: number,
): Promise<void> {
  await post(context, {
    source: { kind: 'refund', id },
    cause: 'given back',
    currency: payment.currency,
    entries: entries(
      [toAccount(payment), applied],
      [{ kind: 'customer_credit', customerId: payment.customerId }, creditAmount],
      [await backTo(context, payment), -applied - creditAmount],
    ),
  })
}

/** The money of a refund has come back. */
export async function reverseOut(context: Context, refund: Refund): Promise<void> {
  await reverse(context, { source: { kind: 'refund', id: refund.id }, cause: 'given back' })
}

export async function postDisputeLost(context: Context, payment: Payment, dispute: Dispute): Promise<void> {
  await post(context, {
    source: { kind: 'dispute', id: dispute.id },
    cause: 'lost',
    currency: payment.currency,
    entries: entries([{ kind: 'disputes' }, dispute.amount], [fromAccount(payment), -dispute.amount]),
  })
}

function entries(...all: [Account, number][]): Entry[] {
  return all.filter(([, amount]) => amount !== 0).map(([account, amount]) => ({ account, amount }))
}
