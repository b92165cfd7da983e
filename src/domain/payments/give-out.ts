/** Money is on its way back, from the request on; where that fails, also days later, all of it is as it was before. */

import { change as changeCharge, chargesOf } from '../bookings/charges.ts'
import type { Context } from '../context.ts'
import { lockGiftCard, restoreTo, takeBack, undoTakeBack } from '../gift-cards/gift-cards.ts'
import { postRefund, undoRefund } from '../invoices/refund.ts'
import { chargeFor } from './debts.ts'
import { backTo, postOut, reverseOut } from './postings.ts'
import type { Payment, Refund } from './tables.ts'

/** Once, at its request. @param payment locked, with its debt */
export async function giveOut(
  context: Context,
  payment: Payment,
  refund: Refund,
  creditNoteId?: string,
): Promise<void> {
  const { purpose, subjectId, tender, sourceId } = payment
  const { id: refundId, amount, creditAmount } = refund
  const applied = amount - creditAmount
  if (purpose === 'invoice' && applied > 0) {
    await postRefund(context, {
      refundId,
      reference: payment.id,
      invoiceId: subjectId,
      amount: applied,
      to: await backTo(context, payment),
      creditNoteId,
    })
  }
  await postOut(context, payment, refund, purpose === 'invoice' ? 0 : applied)
  if (tender === 'gift_card')
    await restoreTo(context, await lockGiftCard(context, sourceId!), { amount, refundId })
  if (purpose === 'gift_card' && applied > 0)
    await takeBack(context, await lockGiftCard(context, subjectId), { amount: applied, refundId })
  if (purpose === 'deposit' && applied > 0) await setDeposit(context, subjectId, 'refunded')
}

/** It failed, and can be asked for again. What no provider holds never fails. */
export async function takeOutBack(context: Context, payment: Payment, refund: Refund): Promise<void> {
  const { purpose, subjectId } = payment
  const applied = refund.amount - refund.creditAmount
  if (purpose === 'invoice') await undoRefund(context, refund.id)
  await reverseOut(context, refund)
  if (purpose === 'gift_card' && applied > 0)
    await undoTakeBack(context, await lockGiftCard(context, subjectId), {
      amount: applied,
      refundId: refund.id,
    })
  if (purpose === 'deposit' && applied > 0) await setDeposit(context, subjectId, 'refund_due')
}

async function setDeposit(
  context: Context,
  bookingId: string,
  state: 'refunded' | 'refund_due',
): Promise<void> {
  const deposit = chargeFor(await chargesOf(context, bookingId), 'deposit')
  const from = state === 'refunded' ? ['refund_due', 'paid'] : ['refunded']
  if (deposit && from.includes(deposit.state)) await changeCharge(context, deposit, { state })
}
