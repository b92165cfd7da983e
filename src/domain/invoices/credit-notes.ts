/**
 * Credit notes: what an invoice said too much. One takes off what is due first; what was paid already is to be given back,
 * and to the cent it is said how: by a refund, as the customer's credit, or outside of here.
 */

import { and, eq } from 'drizzle-orm'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { lockCustomer } from '../bookings/customer.ts'
import { amountOf, type Money, priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import { balanceOf } from '../ledger/balances.ts'
import { findPosting, post, reverse } from '../ledger/post.ts'
import { lockCredit } from '../payments/credit.ts'
import { WRITTEN_OFF } from './endings.ts'
import { findSeries, takeNumber } from './entities.ts'
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
import { afterReduction, reducing } from './pay.ts'
import { lockInvoice, refundsOf, sumsOf, update } from './read.ts'
import { impossible, invoiceAfter } from './states.ts'
import { type CreditNote, creditNotes, type Invoice } from './tables.ts'

export interface NewCreditNote {
  invoice_id: string
  /** Of the whole, with tax; or some lines. Neither: all that is left. */
  amount?: Money
  lines?: { line_id: string; amount?: Money }[]
  reason: string
  /** What becomes of the part that was paid; each default 0. */
  refund?: Money
  credit?: Money
  out_of_band?: Money
}

/** @throws Refusal `invalid_transition`, `exceeds_creditable`, `exceeds_refundable`, `invalid_input` where the paid part is not allocated exactly */
export async function createCreditNote(context: Context, asked: NewCreditNote): Promise<CreditNote> {
  const invoice = await lockInvoice(context, asked.invoice_id)
  if (invoice.status === 'draft' || invoice.status === 'void') {
    throw impossible(invoice.status, 'credit', `An invoice that is ${invoice.status} has nothing to credit.`)
  }
  const pieces = await piecesFor(context, asked)
  const { net, tax, total } = sumOf(pieces)
  if (total === 0) throw exceedsCreditable(context)
  const sums = await sumsOf(context, invoice)
  const dueAmount = Math.min(sums.due, total)
  const paidParts = {
    refundAmount: asked.refund ? amountOf(context, asked.refund) : 0,
    creditAmount: asked.credit ? amountOf(context, asked.credit) : 0,
    outOfBandAmount: asked.out_of_band ? amountOf(context, asked.out_of_band) : 0,
  }
  mustAllocate(context, total - dueAmount, paidParts)
  const id = newId()
  await lockCustomer(context, invoice.customerId) // Before the number, as in finalize.ts.
  const series = await findSeries(context, invoice.legalEntityId, 'credit_note')
  const [note] = await context.db
    .insert(creditNotes)
    .values({
      workspaceId: invoice.workspaceId,
      id,
      invoiceId: invoice.id,
      status: 'issued',
      seriesId: series.id,
      ...(await takeNumber(context, series.id)),
      reason: asked.reason,
      netAmount: net,
      taxAmount: tax,
      dueAmount,
      ...paidParts,
      createdAt: context.now,
    })
    .returning()
  await notePieces(context, invoice.id, id, pieces)
  await postNote(context, invoice, note!, pieces)
  if (paidParts.refundAmount > 0) {
    context.declare({ kind: 'refund', gate: 'approve', amount: priceOf(context, paidParts.refundAmount) })
  }
  context.declare({ kind: 'credit', gate: 'approve', amount: priceOf(context, total) })
  context.emit({
    type: 'credit_note.issued',
    subject: { kind: 'creditnote', id },
    data: { refund_due: paidParts.refundAmount },
  })
  const credited =
    dueAmount > 0
      ? await afterReduction(context, invoice, sums.due - dueAmount)
      : await update(context, invoice, {})
  await follow(context, credited)
  return note!
}

/** Restores what was due, and what it was of. Once. @throws Refusal `not_found`, `invalid_transition` of what was refunded or spent */
export async function voidCreditNote(context: Context, id: string): Promise<CreditNote> {
  const { db, now, emit } = context
  const found = await findCreditNote(context, id)
  const invoice = await lockInvoice(context, found.invoiceId)
  const note = await findCreditNote(context, id)
  if (note.status === 'void') return note
  const { customerId } = invoice
  const refunded = (await refundsOf(context, invoice.id)).some(({ creditNoteId }) => creditNoteId === id)
  if (refunded) throw notVoidable('It was refunded, or a refund of it is on its way.')
  // After the invoice, as who spends it does: neither takes what the other has seen.
  await lockCredit(context, customerId)
  if (note.outOfBandAmount > 0) throw notVoidable('It was given back outside of here.')
  if (note.creditAmount > (await balanceOf(context, { kind: 'customer_credit', customerId }))) {
    throw notVoidable('The customer has used the credit that it gave.')
  }
  await reverse(context, { source: { kind: 'credit_note', id }, cause: 'issued' })
  await undoPieces(context, id)
  const [voided] = await db
    .update(creditNotes)
    .set({ status: 'void', voidedAt: now, version: note.version + 1 })
    .where(and(eq(creditNotes.workspaceId, note.workspaceId), eq(creditNotes.id, id)))
    .returning()
  const reopens = note.dueAmount > 0 && invoice.status === 'paid'
  const restored = await update(
    context,
    invoice,
    reopens ? { status: await statusBefore(context, invoice) } : {},
  )
  await follow(context, restored, { undone: true })
  emit({ type: 'credit_note.voided', subject: { kind: 'creditnote', id } })
  return voided!
}

/** What was written off before is so again. */
async function statusBefore(context: Context, { id }: Invoice): Promise<Invoice['status']> {
  const lost = await findPosting(context, { kind: 'invoice', id }, WRITTEN_OFF)
  return lost ? 'uncollectible' : invoiceAfter('paid', 'reopen')
}

/** @throws Refusal `not_found` */
export async function findCreditNote({ db, workspace }: Context, id: string): Promise<CreditNote> {
  const [row] = await db
    .select()
    .from(creditNotes)
    .where(and(eq(creditNotes.workspaceId, workspace.id), eq(creditNotes.id, id)))
  if (!row) throw notFound('creditnote', ['get_invoice'])
  return row
}

async function piecesFor(context: Context, { invoice_id, amount, lines }: NewCreditNote) {
  if (amount && lines) {
    throw new Refusal('invalid_input', 'lines: Give lines, or an amount of the whole.', { field: 'lines' })
  }
  if (amount) return piecesOfAmount(context, invoice_id, amountOf(context, amount))
  const asked: AskedLine[] | undefined = lines?.map(line => ({
    line_id: line.line_id,
    amount: line.amount && amountOf(context, line.amount),
  }))
  if (asked) return piecesOfLines(context, invoice_id, asked)
  return piecesOfAmount(context, invoice_id, await creditableOf(context, invoice_id))
}

async function postNote(
  context: Context,
  invoice: Invoice,
  note: CreditNote,
  pieces: Parameters<typeof soldBy>[0],
): Promise<void> {
  const { customerId } = invoice
  await post(context, {
    source: { kind: 'credit_note', id: note.id },
    cause: 'issued',
    entries: [
      ...soldBy(pieces),
      ...reducing(invoice, -note.dueAmount),
      { account: { kind: 'refunds_due', customerId }, amount: -note.refundAmount },
      { account: { kind: 'customer_credit', customerId }, amount: -note.creditAmount },
      { account: { kind: 'cash', provider: 'external' }, amount: -note.outOfBandAmount },
    ],
  })
}

/** @throws Refusal `invalid_input` with the amount that is to be allocated */
function mustAllocate(
  context: Context,
  paid: number,
  {
    refundAmount,
    creditAmount,
    outOfBandAmount,
  }: Pick<CreditNote, 'refundAmount' | 'creditAmount' | 'outOfBandAmount'>,
): void {
  if (refundAmount + creditAmount + outOfBandAmount === paid) return
  throw new Refusal(
    'invalid_input',
    'refund: The part that was paid must be allocated exactly, to refund, credit and out_of_band.',
    { field: 'refund', to_allocate: priceOf(context, paid) },
    ['get_invoice'],
  )
}

function exceedsCreditable(context: Context): Refusal {
  return new Refusal(
    'exceeds_creditable',
    'Nothing is left to credit.',
    { creditable: priceOf(context, 0) },
    ['get_invoice'],
  )
}

function notVoidable(message: string): Refusal {
  return new Refusal('invalid_transition', message, { status: 'issued', event: 'void' }, ['get_invoice'])
}
