import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { getPayment } from '../../src/domain/payments/read.ts'
import { fullOf, givenPaid, PaymentFull } from './shapes.ts'

export default defineTool({
  name: 'get_payment',
  title: 'One payment',
  description:
    'A payment with every attempt at the provider, its refunds and disputes. Use it to follow what answered processing. ' +
    'in_doubt: the provider has not answered; it is asked again by itself, and never charged twice.',
  keywords: ['payment status', 'was the card charged', 'payment attempts', 'still pending', 'why declined'],
  domain: 'payments',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/payments/{payment_id}',
  input: z.strictObject({ payment_id: Id('payment') }),
  data: PaymentFull,
  refusals: ['not_found'],
  example: { given: givenPaid, input: { payment_id: '$paid.id' } },
  run: async (context, { payment_id }) => fullOf(await getPayment(context, payment_id)),
})
