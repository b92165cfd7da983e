import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { setRelationships } from '../../src/domain/customers/relationships.ts'
import { relationshipKinds } from '../../src/domain/customers/tables.ts'
import { givenCustomer, Relations } from './shapes.ts'

export default defineTool({
  name: 'set_customer_relationships',
  title: 'Set who belongs to a customer',
  description:
    'Says, in full, who is of the household of a customer, who pays for them and who is their guardian; what is left out ' +
    'goes. What others have this customer as stays, but for the household, which is mutual.',
  keywords: ['family', 'parent of', 'child', 'husband', 'wife', 'bills go to her mother', 'company pays'],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/customers/{customer_id}/relationships',
  input: z.strictObject({
    customer_id: Id('customer'),
    relationships: z
      .array(z.strictObject({ kind: z.enum(relationshipKinds), customer_id: Id('customer') }))
      .max(50)
      .describe('What each of the others is to this one; at most one payer.'),
  }),
  data: z.object({ id: Id('customer'), relationships: Relations }),
  refusals: ['not_found'],
  example: {
    given: { ...givenCustomer, mother: { tool: 'create_customer', input: { name: 'Carmen García' } } },
    input: {
      customer_id: '$customer.id',
      relationships: [{ kind: 'guardian', customer_id: '$mother.id' }],
    },
  },
  run: (context, { customer_id, relationships }) =>
    setRelationships(
      context,
      customer_id,
      relationships.map(({ kind, customer_id: customerId }) => ({ kind, customerId })),
    ),
})
