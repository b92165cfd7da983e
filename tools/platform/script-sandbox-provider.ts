import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { chargeOutcomes, refundOutcomes, sandboxCardNames } from '../../src/domain/payments/sandbox-cards.ts'
import { putCardOnFile, scriptLeft, scriptProvider } from '../../src/domain/payments/sandbox-script.ts'

export default defineTool({
  name: 'script_sandbox_provider',
  title: 'Tell the sandbox how payments go',
  description:
    'Sandbox only. Says how the next charges and refunds go, in order, in place of what their cards would do: declined, ' +
    'time_out (done, not answered), lost (neither), disputed_later (an hour on), and so on. A list replaces what was left ' +
    'of the last. card_on_file puts a test card on a customer, as if they had let it be kept.',
  keywords: [
    'simulate decline',
    'test card',
    'fake chargeback',
    'force failure',
    'mock payment',
    'simulate timeout',
  ],
  domain: 'platform',
  effect: 'write',
  role: 'member',
  sandboxOnly: true,
  route: 'PUT /v1/sandbox/provider',
  input: z.strictObject({
    charges: z.array(z.enum(chargeOutcomes)).max(50).optional().describe('The next charges; [] forgets.'),
    refunds: z.array(z.enum(refundOutcomes)).max(50).optional().describe('The next refunds; [] forgets.'),
    card_on_file: z
      .strictObject({
        customer_id: Id('customer'),
        card: z.enum(sandboxCardNames),
        mandate: z.boolean().default(true).describe('May be charged without its owner.'),
      })
      .optional()
      .describe('A test card for a customer.'),
  }),
  data: z.object({
    charges: z.array(z.enum(chargeOutcomes)).describe('Still to come.'),
    refunds: z.array(z.enum(refundOutcomes)),
    card_on_file: z.object({ id: Id('method') }).nullable(),
  }),
  refusals: ['not_found'],
  example: { input: { charges: ['declined', 'success'], refunds: ['fails_later'] } },
  async run(context, { card_on_file: asked, ...script }) {
    await scriptProvider(context, script)
    const method =
      asked &&
      (await putCardOnFile(context, {
        customerId: asked.customer_id,
        card: asked.card,
        mandate: asked.mandate,
      }))
    return { ...(await scriptLeft(context)), card_on_file: method ? { id: method.id } : null }
  },
})
