/** A credit note with the money that it gives back: what it says is refunded is asked for with it, and not by a second call. */

import type { Context } from '../context.ts'
import { createCreditNote, type NewCreditNote } from '../invoices/credit-notes.ts'
import type { CreditNote } from '../invoices/tables.ts'
import { giveBack, planRefund } from './refund.ts'
import type { Refund } from './tables.ts'

/** @throws Refusal as `createCreditNote`; `exceeds_refundable` also where a bank disputes what would go back */
export async function creditAndRefund(
  context: Context,
  asked: NewCreditNote,
): Promise<{ note: CreditNote; refunds: Refund[] }> {
  const note = await createCreditNote(context, asked)
  if (note.refundAmount === 0) return { note, refunds: [] }
  const wish = {
    paid: { purpose: 'invoice', subjectId: note.invoiceId },
    creditNoteId: note.id,
    amount: note.refundAmount,
  } as const
  return { note, refunds: await giveBack(context, await planRefund(context, wish), wish) }
}
