import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, secret, Text } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import { readGiftCard } from '../../src/domain/gift-cards/gift-cards.ts'
import { giftCardEntryKinds } from '../../src/domain/gift-cards/tables.ts'
import { givenPaid } from '../payments/shapes.ts'
import { GiftCard, giftCardOf } from './cards.ts'

export default defineTool({
  name: 'get_gift_card_balance',
  title: 'What is left on a gift card',
  description:
    'A gift card by its code or its id: its state, what is left on it, and every movement. To spend it: redeem_gift_card.',
  keywords: ['voucher balance', 'how much is on the gift card', 'gift certificate left', 'check a code'],
  domain: 'entitlements',
  effect: 'read',
  role: 'member',
  route: 'POST /v1/gift-cards/balance',
  input: z.strictObject({
    gift_card_id: Id('giftcard').optional(),
    code: secret(Text(40)).optional().describe('As on the card, with or without hyphens.'),
  }),
  data: GiftCard.extend({
    entries: z.array(
      z.object({
        number: z.int(),
        kind: z.enum(giftCardEntryKinds),
        amount: z.int().describe('More or less, minor units.'),
        at: Instant(),
      }),
    ),
  }),
  refusals: ['not_found'],
  example: { given: givenPaid, input: { gift_card_id: '$card.id' } },
  async run(context, { gift_card_id: id, code }) {
    if ((id === undefined) === (code === undefined))
      throw new Refusal('invalid_input', 'code: Say the code or the gift_card_id.', { field: 'code' })
    const card = await readGiftCard(context, { id, code })
    const entries = card.entries.map(({ number, kind, amount, at }) => ({ number, kind, amount, at }))
    return { ...giftCardOf(card), entries }
  },
})
