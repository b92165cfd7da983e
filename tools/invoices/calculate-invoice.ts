import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { compose } from '../../src/domain/invoices/compose.ts'
import { composition, lineOf, ShownLine, Tax, taxesShown } from './shapes.ts'

export default defineTool({
  name: 'calculate_invoice',
  title: 'What an invoice would come to',
  description:
    'Totals of lines with discounts and tax, by the code that create_invoice uses, and writes nothing. Prices have their ' +
    'tax inside or on top, and are rounded by line or over the whole, as the settings or you say.',
  keywords: ['total with tax', 'vat', 'estimate', 'how much with discount', 'net and gross'],
  domain: 'invoices',
  effect: 'read',
  role: 'member',
  route: 'POST /v1/invoices/calculate',
  input: z.strictObject(composition),
  data: z.object({
    lines: z.array(ShownLine.omit({ id: true })),
    taxes: z.array(Tax),
    currency: z.string(),
    discount: z.int(),
    net: z.int(),
    tax: z.int(),
    total: z.int().describe('Minor units, as all here.'),
  }),
  refusals: ['currency_mismatch'],
  example: {
    input: {
      lines: [{ description: 'Haircut', unit_price: { amount: 3500, currency: 'EUR' }, tax_percent: 21 }],
      discount: { percent: 10 },
    },
  },
  async run(context, asked) {
    const composed = await compose(context, asked)
    return {
      lines: composed.lines.map(lineOf),
      taxes: taxesShown(composed.lines),
      currency: context.workspace.currency,
      discount: composed.lines.reduce((sum, line) => sum + line.discountAmount, 0),
      net: composed.netAmount,
      tax: composed.taxAmount,
      total: composed.totalAmount,
    }
  },
})
