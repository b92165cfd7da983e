/** Money that the business took itself: cash, a bank transfer, a terminal of its own. It is there as soon as it is noted. */

import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { lockDebt } from './debts.ts'
import { amountToPay, type Owed } from './start.ts'
import { type Payment, payments, type Tender } from './tables.ts'
import { takeIn } from './take-in.ts'

export type ManualTender = Extract<Tender, 'cash' | 'bank_transfer' | 'external'>

export interface ManualPayment extends Owed {
  tender: ManualTender
  amount: number
  /** What the business calls it. */
  reference?: string
  /** What is more than due becomes the customer's credit. */
  allowCredit?: boolean
}

/** @throws Refusal `amount_exceeds_due` unless credit is allowed, `currency_mismatch`, `not_found` */
export async function recordManualPayment(context: Context, paid: ManualPayment): Promise<Payment> {
  const debt = await lockDebt(context, paid.purpose, paid.subjectId)
  if (!paid.allowCredit) await amountToPay(context, paid, debt, paid.amount)
  const { tender, amount, reference } = paid
  return settledPayment(context, paid, { tender, amount, reference }, debt.customerId, debt.currency)
}

/** @param owed locked */
export async function settledPayment(
  context: Context,
  { purpose, subjectId }: Owed,
  money: Pick<Payment, 'tender' | 'amount'> & Partial<Pick<Payment, 'reference' | 'sourceId'>>,
  customerId: string,
  currency: string,
): Promise<Payment> {
  const { db, workspace, now } = context
  const [payment] = await db
    .insert(payments)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId,
      purpose,
      subjectId,
      ...money,
      currency,
      state: 'succeeded',
      createdAt: now,
      updatedAt: now,
      settledAt: now,
    })
    .returning()
  return takeIn(context, payment!, { agreed: true })
}
