/** Pays an invoice with what the business owes already: a gift card's worth, a customer's credit. It is there at once. */

import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type GiftCardView, lockByCode, lockGiftCard, spendFrom } from '../gift-cards/gift-cards.ts'
import { creditOf, lockCredit } from './credit.ts'
import { lockDebt } from './debts.ts'
import { settledPayment } from './manual.ts'
import { amountToPay, type Owed } from './start.ts'
import type { Payment } from './tables.ts'

/**
 * @param amount minor units; default: as much as is due and left
 * @throws Refusal `not_found`, `invalid_transition`, `no_entitlement`, `amount_exceeds_due`, `currency_mismatch`
 */
export async function redeemGiftCard(
  context: Context,
  { code, id, owed, amount }: { code?: string; id?: string; owed: Owed; amount?: number },
): Promise<{ payment: Payment; card: GiftCardView }> {
  const debt = await lockDebt(context, owed.purpose, owed.subjectId)
  const card = await (id === undefined ? lockByCode(context, code ?? '') : lockGiftCard(context, id))
  if (card.currency !== debt.currency)
    throw new Refusal('currency_mismatch', `This gift card is in ${card.currency}.`, {
      currency: card.currency,
    })
  const open = await amountToPay(
    context,
    owed,
    debt,
    amount ?? (Math.min(card.balance, debt.due) || undefined),
  )
  const payment = await settledPayment(
    context,
    owed,
    { tender: 'gift_card', amount: open, sourceId: card.id },
    debt.customerId,
    debt.currency,
  )
  await spendFrom(context, card, { amount: open, paymentId: payment.id })
  return { payment, card: await lockGiftCard(context, card.id) }
}

/** @throws Refusal `no_entitlement` over what the customer has, `amount_exceeds_due` */
export async function applyCredit(
  context: Context,
  { owed, amount }: { owed: Owed; amount?: number },
): Promise<{ payment: Payment; left: number }> {
  const debt = await lockDebt(context, owed.purpose, owed.subjectId)
  await lockCredit(context, debt.customerId)
  const credit = await creditOf(context, debt.customerId, debt.currency)
  const wanted = amount ?? Math.min(credit, debt.due)
  if (wanted > credit || credit === 0) {
    throw new Refusal('no_entitlement', 'The customer has less credit than that.', { balance: credit }, [
      'get_store_credit_balance',
    ])
  }
  const open = await amountToPay(context, owed, debt, wanted)
  const payment = await settledPayment(
    context,
    owed,
    { tender: 'customer_credit', amount: open },
    debt.customerId,
    debt.currency,
  )
  return { payment, left: credit - open }
}
