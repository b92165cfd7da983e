import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Money } from '../../src/catalog/kinds.ts'
import { owedBy } from '../../src/domain/payments/owed.ts'
import { viewOfPayment } from '../../src/domain/payments/read.ts'
import { applyCredit } from '../../src/domain/payments/redeem.ts'
import { givenCard, minorUnits, owedFields, PaymentBrief, paymentOf } from './shapes.ts'

export default defineTool({
  name: 'apply_customer_credit',
  title: "Pay with the customer's credit",
  description:
    'Pays what is due with credit that the customer has with the business: from a credit note, an overpayment, a gesture. ' +
    'Default: as much as there is and is due. How much there is: get_store_credit_balance. A gift card: redeem_gift_card.',
  keywords: ['use store credit', 'offset against credit', 'use their balance', 'apply credit note'],
  domain: 'payments',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/payments/credit',
  input: z.strictObject({
    ...owedFields,
    amount: Money().optional().describe('Default: as much as possible.'),
  }),
  data: z.object({ payment: PaymentBrief, credit_left: Money() }),
  refusals: ['not_found', 'amount_exceeds_due', 'no_entitlement', 'currency_mismatch'],
  example: {
    given: {
      ...givenCard,
      paid: {
        tool: 'record_manual_payment',
        input: {
          gift_card_id: '$card.id',
          tender: 'cash',
          amount: { amount: 8000, currency: 'EUR' },
          allow_credit: true,
        },
      },
      second: {
        tool: 'issue_gift_card',
        input: { customer_id: '$customer.id', value: { amount: 2000, currency: 'EUR' } },
      },
    },
    input: { gift_card_id: '$second.id' },
  },
  async run(context, { amount, ...owed }) {
    const { payment, left } = await applyCredit(context, {
      owed: await owedBy(context, owed),
      amount: minorUnits(context, amount),
    })
    return {
      payment: paymentOf(await viewOfPayment(context, payment)),
      credit_left: { amount: left, currency: payment.currency },
    }
  },
})
