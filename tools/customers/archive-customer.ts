import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { archiveCustomer } from '../../src/domain/customers/archive.ts'
import { getCustomer } from '../../src/domain/customers/get.ts'
import { Customer, givenCustomer } from './shapes.ts'

export default defineTool({
  name: 'archive_customer',
  title: 'Archive a customer',
  description:
    'Puts a customer aside: searches leave them out and nothing more is booked for them. All of their history stays, and ' +
    'so do bookings to come, which are named. update_customer brings them back; erase_customer forgets them.',
  keywords: ['remove a client', 'inactive', 'moved away', 'delete customer', 'hide'],
  domain: 'customers',
  effect: 'destroy',
  role: 'member',
  gate: 'confirm',
  route: 'POST /v1/customers/{customer_id}/archive',
  input: z.strictObject({ customer_id: Id('customer') }),
  data: Customer,
  refusals: ['not_found'],
  review: {
    versions: async (context, { customer_id }) => ({
      [customer_id]: (await getCustomer(context, customer_id)).version,
    }),
  },
  example: { given: givenCustomer, input: { customer_id: '$customer.id' } },
  run: (context, { customer_id }) => archiveCustomer(context, customer_id),
})
