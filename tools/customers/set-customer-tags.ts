import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { setTags } from '../../src/domain/customers/tags.ts'
import { Customer, fields, givenCustomer } from './shapes.ts'

export default defineTool({
  name: 'set_customer_tags',
  title: "Set a customer's tags",
  description:
    'Gives one customer exactly these tags: what is left out goes. Read them with get_customer first. For many ' +
    'customers at once, bulk_tag_customers.',
  keywords: [
    'take a tag off',
    'replace the labels',
    'newbie',
    'label',
    'mark as vip',
    'category',
    'untag',
    'remove a tag',
    'flag',
  ],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/customers/{customer_id}/tags',
  input: z.strictObject({
    customer_id: Id('customer'),
    tags: fields.tags.describe('The whole list; kept in small letters.'),
  }),
  data: Customer,
  refusals: ['not_found'],
  example: { given: givenCustomer, input: { customer_id: '$customer.id', tags: ['vip', 'nut allergy'] } },
  run: (context, { customer_id, tags }) => setTags(context, customer_id, tags),
})
