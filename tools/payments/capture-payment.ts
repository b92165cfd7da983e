import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { viewOfPayment } from '../../src/domain/payments/read.ts'
import { endAuthorization } from '../../src/domain/payments/start.ts'
import { givenMethod, PaymentBrief, paymentOf } from './shapes.ts'

export default defineTool({
  name: 'capture_payment',
  title: 'Take money that is held on a card',
  description:
    'Takes the money of a payment that is authorized: held on a card, not taken yet. A person approves it. To let the ' +
    'hold go instead: void_payment_authorization. It answers processing: follow it with get_payment.',
  keywords: ['capture authorization', 'take the hold', 'settle pre-authorization'],
  domain: 'payments',
  effect: 'write',
  openWorld: true,
  role: 'member',
  gate: 'approve',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/payments/{payment_id}/capture',
  input: z.strictObject({ payment_id: Id('payment') }),
  data: PaymentBrief,
  goesOn: ({ state }) => state !== 'succeeded',
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
    const payment = await endAuthorization(context, payment_id, 'capture')
    return paymentOf(await viewOfPayment(context, payment))
  },
})
