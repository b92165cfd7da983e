/**
 * What goes back of an invoice's payments, from its request on: a refund of its own takes net and tax off the lines, one
 * that a credit note asked for pays what that note owes.
 */

import { and, eq } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import type { Account } from '../ledger/accounts.ts'
import { type Entry, post, reverse } from '../ledger/post.ts'
import { soldBy } from './finalize.ts'
import { follow } from './follow.ts'
import {
  type AskedLine,
  creditableOf,
  notePieces,
  piecesOfAmount,
  piecesOfLines,
  sumOf,
  undoPieces,
} from './line-credits.ts'
import { creditNotesOf, lockInvoice, paymentsOf, refundsOf, update } from './read.ts'
import { type Invoice, type InvoiceRefund, invoiceRefunds } from './tables.ts'

export interface Refunded {
  /** The refund's uuid. */
  refundId: string
  /** The payment's, of which it goes back. */
  reference: string
  invoiceId: string
  amount: number
  /** Where it goes back to; see `accountOf` in pay.ts. */
  to: Account
  /** The note whose refund it is; without one, it takes off the lines by itself. */
  creditNoteId?: string
  /** Which lines, with the amounts summing to `amount`; default: all, by what is left of them. */
  lines?: AskedLine[]
}

/** Reserved from now on: whoever asks next has less left. Once for each refund. @throws Refusal `not_found`, `exceeds_refundable`, `exceeds_creditable` */
export async function postRefund(context: Context, asked: Refunded): Promise<Invoice> {
  const { refundId, reference, invoiceId, amount, to, creditNoteId } = asked
  const invoice = await lockInvoice(context, invoiceId)
  if (await findRefund(context, refundId)) return invoice
  const refundable = await refundableOf(context, invoice, { reference, creditNoteId })
  if (amount > refundable) throw exceedsRefundable(context, refundable)
  await post(context, {
    source: { kind: 'refund', id: refundId },
    cause: 'requested',
    entries: [...(await givenBack(context, invoice, asked)), { account: to, amount: -amount }],
  })
  await context.db.insert(invoiceRefunds).values({
    workspaceId: invoice.workspaceId,
    id: refundId,
    invoiceId,
    reference,
    creditNoteId,
    amount,
    at: context.now,
  })
  context.emit({ type: 'invoice.refunded', subject: { kind: 'invoice', id: invoiceId } })
  const refunded = await update(context, invoice, {})
  await follow(context, refunded)
  return refunded
}

/** It failed: what was reserved is there again. Once. */
export async function undoRefund(context: Context, refundId: string): Promise<void> {
  const refund = await findRefund(context, refundId)
  if (!refund) return
  const invoice = await lockInvoice(context, refund.invoiceId)
  const [undone] = await context.db
    .update(invoiceRefunds)
    .set({ undone: true })
    .where(
      and(
        eq(invoiceRefunds.workspaceId, invoice.workspaceId),
        eq(invoiceRefunds.id, refundId),
        eq(invoiceRefunds.undone, false),
      ),
    )
    .returning({ id: invoiceRefunds.id })
  if (!undone) return
  await undoPieces(context, refundId)
  await reverse(context, { source: { kind: 'refund', id: refundId }, cause: 'requested' })
  await follow(context, await update(context, invoice, {}), { undone: true })
}

/**
 * What may still go back of one payment to an invoice. Of its own: no more than is left of the invoice, either; of a credit
 * note's: no more than that note has to refund.
 */
export async function refundableOf(
  context: Context,
  invoice: Invoice,
  { reference, creditNoteId }: Pick<Refunded, 'reference' | 'creditNoteId'>,
): Promise<number> {
  const [payments, refunds] = [await paymentsOf(context, invoice.id), await refundsOf(context, invoice.id)]
  const sum = (rows: { amount: number }[]) => rows.reduce((total, { amount }) => total + amount, 0)
  const paid = payments.find(payment => payment.reference === reference)?.appliedAmount ?? 0
  const left = paid - sum(refunds.filter(refund => refund.reference === reference))
  if (creditNoteId === undefined) {
    // What notes have yet to refund is spoken for.
    const promised = (await creditNotesOf(context, invoice.id))
      .filter(({ status }) => status === 'issued')
      .reduce((total, note) => total + note.refundAmount, 0)
    const kept = promised - sum(refunds.filter(refund => refund.creditNoteId !== null))
    const paidInAll = payments.reduce((total, payment) => total + payment.appliedAmount, 0) - sum(refunds)
    return Math.max(Math.min(left, paidInAll - kept, await creditableOf(context, invoice.id)), 0)
  }
  const note = (await creditNotesOf(context, invoice.id)).find(({ id }) => id === creditNoteId)
  if (!note || note.status === 'void') {
    throw new Refusal('not_found', 'No such credit note of this invoice.', { kind: 'creditnote' }, [
      'get_invoice',
    ])
  }
  return Math.min(
    left,
    note.refundAmount - sum(refunds.filter(refund => refund.creditNoteId === creditNoteId)),
  )
}

async function givenBack(
  context: Context,
  { id, customerId }: Invoice,
  { refundId, amount, creditNoteId, lines }: Refunded,
): Promise<Entry[]> {
  if (creditNoteId) return [{ account: { kind: 'refunds_due', customerId }, amount }]
  const pieces = lines ? await piecesOfLines(context, id, lines) : await piecesOfAmount(context, id, amount)
  if (sumOf(pieces).total !== amount) {
    throw new Refusal('invalid_input', 'lines: They do not sum to the amount.', { field: 'lines' })
  }
  await notePieces(context, id, refundId, pieces)
  return soldBy(pieces)
}

async function findRefund({ db, workspace }: Context, id: string): Promise<InvoiceRefund | null> {
  const [row] = await db
    .select()
    .from(invoiceRefunds)
    .where(and(eq(invoiceRefunds.workspaceId, workspace.id), eq(invoiceRefunds.id, id)))
  return row ?? null
}

function exceedsRefundable(context: Context, refundable: number): Refusal {
  return new Refusal(
    'exceeds_refundable',
    'This is more than can be refunded.',
    { refundable: priceOf(context, refundable) },
    ['get_invoice'],
  )
}
