import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, outside } from '../../src/catalog/kinds.ts'
import { evidences } from '../../src/domain/customers/duplicates.ts'
import { findDuplicates } from '../../src/domain/customers/find-duplicates.ts'
import { givenTwins } from './shapes.ts'

export default defineTool({
  name: 'find_duplicate_customers',
  title: 'Find customers who are there twice',
  description:
    'Pairs of customers who may be one person, the surest first, with the evidence and a score; all, or those of one ' +
    'customer. A shared phone alone is often a family. Then preview_customer_merge.',
  keywords: [
    'registered more than once',
    'duplicates',
    'double entries',
    'same client twice',
    'clean up the list',
    'dedupe',
  ],
  domain: 'customers',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/duplicate-customers',
  input: z.strictObject({
    customer_id: Id('customer')
      .optional()
      .describe('Only pairs with this one; names that are alike count too.'),
    limit: z.int().min(1).max(100).default(20).describe('Pairs.'),
  }),
  data: z.array(
    z.object({
      customers: z.array(z.object({ customer_id: Id('customer'), name: outside(z.string()) })),
      evidence: z.array(z.enum(evidences)),
      score: z.number().describe('0 to 1.'),
    }),
  ),
  refusals: ['not_found'],
  example: { given: givenTwins, input: { customer_id: '$one.id' } },
  run: (context, { customer_id: customerId, limit }) => findDuplicates(context, { customerId, limit }),
})
