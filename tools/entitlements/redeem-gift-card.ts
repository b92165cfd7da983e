import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money, secret, Text } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import { owedBy } from '../../src/domain/payments/owed.ts'
import { viewOfPayment } from '../../src/domain/payments/read.ts'
import { redeemGiftCard } from '../../src/domain/payments/redeem.ts'
import { minorUnits, PaymentBrief, paymentOf } from '../payments/shapes.ts'
import { givenBill } from './bill.ts'
import { GiftCard, giftCardOf } from './cards.ts'

export default defineTool({
  name: 'redeem_gift_card',
  title: 'Pay with a gift card',
  description:
    'Pays an invoice, or what a booking asks for, with what is left on a gift card, at once; by default as much as is left ' +
    'and due. A card that is not paid, expired or cancelled pays nothing. What is on it: get_gift_card_balance.',
  keywords: ['use a voucher', 'spend gift card', 'apply gift certificate', 'pay with a code'],
  domain: 'entitlements',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/gift-cards/redeem',
  input: z.strictObject({
    gift_card_id: Id('giftcard').optional().describe('Or its code.'),
    code: secret(Text(40)).optional().describe('As on the card, with or without hyphens.'),
    invoice_id: Id('invoice').optional(),
    booking_id: Id('booking').optional().describe('Its deposit or fee that is due.'),
    amount: Money().optional().describe('Default: as much as is left and due.'),
  }),
  data: z.object({
    payment: PaymentBrief,
    gift_card: GiftCard.pick({ id: true, state: true, balance: true }),
  }),
  refusals: ['not_found', 'invalid_transition', 'no_entitlement', 'amount_exceeds_due', 'currency_mismatch'],
  example: givenBill,
  async run(context, { gift_card_id: id, code, amount, ...owed }) {
    if ((id === undefined) === (code === undefined))
      throw new Refusal('invalid_input', 'code: Say the code or the gift_card_id.', { field: 'code' })
    const { payment, card } = await redeemGiftCard(context, {
      id,
      code,
      owed: await owedBy(context, owed),
      amount: minorUnits(context, amount),
    })
    return { payment: paymentOf(await viewOfPayment(context, payment)), gift_card: giftCardOf(card) }
  },
})
