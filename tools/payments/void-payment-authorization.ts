import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { viewOfPayment } from '../../src/domain/payments/read.ts'
import { endAuthorization } from '../../src/domain/payments/start.ts'
import { givenMethod, PaymentBrief, paymentOf } from './shapes.ts'

export default defineTool({
  name: 'void_payment_authorization',
  title: 'Let go of money that is held on a card',
  description:
    'Releases the hold of a payment that is authorized and was not taken, or closes a payment page that is open. What was ' +
    'taken is refunded with refund_payment. It answers processing until the provider has said so: see get_payment.',
  keywords: ['release hold', 'cancel authorization', 'unblock the card', 'void pre-authorisation'],
  domain: 'payments',
  effect: 'destroy',
  openWorld: true,
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/payments/{payment_id}/void',
  input: z.strictObject({ payment_id: Id('payment') }),
  data: PaymentBrief,
  goesOn: ({ state }) => state !== 'cancelled',
  refusals: ['not_found', 'invalid_transition'],
  example: {
    given: {
      ...givenMethod,
      held: {
        tool: 'charge_saved_method',
        input: { gift_card_id: '$card.id', method_id: '$script.card_on_file.id', hold_only: true },
        approved: true,
      },
    },
    input: { payment_id: '$held.id' },
  },
  async run(context, { payment_id }) {
    const payment = await endAuthorization(context, payment_id, 'release')
    return paymentOf(await viewOfPayment(context, payment))
  },
})
