import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { sellPackage } from '../../src/domain/entitlements/sell.ts'
import { Entitlement, entitlementOf, givenCustomer, givenPackage } from './shapes.ts'

export default defineTool({
  name: 'sell_package',
  title: 'Sell a package or pass',
  description:
    'Issues a package to a customer, who can use it at once, and invoices it where the settings or invoice say so; it takes ' +
    'no payment: create_payment_link. Later changes of the package do not touch what was sold.',
  keywords: [
    'buy a pass',
    'issue pack',
    'give a pass to',
    'purchase bundle',
    'wants ten sessions',
    'top up',
    'takes a pack of',
  ],
  domain: 'entitlements',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/entitlements',
  input: z.strictObject({
    package_id: Id('package').describe('From list_packages.'),
    customer_id: Id('customer'),
    location_id: Id('location').optional().describe("Whose days validity counts; default: the workspace's."),
    invoice: z
      .enum(['off', 'draft', 'open'])
      .optional()
      .describe('Default: invoicing.on_completion of the settings.'),
  }),
  data: Entitlement.extend({ invoice_id: Id('invoice').nullable() }),
  refusals: ['not_found'],
  example: {
    given: { ...givenPackage, ...givenCustomer },
    input: { package_id: '$pack.id', customer_id: '$customer.id' },
  },
  async run(context, sale) {
    const { lot, invoice } = await sellPackage(context, sale)
    return { ...entitlementOf(context, lot), invoice_id: invoice?.id ?? null }
  },
})
