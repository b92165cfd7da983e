import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { defineField } from '../../src/domain/customers/fields.ts'
import { fieldTypes } from '../../src/domain/customers/tables.ts'
import { FieldKey, FieldShown } from './shapes.ts'

export default defineTool({
  name: 'define_custom_field',
  title: 'Define a custom field',
  description:
    'Makes a field that customers can have, or replaces the definition of this key in full. A type that customers have ' +
    'values of does not change, nor does a choice go that somebody has. To fill it in, set_custom_field_values.',
  keywords: [
    'define a custom field',
    'add an attribute',
    'extra column',
    'dropdown',
    'track shoe size',
    'new property for clients',
  ],
  domain: 'customers',
  effect: 'write',
  role: 'admin',
  route: 'PUT /v1/custom-fields/{key}',
  input: z.strictObject({
    key: FieldKey().describe('As in shoe_size.'),
    label: Text(100).describe('What people read.'),
    type: z.enum(fieldTypes),
    choices: z.array(Text(100)).min(1).max(100).optional().describe('Of a choice.'),
    description: Text(500).optional().describe('What it is for.'),
  }),
  data: FieldShown,
  refusals: ['quota_exceeded'],
  example: { input: { key: 'skin_type', label: 'Skin type', type: 'choice', choices: ['I', 'II', 'III'] } },
  run: async (context, input) => wire(await defineField(context, input)),
})
