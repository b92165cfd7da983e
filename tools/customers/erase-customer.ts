import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { eraseCustomer } from '../../src/domain/customers/erase.ts'
import { getCustomer } from '../../src/domain/customers/get.ts'
import { givenCustomer } from './shapes.ts'

export default defineTool({
  name: 'erase_customer',
  title: 'Erase a customer',
  description:
    'Forgets a person for good; somebody decides. Their name, contacts, notes, messages and what calls said of them go; ' +
    'invoices and ledgers stay without them. Refused, with the reasons, while money is open or a visit is to come, unless ' +
    'forced: then visits are cancelled. To put somebody aside, archive_customer.',
  keywords: ['gdpr', 'right to be forgotten', 'delete my data', 'anonymise', 'remove a client for good'],
  domain: 'customers',
  effect: 'destroy',
  role: 'admin',
  gate: 'approve',
  declares: ['amount'],
  key: true,
  takesMerged: true,
  route: 'POST /v1/customers/{customer_id}/erase',
  input: z.strictObject({
    customer_id: Id('customer'),
    force: z.boolean().default(false).describe('In spite of what is open.'),
  }),
  data: z.object({
    customer_id: Id('customer'),
    erased_at: Instant(),
    forced: z.array(z.object({ reason: z.string(), count: z.int() })).describe('What was open.'),
  }),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { customer_id }) => ({
      [customer_id]: (await getCustomer(context, customer_id)).version,
    }),
  },
  example: { given: givenCustomer, input: { customer_id: '$customer.id' } },
  run: (context, { customer_id, force }) => eraseCustomer(context, customer_id, force),
})
