/**
 * Money that comes to an invoice. One row's lock makes payments, refunds and credit notes of an invoice come one by one, so
 * that together they never take more than is due.
 *
 * For whoever moves the money: `applyPayment` when it has come, `postRefund` when some of it is asked back, and
 * `undoRefund` where that fails. Each is told by the id of the payment or refund, and posts once however often it is called.
 */

import { and, eq } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { lockCustomer } from '../bookings/customer.ts'
import { priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import type { Account } from '../ledger/accounts.ts'
import { balanceOf } from '../ledger/balances.ts'
import { type Entry, post } from '../ledger/post.ts'
import { follow } from './follow.ts'
import { lockInvoice, sumsOf, update } from './read.ts'
import { impossible, invoiceAfter } from './states.ts'
import { type Invoice, type InvoicePayment, invoicePayments } from './tables.ts'

export const tenders = [
  'card',
  'cash',
  'bank_transfer',
  'external',
  'gift_card',
  'points',
  'customer_credit',
  'deposit',
] as const
export type Tender = (typeof tenders)[number]

export interface Paid {
  invoiceId: string
  /** Minor units of the workspace's currency. */
  amount: number
  tender: {
    kind: Tender
    /** The payment's uuid. */
    reference: string
    /** Of a card: who cleared it. */
    provider?: string
  }
  /** What is more than due becomes the customer's credit, instead of a refusal. So does all of it, of what is void. */
  allowCredit?: boolean
}

export interface Applied {
  invoice: Invoice
  applied: number
  /** What became the customer's credit. */
  credited: number
}

/**
 * @throws Refusal `not_found`; `amount_exceeds_due` with what is due; `invalid_transition` of a draft, or of what is void
 */
export async function applyPayment(context: Context, paid: Paid): Promise<Applied> {
  const { invoiceId, amount, tender, allowCredit = false } = paid
  const invoice = await lockInvoice(context, invoiceId)
  const earlier = await findPayment(context, invoiceId, tender.reference)
  if (earlier) return { invoice, applied: earlier.appliedAmount, credited: earlier.creditedAmount }
  if (invoice.status === 'draft') throw impossible('draft', 'pay', 'Finalise it first.', ['finalize'])
  if (invoice.status === 'void' && !allowCredit) throw impossible('void', 'pay', 'This invoice is void.')
  const { due } = await sumsOf(context, invoice)
  const applied = invoice.status === 'void' ? 0 : Math.min(amount, due)
  const credited = amount - applied
  if (credited > 0 && !allowCredit) throw exceedsDue(context, due)
  if (tender.kind === 'customer_credit') await mustHaveCredit(context, invoice.customerId, amount)
  await post(context, {
    source: { kind: 'payment', id: tender.reference },
    cause: `invoice:${invoiceId}`,
    entries: [
      { account: accountOf(tender, invoice.customerId), amount },
      ...reducing(invoice, -applied),
      { account: { kind: 'customer_credit', customerId: invoice.customerId }, amount: -credited },
    ],
  })
  await context.db.insert(invoicePayments).values({
    workspaceId: invoice.workspaceId,
    id: newId(),
    invoiceId,
    reference: tender.reference,
    tender: tender.kind,
    provider: tender.provider,
    appliedAmount: applied,
    creditedAmount: credited,
    at: context.now,
  })
  if (invoice.status === 'void' || applied === 0) return { invoice, applied, credited }
  const reduced = await afterReduction(context, invoice, due - applied)
  if (reduced.status === 'paid') await follow(context, reduced)
  return { invoice: reduced, applied, credited }
}

/** The account that a tender's money is in, or was taken from. */
export function accountOf(
  { kind, provider }: Pick<Paid['tender'], 'kind' | 'provider'>,
  customerId: string,
): Account {
  switch (kind) {
    case 'card':
      return { kind: 'clearing', provider: provider ?? 'sandbox' }
    case 'cash':
    case 'bank_transfer':
    case 'external':
      return { kind: 'cash', provider: kind }
    case 'gift_card':
      return { kind: 'gift_card_liability' }
    case 'points':
      return { kind: 'points_redeemed' }
    case 'customer_credit':
      return { kind: 'customer_credit', customerId }
    case 'deposit':
      return { kind: 'deposits_held', customerId }
  }
}

/**
 * What takes something off what is owed. What was written off comes back as a gain of the account that lost it.
 * @param amount negative takes off
 */
export function reducing(invoice: Pick<Invoice, 'status' | 'customerId' | 'id'>, amount: number): Entry[] {
  const { status, customerId, id: invoiceId } = invoice
  const account: Account =
    status === 'uncollectible' ? { kind: 'write_off' } : { kind: 'receivable', customerId }
  return [{ account, amount, invoiceId }]
}

/** The invoice after less is due; every change of its money is a version, so that what was decided before it is stale. */
export async function afterReduction(context: Context, invoice: Invoice, due: number): Promise<Invoice> {
  const settles = due === 0 && invoice.status !== 'paid'
  const status = settles ? invoiceAfter(invoice.status, 'settle') : invoice.status
  const changed = await update(context, invoice, { status })
  if (settles) context.emit({ type: 'invoice.paid', subject: { kind: 'invoice', id: invoice.id } })
  else context.emit({ type: 'invoice.payment_applied', subject: { kind: 'invoice', id: invoice.id } })
  return changed
}

export async function findPayment(
  { db, workspace }: Context,
  invoiceId: string,
  reference: string,
): Promise<InvoicePayment | null> {
  const [row] = await db
    .select()
    .from(invoicePayments)
    .where(
      and(
        eq(invoicePayments.workspaceId, workspace.id),
        eq(invoicePayments.invoiceId, invoiceId),
        eq(invoicePayments.reference, reference),
      ),
    )
  return row ?? null
}

function exceedsDue(context: Context, due: number): Refusal {
  return new Refusal('amount_exceeds_due', 'This is more than is due.', { due: priceOf(context, due) }, [
    'get_invoice',
  ])
}

/**
 * Under the customer's lock, which comes after an invoice's: two of their invoices do not spend one credit.
 * @throws Refusal `amount_exceeds_due`: the customer has less credit than that
 */
async function mustHaveCredit(context: Context, customerId: string, amount: number): Promise<void> {
  await lockCustomer(context, customerId)
  const credit = await balanceOf(context, { kind: 'customer_credit', customerId })
  if (credit >= amount) return
  throw new Refusal(
    'amount_exceeds_due',
    'The customer has less credit than that.',
    { credit: priceOf(context, credit) },
    ['get_store_credit_balance'],
  )
}
