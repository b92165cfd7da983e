import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { pageFields } from '../../src/catalog/kinds.ts'
import { listPackages } from '../../src/domain/entitlements/packages.ts'
import { Package } from './shapes.ts'

export default defineTool({
  name: 'list_packages',
  title: 'Packages and passes on sale',
  description:
    'What can be sold: every package and pass with its sessions (null: unlimited), validity, services (null: all) and ' +
    'price. For what one customer holds, list_customer_entitlements.',
  keywords: [
    'packs',
    'passes',
    'bundles',
    'punch card',
    'multi-session',
    'ten pack',
    'class pack',
    'what do we sell',
    'price of a pass',
  ],
  domain: 'entitlements',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/packages',
  input: z.strictObject({ status: z.enum(['active', 'archived']).default('active'), ...pageFields }),
  data: z.array(Package),
  example: { input: {} },
  run: listPackages,
})
