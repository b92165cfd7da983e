import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Version } from '../../src/catalog/kinds.ts'
import { updatePackage } from '../../src/domain/entitlements/packages.ts'
import { givenPackage, Name, Package, Price } from './shapes.ts'

export default defineTool({
  name: 'update_package',
  title: 'Change a package, or stop selling it',
  description:
    'Changes name or price for sales from now on; status "archived" takes it off sale and "active" brings it back. What ' +
    'customers hold keeps the terms of its sale. For other sessions or validity, create_package anew; for what one ' +
    'customer holds, adjust_entitlement or extend_entitlement.',
  keywords: [
    'archive pack',
    'stop selling',
    'take pass off sale',
    'price of a pack',
    'rename pass',
    'raise price of bundle',
    'no longer sold',
    'discontinue',
  ],
  domain: 'entitlements',
  effect: 'write',
  role: 'member',
  route: 'PATCH /v1/packages/{package_id}',
  input: z.strictObject({
    package_id: Id('package'),
    version: Version(),
    name: Name().optional(),
    price: Price().optional(),
    status: z.enum(['active', 'archived']).optional(),
  }),
  data: Package,
  refusals: ['not_found', 'stale_version', 'currency_mismatch'],
  example: {
    given: givenPackage,
    input: { package_id: '$pack.id', version: 1, price: { amount: 13000, currency: 'EUR' } },
  },
  run: updatePackage,
})
