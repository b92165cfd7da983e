import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, Money, secret } from '../../src/catalog/kinds.ts'
import { issueGiftCard } from '../../src/domain/gift-cards/gift-cards.ts'
import { GiftCard, giftCardOf } from './cards.ts'
import { givenCustomer } from './shapes.ts'

export default defineTool({
  name: 'issue_gift_card',
  title: 'Sell a gift card',
  description:
    'Makes a gift card of some worth for a customer to buy. Its code is shown once, here. It is pending, and worth nothing, ' +
    'until its price is paid: with create_payment_link, charge_saved_method or record_manual_payment and its gift_card_id. ' +
    'Credit for one customer without a code: adjust_store_credit.',
  keywords: ['gift voucher', 'gift certificate', 'present', 'buy a voucher', 'prepaid card'],
  domain: 'entitlements',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/gift-cards',
  input: z.strictObject({
    customer_id: Id('customer').describe('Who buys it.'),
    value: Money().describe('Its worth and its price.'),
    expires_at: Instant().optional().describe('Default: never.'),
  }),
  data: GiftCard.extend({ code: secret(z.string()).describe('Whoever has it may spend it. Shown once.') }),
  refusals: ['not_found', 'currency_mismatch'],
  example: {
    given: givenCustomer,
    input: { customer_id: '$customer.id', value: { amount: 5000, currency: 'EUR' } },
  },
  async run(context, wish) {
    const { card, code } = await issueGiftCard(context, wish)
    return { ...giftCardOf(card), code }
  },
})
