/** What a refund is of: one payment, or all that was paid for one thing. */

import { Id, Money } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import type { Context } from '../../src/domain/context.ts'
import { invoiceVersion } from '../../src/domain/invoices/read.ts'
import { type OwedBy, owedBy } from '../../src/domain/payments/owed.ts'
import { paymentVersion } from '../../src/domain/payments/read.ts'
import type { RefundWish } from '../../src/domain/payments/refund.ts'
import { owedFields } from './shapes.ts'

export const refundFields = {
  payment_id: Id('payment').optional().describe('One payment; or else all of one of these:'),
  ...owedFields,
  booking_id: owedFields.booking_id.describe('Its deposit, or its fee.'),
  credit_note_id: Id('creditnote').optional().describe('The note whose refund this is.'),
  amount: Money().optional().describe('Default: all that can go back.'),
}

interface Asked extends OwedBy {
  payment_id?: string
  credit_note_id?: string
}

/** @throws Refusal `invalid_input` unless it is exactly one */
export async function wishOf(
  context: Context,
  { payment_id: paymentId, credit_note_id: creditNoteId, ...owed }: Asked,
): Promise<RefundWish> {
  if (paymentId === undefined) return { paid: await owedBy(context, owed), creditNoteId }
  if (Object.values(owed).some(id => id !== undefined)) {
    throw new Refusal('invalid_input', 'payment_id: Say it alone, or what was paid.', { field: 'payment_id' })
  }
  return { paymentId, creditNoteId }
}

/** What the decision rests on: how much of it has gone back, or how the invoice stands. */
export async function versionsOf(
  context: Context,
  { payment_id, invoice_id }: Asked,
): Promise<Record<string, string | number>> {
  return {
    ...(payment_id !== undefined && { [payment_id]: await paymentVersion(context, payment_id) }),
    ...(invoice_id !== undefined && { [invoice_id]: await invoiceVersion(context, invoice_id) }),
  }
}
