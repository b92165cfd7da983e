import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Money, outside, Text } from '../../src/catalog/kinds.ts'
import { recordManualPayment } from '../../src/domain/payments/manual.ts'
import { owedBy } from '../../src/domain/payments/owed.ts'
import { viewOfPayment } from '../../src/domain/payments/read.ts'
import { givenCard, minorUnits, owedFields, PaymentBrief, paymentOf } from './shapes.ts'

export default defineTool({
  name: 'record_manual_payment',
  title: 'Note a payment in cash or by bank',
  description:
    'Notes money that the business has taken itself: cash, a bank transfer, a card terminal of its own (external). It pays ' +
    'at once, and never more than is due, unless allow_credit: the rest is customer credit then. A deposit that is paid ' +
    'confirms its booking. It charges nobody: for that, create_payment_link or charge_saved_method.',
  keywords: [
    'paid in cash',
    'bank transfer arrived',
    'mark as paid',
    'paid at the till',
    'cheque',
    'paid by terminal',
  ],
  domain: 'payments',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/payments',
  input: z.strictObject({
    ...owedFields,
    tender: z.enum(['cash', 'bank_transfer', 'external']),
    amount: Money().describe('As it was taken.'),
    reference: outside(Text(200)).optional().describe('A receipt or transfer number.'),
    allow_credit: z.boolean().optional().describe('What is more than due becomes credit.'),
  }),
  data: PaymentBrief,
  refusals: ['not_found', 'amount_exceeds_due', 'currency_mismatch', 'invalid_transition', 'hold_expired'],
  example: {
    given: givenCard,
    input: { gift_card_id: '$card.id', tender: 'cash', amount: { amount: 5000, currency: 'EUR' } },
  },
  async run(context, { tender, amount, reference, allow_credit, ...owed }) {
    const payment = await recordManualPayment(context, {
      ...(await owedBy(context, owed)),
      tender,
      amount: minorUnits(context, amount)!,
      reference,
      allowCredit: allow_credit,
    })
    return paymentOf(await viewOfPayment(context, payment))
  },
})
