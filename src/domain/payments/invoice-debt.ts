/** An invoice as something that is paid and refunded: it posts its own money, under the lock of its row. */

import type { Context } from '../context.ts'
import { creditableOf } from '../invoices/line-credits.ts'
import { applyPayment } from '../invoices/pay.ts'
import {
  creditNotesOf,
  getInvoice,
  lockInvoice,
  paymentsOf as paymentsToInvoice,
  refundsOf,
  sumsOf,
} from '../invoices/read.ts'
import { refundableOf } from '../invoices/refund.ts'
import type { Invoice } from '../invoices/tables.ts'
import type { Debt } from './debts.ts'
import type { Payment } from './tables.ts'

/** @throws Refusal `not_found` */
export async function invoiceDebt(context: Context, id: string): Promise<Debt> {
  const invoice = await invoiceOf(context, id)
  const { status, customerId, currency, numberText } = invoice
  const payable = status === 'open' || status === 'uncollectible'
  const due = payable ? (await sumsOf(context, invoice)).due : 0
  return { customerId, due, currency, number: numberText, inParts: true, gone: status === 'void' }
}

/** The money of a payment is there. @returns what of it was too much, and is the customer's credit */
export async function payInvoice(context: Context, payment: Payment): Promise<number> {
  const { subjectId, tender, id, provider, amount } = payment
  const { credited } = await applyPayment(context, {
    invoiceId: subjectId,
    amount,
    tender: { kind: tender, reference: id, ...(provider && { provider }) },
    allowCredit: true,
  })
  return credited
}

/** What may still go back of one payment to its invoice, credit that it became not counted. */
export async function invoiceRefundable(
  context: Context,
  payment: Payment,
  creditNoteId?: string,
): Promise<number> {
  const invoice = await invoiceOf(context, payment.subjectId)
  return refundableOf(context, invoice, { reference: payment.id, creditNoteId })
}

/** Of all its payments together: what is left of the invoice, less what credit notes have promised. */
export async function invoiceRefundCap(context: Context, id: string, creditNoteId?: string): Promise<number> {
  const sum = (rows: { amount: number }[]) => rows.reduce((total, { amount }) => total + amount, 0)
  const refunds = await refundsOf(context, id)
  const notes = (await creditNotesOf(context, id)).filter(({ status }) => status === 'issued')
  if (creditNoteId !== undefined) {
    const promised = notes.find(note => note.id === creditNoteId)?.refundAmount ?? 0
    return promised - sum(refunds.filter(refund => refund.creditNoteId === creditNoteId))
  }
  const promised = notes.reduce((total, note) => total + note.refundAmount, 0)
  const kept = promised - sum(refunds.filter(refund => refund.creditNoteId !== null))
  const paid = (await paymentsToInvoice(context, id)).reduce(
    (total, { appliedAmount }) => total + appliedAmount,
    0,
  )
  return Math.max(0, Math.min(paid - sum(refunds) - kept, await creditableOf(context, id)))
}

/** Locked, but for whoever only looks. */
function invoiceOf(context: Context, id: string): Promise<Invoice> {
  return context.readOnly ? getInvoice(context, id) : lockInvoice(context, id)
}
