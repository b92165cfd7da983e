import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { readValues, setFieldValues } from '../../src/domain/customers/field-values.ts'
import { FieldKey, FieldValue, FieldValuesShown, givenCustomer } from './shapes.ts'

export default defineTool({
  name: 'set_custom_field_values',
  title: 'Set custom field values of a customer',
  description:
    'Sets the values that you name, each of the type its field has, and leaves the rest; null takes one away. The ' +
    'fields are in list_custom_fields.',
  keywords: ['birthday', 'shoe size', 'extra column', 'attribute', 'skin type', 'property'],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  route: 'PATCH /v1/customers/{customer_id}/custom-fields',
  input: z.strictObject({
    customer_id: Id('customer'),
    values: z
      .record(FieldKey(), FieldValue.nullable())
      .refine(values => Object.keys(values).length <= 200, 'At most 200 at once.')
      .describe('By key; a date as 2026-03-29.'),
  }),
  data: z.object({ customer_id: Id('customer'), custom_fields: FieldValuesShown }),
  refusals: ['not_found'],
  example: {
    given: {
      ...givenCustomer,
      field: { tool: 'define_custom_field', input: { key: 'shoe_size', label: 'Shoe size', type: 'number' } },
    },
    input: { customer_id: '$customer.id', values: { shoe_size: 38.5 } },
  },
  async run(context, { customer_id, values }) {
    const { id } = await setFieldValues(context, customer_id, values)
    return { customer_id: id, custom_fields: (await readValues(context, [id])).get(id) ?? {} }
  },
})
