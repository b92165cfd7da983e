import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, Money } from '../../src/catalog/kinds.ts'
import { createPaymentLink } from '../../src/domain/payments/links.ts'
import { owedBy } from '../../src/domain/payments/owed.ts'
import { givenCard, owedFields } from './shapes.ts'

export default defineTool({
  name: 'create_payment_link',
  title: 'Make a link to pay by card',
  description:
    'Makes the address of a page on which the customer pays all that is due: an invoice, a booking that waits for its ' +
    'deposit, a fee, a gift card. It sends nothing: put the url into a message. There they may also let their card be ' +
    'kept. A card on file: charge_saved_method. Money you already have: record_manual_payment.',
  keywords: [
    'pay online',
    'checkout page',
    'ask for a deposit',
    'payment url',
    'let them pay by card',
    'pay now button',
  ],
  domain: 'payments',
  effect: 'write',
  openWorld: true,
  role: 'member',
  key: true,
  route: 'POST /v1/payment-links',
  input: z.strictObject({
    ...owedFields,
    valid_days: z.int().min(1).max(180).optional().describe('Default: 30.'),
    hold_only: z.boolean().optional().describe('Hold the money on the card; capture_payment takes it.'),
  }),
  data: z.object({ id: Id('link'), url: z.string(), amount: Money(), expires_at: Instant() }),
  refusals: ['not_found', 'amount_exceeds_due', 'provider_error'],
  example: { given: givenCard, input: { gift_card_id: '$card.id' } },
  async run(context, { valid_days, hold_only, ...owed }) {
    const made = await createPaymentLink(context, {
      ...(await owedBy(context, owed)),
      validDays: valid_days,
      capture: !hold_only,
    })
    const { link, url, amount, currency } = made
    return { id: link.id, url, amount: { amount, currency }, expires_at: link.expiresAt }
  },
})
