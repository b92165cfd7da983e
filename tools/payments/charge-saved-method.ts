import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Money } from '../../src/catalog/kinds.ts'
import { owedBy } from '../../src/domain/payments/owed.ts'
import { viewOfPayment } from '../../src/domain/payments/read.ts'
import { chargeSavedMethod } from '../../src/domain/payments/start.ts'
import { givenMethod, isUnderWay, minorUnits, owedFields, PaymentBrief, paymentOf } from './shapes.ts'

export default defineTool({
  name: 'charge_saved_method',
  title: 'Charge a saved card',
  description:
    'Charges a card that its owner let the business keep, without them being there, for what is due. A person approves ' +
    'it. It answers processing: follow it with get_payment. A repeat under the same key never charges twice. Without a ' +
    'mandate, or where the bank wants to ask its owner, send a create_payment_link instead.',
  keywords: ['charge card on file', 'collect payment', 'off-session', 'take the fee', 'bill the saved card'],
  domain: 'payments',
  effect: 'write',
  openWorld: true,
  role: 'member',
  gate: 'approve',
  declares: ['amount'],
  key: true,
  route: 'POST /v1/payments/charges',
  input: z.strictObject({
    ...owedFields,
    method_id: Id('method').describe('From list_payment_methods.'),
    amount: Money().optional().describe('Of an invoice, a part; default: all that is due.'),
    hold_only: z.boolean().optional().describe('Hold it on the card; capture_payment takes it.'),
  }),
  data: PaymentBrief,
  goesOn: isUnderWay,
  refusals: ['not_found', 'amount_exceeds_due', 'consent_missing', 'currency_mismatch', 'provider_error'],
  example: { given: givenMethod, input: { gift_card_id: '$card.id', method_id: '$script.card_on_file.id' } },
  async run(context, { method_id, amount, hold_only, ...owed }) {
    const payment = await chargeSavedMethod(context, {
      ...(await owedBy(context, owed)),
      methodId: method_id,
      amount: minorUnits(context, amount),
      capture: !hold_only,
    })
    return paymentOf(await viewOfPayment(context, payment))
  },
})
