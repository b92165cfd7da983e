/** The money is there: it pays what it was for, as far as that is owed; the rest is the customer's credit. */

import type { Context } from '../context.ts'
import { change, tellOf } from './attempt.ts'
import { lockDebt, payDebt } from './debts.ts'
import { payInvoice } from './invoice-debt.ts'
import { postIn } from './postings.ts'
import type { Payment } from './tables.ts'

/**
 * Once for each payment: whoever calls has just moved it to `succeeded`, under the locks.
 * @param agreed what is too much was meant to be credit, and alerts nobody
 */
export async function takeIn(
  context: Context,
  payment: Payment,
  { agreed = false }: { agreed?: boolean } = {},
): Promise<Payment> {
  const { purpose, subjectId, amount } = payment
  const debt = await lockDebt(context, purpose, subjectId)
  // A deposit, a fee and a gift card are paid whole or not at all; of an invoice, any part.
  const applied = debt.inParts || amount >= debt.due ? Math.min(amount, debt.due) : 0
  const creditedAmount = amount - applied
  const alert = creditedAmount === 0 || agreed ? null : applied === 0 ? 'debt_gone' : 'overpaid'
  const taken = await change(context, payment, { creditedAmount, alert })
  if (purpose === 'invoice') await payInvoice(context, taken)
  else await postIn(context, taken, applied)
  if (applied > 0 && purpose !== 'invoice') await payDebt(context, purpose, subjectId, taken)
  tellOf(context, taken, 'payment.succeeded', creditedAmount > 0 ? { credited_amount: creditedAmount } : {})
  if (alert) tellOf(context, taken, 'payment.needs_attention', { why: alert })
  return taken
}
